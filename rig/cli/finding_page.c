#include "cli/finding_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/date.h"
#include "cli/output.h"
#include "report/finding_json.h"
#include "report/json_text.h"
#include "report/phrases.h"

static void print_field(const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    output_print("%-12s ", name);
    output_text(value);
    output_print("\n");
}

static void print_state(const struct finding *finding)
{
    char day[DATE_PHRASE_SIZE];
    const bool is_accepted = finding->state == FINDING_ACCEPTED;

    output_print("%-12s %s", "state", finding_state_name(finding->state));
    if (finding->expires != 0)
        output_print("%s%s", is_accepted ? " until " : ", since its acceptance ended after ",
                     date_phrase(finding->expires, day));
    output_print("\n");
}

static int print_input(const struct lab *lab, const char *name, const struct finding_input *input)
{
    char *path = store_evidence_path(lab->store, input->path);

    if (path == NULL)
        return RIG_ERROR_NO_MEMORY;
    output_print("%-12s ", name);
    output_text(path);
    if (input->sha256[0] != '\0')
        output_print(" (%" PRIu64 " bytes)", input->size);
    output_print("\n");
    free(path);
    return RIG_OK;
}

static int print_inputs(const struct lab *lab, const struct finding *finding)
{
    int error;

    if (finding->input.path[0] == '\0')
        return RIG_OK;
    error = print_input(lab, "input", &finding->input);
    if (error != RIG_OK)
        return error;
    if (finding->minimised.path[0] == '\0')
        print_field("minimised", "not yet");
    else if (strcmp(finding->minimised.path, finding->input.path) == 0)
        print_field("minimised", "cannot be made smaller");
    else
        error = print_input(lab, "minimised", &finding->minimised);
    return error;
}

static int print_evidence(const struct lab *lab, const char *name, const char *relative)
{
    char *path;

    if (relative[0] == '\0')
        return RIG_OK;
    path = store_evidence_path(lab->store, relative);
    if (path == NULL)
        return RIG_ERROR_NO_MEMORY;
    print_field(name, path);
    free(path);
    return RIG_OK;
}

static void print_facts(const struct finding *finding)
{
    char time[TIME_PHRASE_SIZE];

    output_print("F-%" PRId64 " ", finding->id);
    output_text(finding->title);
    output_print("\n\n");
    print_field("clause", finding->clause);
    print_field("class", finding_class_name(finding->class));
    print_field("detail", finding->detail);
    print_field("severity", finding_severity_name(finding->severity));
    print_state(finding);
    print_field("reason", finding->reason);
    print_field("source", finding->source);
    print_field("target", finding->target);
    print_field("rung", rung_name(finding->rung));
    print_field("engine", finding->engine);
    output_print("%-12s %" PRIu64 "\n", "occurrences", finding->occurrences);
    output_print("%-12s %s, in R-%" PRId64 "\n", "first seen",
                 time_phrase(finding->first_seen, time), finding->first_run);
    output_print("%-12s %s, in R-%" PRId64 "\n", "last seen", time_phrase(finding->last_seen, time),
                 finding->last_run);
    print_field("fingerprint", finding->fingerprint);
    print_field("bucket", finding->bucket);
    print_field("replay", finding->replay);
}

static int print_finding(const struct lab *lab, const struct finding *finding)
{
    char *command = repro_command(store_folder(lab->store), finding->id);
    int error = command == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    if (error == RIG_OK) {
        print_facts(finding);
        error = print_inputs(lab, finding);
    }
    if (error == RIG_OK)
        error = print_evidence(lab, "report", finding->report);
    if (error == RIG_OK) {
        print_field("reproduce", command);
        for (size_t i = 0; i < finding->frames.count; i++)
            print_field(i == 0 ? "frames" : "", finding->frames.items[i]);
    }
    free(command);
    return error;
}

/* Prints which programs showed the finding last, one a line: SHA-256 and name. */
static int print_programs(const struct run *run)
{
    struct text_list lines = {NULL, 0};
    int error = text_list_split(&lines, run->harness_hash, '\n');

    for (size_t i = 0; i < lines.count; i++)
        print_field(i == 0 ? "programs" : "", lines.items[i]);
    text_list_free(&lines);
    return error;
}

static void print_changes(const struct finding_change_list *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct finding_change *change = &changes->items[i];
        char time[TIME_PHRASE_SIZE];

        output_print("%-12s %s %s: ", i == 0 ? "changes" : "", time_phrase(change->at, time),
                     finding_state_name(change->state));
        output_text(change->reason);
        output_print("\n");
    }
}

static json_t *changes_json(const struct finding_change_list *changes)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < changes->count; i++) {
        const struct finding_change *change = &changes->items[i];

        if (json_array_append_new(array, json_pack("{s:I, s:s, s:o}", "at", (json_int_t)change->at,
                                                   "state", finding_state_name(change->state),
                                                   "reason", json_text(change->reason))) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

/* A size in bytes; null when it is not known. */
static json_t *size_json(const struct finding_input *input)
{
    return input->sha256[0] == '\0' ? json_null() : json_integer((json_int_t)input->size);
}

/* The finding's fields, those of the run that saw it last, and its changes. */
static json_t *shown_json(const struct finding *finding, const struct run *run,
                          const struct finding_change_list *changes)
{
    json_t *object = finding_json_detailed(finding);
    json_t *more = json_pack(
        "{s:o, s:o, s:o, s:o, s:o}", "input_size", size_json(&finding->input), "minimised_size",
        size_json(&finding->minimised), "changes", changes_json(changes), "harness_hash",
        json_text_lines(run->harness_hash), "tool_versions", json_text_lines(run->tool_versions));

    if (object == NULL || more == NULL || json_object_update(object, more) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(more);
    return object;
}

static int show(const struct command_line *line, const struct lab *lab,
                const struct finding *finding, struct diagnostic *diagnostic)
{
    struct finding_change_list changes = {NULL, 0};
    struct run run = {.id = 0};
    int error = store_get_run(lab->store, finding->last_run, &run, diagnostic);

    if (error == RIG_OK)
        error = store_list_changes(lab->store, finding->id, &changes, diagnostic);
    if (error == RIG_OK && line->given[OPTION_JSON]) {
        error = output_json(shown_json(finding, &run, &changes));
    } else if (error == RIG_OK) {
        error = print_finding(lab, finding);
        if (error == RIG_OK)
            error = print_programs(&run);
        if (error == RIG_OK)
            print_changes(&changes);
    }
    finding_change_list_free(&changes);
    run_clear(&run);
    return error;
}

int finding_page_show(const struct command_line *line, const struct lab *lab, int64_t id,
                      struct diagnostic *diagnostic)
{
    struct finding finding;
    int error = store_get_finding(lab->store, id, &finding, diagnostic);

    if (error != RIG_OK)
        return error;
    error = show(line, lab, &finding, diagnostic);
    finding_clear(&finding);
    return error;
}
