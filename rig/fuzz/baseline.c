#include "fuzz/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/yaml_file.h"

struct baseline {
    struct known_defect *items;
    size_t count;
};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* The texts of an entry; `cite` is "" when it is not given. */
struct entry_texts {
    const char *bucket;
    const char *title;
    const char *reason;
    const char *since;
    const char *cite;
};

static int read_texts(struct yaml_place entry, struct entry_texts *texts,
                      struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"bucket", "title", "reason", "since", "cite", NULL};
    const struct {
        const char *key;
        const char **text;
    } required[] = {
        {"bucket", &texts->bucket},
        {"title", &texts->title},
        {"reason", &texts->reason},
        {"since", &texts->since},
    };
    int error = yaml_expect_map(entry, keys, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < sizeof(required) / sizeof(required[0]); i++) {
        error = yaml_get_text(entry, required[i].key, required[i].text, diagnostic);
    }
    return error == RIG_OK ? yaml_get_optional_text(entry, "cite", &texts->cite, diagnostic)
                           : error;
}

static void clear_defect(struct known_defect *defect)
{
    free(defect->bucket);
    free(defect->title);
    free(defect->reason);
}

static int make_defect(const struct entry_texts *texts, struct known_defect *defect)
{
    defect->bucket = text_duplicate(texts->bucket);
    defect->title = text_duplicate(texts->title);
    defect->reason = text_format("%s (since %s%s%s)", texts->reason, texts->since,
                                 texts->cite[0] != '\0' ? "; " : "", texts->cite);
    return defect->bucket == NULL || defect->title == NULL || defect->reason == NULL
               ? RIG_ERROR_NO_MEMORY
               : RIG_OK;
}

static int add_entry(struct baseline *baseline, struct yaml_place entry,
                     struct diagnostic *diagnostic)
{
    struct entry_texts texts = {.cite = ""};
    struct known_defect *items;
    int error = read_texts(entry, &texts, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (baseline_find(baseline, texts.bucket) != NULL) {
        return yaml_fail(yaml_value_place(entry, "bucket"), diagnostic,
                         "bucket `%.200s` is there twice; keep one", texts.bucket);
    }
    items = realloc(baseline->items, (baseline->count + 1) * sizeof(*items));
    if (items == NULL) {
        return no_memory(diagnostic);
    }
    baseline->items = items;
    memset(&items[baseline->count], 0, sizeof(*items));
    error = make_defect(&texts, &items[baseline->count++]);
    return error == RIG_OK ? RIG_OK : no_memory(diagnostic);
}

static int add_entries(struct baseline *baseline, const struct yaml_file *file,
                       struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"schema", "known", NULL};
    struct yaml_place root = yaml_file_root(file);
    struct yaml_place list = root;
    int error = yaml_expect_schema(root, 1, diagnostic);

    if (error == RIG_OK) {
        error = yaml_expect_map(root, keys, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_list(root, "known", &list, diagnostic);
    }
    for (size_t i = 0; error == RIG_OK && i < yaml_count(list); i++) {
        error = add_entry(baseline, yaml_item(list, i), diagnostic);
    }
    return error;
}

int baseline_load(const char *path, struct baseline **baseline, struct diagnostic *diagnostic)
{
    struct yaml_file *file = NULL;
    struct baseline *loaded = calloc(1, sizeof(*loaded));
    int error;

    *baseline = NULL;
    if (loaded == NULL) {
        return no_memory(diagnostic);
    }
    error = yaml_file_load(path, &file, diagnostic);
    if (error == RIG_OK) {
        error = add_entries(loaded, file, diagnostic);
    }
    yaml_file_free(file);
    if (error != RIG_OK) {
        baseline_free(loaded);
        return error;
    }
    *baseline = loaded;
    return RIG_OK;
}

void baseline_free(struct baseline *baseline)
{
    if (baseline == NULL) {
        return;
    }
    for (size_t i = 0; i < baseline->count; i++) {
        clear_defect(&baseline->items[i]);
    }
    free(baseline->items);
    free(baseline);
}

size_t baseline_count(const struct baseline *baseline)
{
    return baseline == NULL ? 0 : baseline->count;
}

const struct known_defect *baseline_find(const struct baseline *baseline, const char *bucket)
{
    for (size_t i = 0; i < baseline_count(baseline); i++) {
        if (strcmp(baseline->items[i].bucket, bucket) == 0) {
            return &baseline->items[i];
        }
    }
    return NULL;
}
