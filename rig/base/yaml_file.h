#ifndef RIG_BASE_YAML_FILE_H
#define RIG_BASE_YAML_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"

/**
 * Strict YAML: one document, no aliases, no key twice. Whoever reads a map says which keys it may
 * have; anything else is an error. Every error is RIG_ERROR_CONFIGURATION with one line
 * `file:line: what is wrong; what to do`.
 */

/** A file that was read. Owns all strings handed out. */
struct yaml_file;

/** A place in the file: a scalar, a list or a map. A small value; valid as long as its file. */
struct yaml_place {
    const struct yaml_file *file;
    int node; /**< libyaml's node number, from 1 */
};

enum yaml_kind {
    YAML_KIND_SCALAR,
    YAML_KIND_LIST,
    YAML_KIND_MAP,
};

/** Reads and parses a regular file of at most 4 MiB. Missing: RIG_ERROR_NOT_FOUND. */
RIG_MUST_CHECK int yaml_file_load(const char *path, struct yaml_file **file,
                                  struct diagnostic *diagnostic);

/** Frees the file and all strings that came from it. NULL is fine. */
void yaml_file_free(struct yaml_file *file);

/** The document itself. */
struct yaml_place yaml_file_root(const struct yaml_file *file);

/** The path that was given to yaml_file_load(). */
const char *yaml_file_path(const struct yaml_file *file);

/** The line where a place begins, from 1. */
size_t yaml_line(struct yaml_place place);

enum yaml_kind yaml_kind(struct yaml_place place);

/** Sets the diagnostic to `file:line: ...` and returns RIG_ERROR_CONFIGURATION. */
__attribute__((format(printf, 3, 4))) int
yaml_fail(struct yaml_place place, struct diagnostic *diagnostic, const char *format, ...);

/** Checks that a place is a map whose keys are all in `keys` (ended by NULL); keys NULL: any. */
RIG_MUST_CHECK int yaml_expect_map(struct yaml_place place, const char *const *keys,
                                   struct diagnostic *diagnostic);

/** Checks that the root is a map with `schema: version`. A higher one says that it is newer. */
RIG_MUST_CHECK int yaml_expect_schema(struct yaml_place root, uint64_t version,
                                      struct diagnostic *diagnostic);

/** Finds a key. False when the map does not have it. */
bool yaml_find(struct yaml_place map, const char *key, struct yaml_place *value);

/** The value under a key, or the map itself when the key is missing: where an error is. */
struct yaml_place yaml_value_place(struct yaml_place map, const char *key);

/** The text of a scalar (any scalar, quoted or not). It must not be empty. */
RIG_MUST_CHECK int yaml_text(struct yaml_place scalar, const char **text,
                             struct diagnostic *diagnostic);

/** The text of a key that must be there. */
RIG_MUST_CHECK int yaml_get_text(struct yaml_place map, const char *key, const char **text,
                                 struct diagnostic *diagnostic);

/** The text of a key; `text` is left as it was when the key is missing. */
RIG_MUST_CHECK int yaml_get_optional_text(struct yaml_place map, const char *key, const char **text,
                                          struct diagnostic *diagnostic);

/** A range that a number must lie in. */
struct yaml_range {
    uint64_t minimum;
    uint64_t maximum;
};

/** A decimal number within `range`. */
RIG_MUST_CHECK int yaml_unsigned(struct yaml_place scalar, struct yaml_range range, uint64_t *value,
                                 struct diagnostic *diagnostic);

/** A number under a key that must be there. */
RIG_MUST_CHECK int yaml_get_unsigned(struct yaml_place map, const char *key,
                                     struct yaml_range range, uint64_t *value,
                                     struct diagnostic *diagnostic);

/** A number under a key; `value` is left as it was when the key is missing. */
RIG_MUST_CHECK int yaml_get_optional_unsigned(struct yaml_place map, const char *key,
                                              struct yaml_range range, uint64_t *value,
                                              struct diagnostic *diagnostic);

/** A list under a key that must be there. */
RIG_MUST_CHECK int yaml_get_list(struct yaml_place map, const char *key, struct yaml_place *list,
                                 struct diagnostic *diagnostic);

/** Appends the scalars of a list under a key; nothing when the key is missing. */
RIG_MUST_CHECK int yaml_get_optional_texts(struct yaml_place map, const char *key,
                                           struct text_list *texts, struct diagnostic *diagnostic);

/** The number of items of a list or of pairs of a map; 0 for a scalar. */
size_t yaml_count(struct yaml_place place);

/** Item `index` of a list, which must be below yaml_count(). */
struct yaml_place yaml_item(struct yaml_place list, size_t index);

/** A pair of a map. */
struct yaml_pair {
    const char *key;
    struct yaml_place key_place;
    struct yaml_place value;
};

/** Pair `index` of a map, in the order of the file; `index` must be below yaml_count(). */
struct yaml_pair yaml_pair_at(struct yaml_place map, size_t index);

#endif
