#include "report/coverage_json.h"

#include <stdlib.h>

#include "base/text.h"
#include "report/json_text.h"

/* Adds VALUE, whose reference it takes, to ARRAY; gives the array up and returns NULL when memory
 * is short. */
static json_t *append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *with_count(json_t *object, const struct coverage_count *count)
{
    json_t *counts =
        json_pack("{s:I, s:I, s:I, s:I}", "lines", (json_int_t)count->lines, "lines_covered",
                  (json_int_t)count->lines_covered, "branches", (json_int_t)count->branches,
                  "branches_covered", (json_int_t)count->branches_covered);

    if (object != NULL && (counts == NULL || json_object_update(object, counts) != 0)) {
        json_decref(object);
        object = NULL;
    }
    json_decref(counts);
    return object;
}

static json_t *folders_json(const struct coverage *coverage)
{
    json_t *array = json_array();
    struct coverage_count count;
    const char *folder;
    size_t index = 0;

    while (array != NULL && (folder = coverage_next_folder(coverage, &index, &count)) != NULL)
        array = append(array, with_count(json_pack("{s:o}", "folder", json_text(folder)), &count));
    return array;
}

static json_t *ranges_json(const struct coverage_file *file)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < file->never_reached_count; i++) {
        char text[COVERAGE_PHRASE_SIZE];
        array = append(array, json_string(line_range_phrase(&file->never_reached[i], text)));
    }
    return array;
}

static json_t *files_json(const struct coverage *coverage)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < coverage->file_count; i++) {
        const struct coverage_file *file = &coverage->files[i];
        json_t *object =
            json_pack("{s:o, s:b, s:o, s:o}", "file", json_text(file->path), "in_program",
                      (int)file->is_in_program, "never_entered",
                      json_text_array(&file->never_entered), "never_reached", ranges_json(file));
        array = append(array, with_count(object, &file->count));
    }
    return array;
}

/* The names are escaped, since they need not be UTF-8 free of what drives a terminal. */
static json_t *oracles_json(const struct coverage_harness *harness)
{
    json_t *object = harness->counts_oracles ? json_object() : json_null();

    for (size_t i = 0; harness->counts_oracles && object != NULL && i < harness->oracle_count;
         i++) {
        char *clause = text_escaped(harness->oracles[i].clause);
        if (clause == NULL ||
            json_object_set_new(object, clause,
                                json_integer((json_int_t)harness->oracles[i].checks)) != 0) {
            json_decref(object);
            object = NULL;
        }
        free(clause);
    }
    return object;
}

static json_t *harnesses_json(const struct coverage *coverage)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < coverage->harness_count; i++) {
        const struct coverage_harness *harness = &coverage->harnesses[i];
        array =
            append(array, json_pack("{s:o, s:I, s:o, s:o, s:o}", "harness",
                                    json_text(harness->name), "inputs", (json_int_t)harness->inputs,
                                    "failed", json_text_array(&harness->failed), "reason",
                                    json_text(harness->reason), "oracles", oracles_json(harness)));
    }
    return array;
}

json_t *coverage_json(const struct coverage *coverage)
{
    if (coverage == NULL)
        return json_null();
    return json_pack("{s:b, s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o}", "measured",
                     (int)(coverage->reason == NULL), "reason", json_text(coverage->reason),
                     "complete", (int)coverage_is_complete(coverage), "note",
                     json_text(coverage->note), "project", json_text(coverage->project), "inputs",
                     (json_int_t)coverage->inputs, "folders", folders_json(coverage), "files",
                     files_json(coverage), "harnesses", harnesses_json(coverage));
}
