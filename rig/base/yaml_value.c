#include "base/yaml_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/yaml_node.h"

const yaml_node_t *yaml_node_of(struct yaml_place place)
{
    return place.file->document.nodes.start + (place.node - 1);
}

const char *yaml_scalar_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

size_t yaml_line(struct yaml_place place)
{
    return yaml_node_of(place)->start_mark.line + 1;
}

enum yaml_kind yaml_kind(struct yaml_place place)
{
    switch (yaml_node_of(place)->type) {
    case YAML_SEQUENCE_NODE:
        return YAML_KIND_LIST;
    case YAML_MAPPING_NODE:
        return YAML_KIND_MAP;
    default:
        return YAML_KIND_SCALAR;
    }
}

int yaml_fail(struct yaml_place place, struct diagnostic *diagnostic, const char *format, ...)
{
    char message[sizeof diagnostic->text];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(message, sizeof message, format, arguments) < 0) {
        message[0] = '\0';
    }
    va_end(arguments);
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s:%zu: %s",
                           yaml_file_path(place.file), yaml_line(place), message);
}

size_t yaml_count(struct yaml_place place)
{
    const yaml_node_t *node = yaml_node_of(place);
    switch (node->type) {
    case YAML_SEQUENCE_NODE:
        return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    case YAML_MAPPING_NODE:
        return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    default:
        return 0;
    }
}

struct yaml_place yaml_item(struct yaml_place list, size_t index)
{
    const yaml_node_t *node = yaml_node_of(list);
    return (struct yaml_place){list.file, node->data.sequence.items.start[index]};
}

struct yaml_pair yaml_pair_at(struct yaml_place map, size_t index)
{
    const yaml_node_pair_t *pair = yaml_node_of(map)->data.mapping.pairs.start + index;
    struct yaml_pair found = {
        .key = "",
        .key_place = {map.file, pair->key},
        .value = {map.file, pair->value},
    };
    if (yaml_kind(found.key_place) == YAML_KIND_SCALAR) {
        found.key = yaml_scalar_of(yaml_node_of(found.key_place));
    }
    return found;
}

static bool is_known(const char *const *keys, const char *key)
{
    for (; *keys != NULL; keys++) {
        if (strcmp(*keys, key) == 0) {
            return true;
        }
    }
    return false;
}

/* "a, b, c" of as many keys as fit. */
static void list_keys(char *out, size_t size, const char *const *keys)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; keys[i] != NULL && length < size; i++) {
        int count = snprintf(out + length, size - length, "%s%s", i == 0 ? "" : ", ", keys[i]);
        length += count < 0 ? size : (size_t)count;
    }
}

int yaml_expect_map(struct yaml_place place, const char *const *keys, struct diagnostic *diagnostic)
{
    if (yaml_kind(place) != YAML_KIND_MAP) {
        return yaml_fail(place, diagnostic, "a map of `key: value` lines is needed here");
    }
    for (size_t i = 0; keys != NULL && i < yaml_count(place); i++) {
        struct yaml_pair pair = yaml_pair_at(place, i);
        if (!is_known(keys, pair.key)) {
            char known[512];
            list_keys(known, sizeof known, keys);
            return yaml_fail(pair.key_place, diagnostic, "unknown key `%.64s`; known are %s",
                             pair.key, known);
        }
    }
    return RIG_OK;
}

int yaml_expect_schema(struct yaml_place root, uint64_t version, struct diagnostic *diagnostic)
{
    uint64_t found = 0;
    int error = yaml_expect_map(root, NULL, diagnostic);
    if (error == RIG_OK) {
        error = yaml_get_unsigned(root, "schema", (struct yaml_range){0, UINT64_MAX}, &found,
                                  diagnostic);
    }
    if (error != RIG_OK || found == version) {
        return error;
    }
    struct yaml_place value = yaml_value_place(root, "schema");
    if (found > version) {
        return yaml_fail(value, diagnostic,
                         "schema %" PRIu64 " is newer than this program's %" PRIu64
                         "; use a newer ordeal",
                         found, version);
    }
    return yaml_fail(value, diagnostic,
                     "schema %" PRIu64 " is not known; write `schema: %" PRIu64 "`", found,
                     version);
}

bool yaml_find(struct yaml_place map, const char *key, struct yaml_place *value)
{
    if (yaml_kind(map) != YAML_KIND_MAP) {
        return false;
    }
    for (size_t i = 0; i < yaml_count(map); i++) {
        struct yaml_pair pair = yaml_pair_at(map, i);
        if (strcmp(pair.key, key) == 0) {
            *value = pair.value;
            return true;
        }
    }
    return false;
}

struct yaml_place yaml_value_place(struct yaml_place map, const char *key)
{
    struct yaml_place value;
    return yaml_find(map, key, &value) ? value : map;
}

static int find_required(struct yaml_place map, const char *key, struct yaml_place *value,
                         struct diagnostic *diagnostic)
{
    if (yaml_find(map, key, value)) {
        return RIG_OK;
    }
    return yaml_fail(map, diagnostic, "key `%s` is missing; add it", key);
}

int yaml_text(struct yaml_place scalar, const char **text, struct diagnostic *diagnostic)
{
    const yaml_node_t *node = yaml_node_of(scalar);
    if (node->type != YAML_SCALAR_NODE) {
        return yaml_fail(scalar, diagnostic, "a single value is needed here");
    }
    /* "\0" in a quoted scalar would cut the string for everyone who reads it. */
    if (strlen(yaml_scalar_of(node)) != node->data.scalar.length) {
        return yaml_fail(scalar, diagnostic, "the value holds a NUL character; remove it");
    }
    if (node->data.scalar.length == 0) {
        return yaml_fail(scalar, diagnostic, "the value is empty; write one or remove the key");
    }
    *text = yaml_scalar_of(node);
    return RIG_OK;
}

int yaml_get_text(struct yaml_place map, const char *key, const char **text,
                  struct diagnostic *diagnostic)
{
    struct yaml_place value;
    int error = find_required(map, key, &value, diagnostic);
    return error == RIG_OK ? yaml_text(value, text, diagnostic) : error;
}

int yaml_get_optional_text(struct yaml_place map, const char *key, const char **text,
                           struct diagnostic *diagnostic)
{
    struct yaml_place value;
    return yaml_find(map, key, &value) ? yaml_text(value, text, diagnostic) : RIG_OK;
}

int yaml_unsigned(struct yaml_place scalar, struct yaml_range range, uint64_t *value,
                  struct diagnostic *diagnostic)
{
    const char *text = NULL;
    uint64_t number = 0;
    int error = yaml_text(scalar, &text, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (!text_parse_unsigned(text, range.maximum, &number) || number < range.minimum) {
        return yaml_fail(scalar, diagnostic,
                         "`%.64s` is no number from %" PRIu64 " to %" PRIu64 "; write one", text,
                         range.minimum, range.maximum);
    }
    *value = number;
    return RIG_OK;
}

int yaml_get_unsigned(struct yaml_place map, const char *key, struct yaml_range range,
                      uint64_t *value, struct diagnostic *diagnostic)
{
    struct yaml_place scalar;
    int error = find_required(map, key, &scalar, diagnostic);
    return error == RIG_OK ? yaml_unsigned(scalar, range, value, diagnostic) : error;
}

int yaml_get_optional_unsigned(struct yaml_place map, const char *key, struct yaml_range range,
                               uint64_t *value, struct diagnostic *diagnostic)
{
    struct yaml_place scalar;
    return yaml_find(map, key, &scalar) ? yaml_unsigned(scalar, range, value, diagnostic) : RIG_OK;
}

int yaml_get_list(struct yaml_place map, const char *key, struct yaml_place *list,
                  struct diagnostic *diagnostic)
{
    int error = find_required(map, key, list, diagnostic);
    if (error == RIG_OK && yaml_kind(*list) != YAML_KIND_LIST) {
        error = yaml_fail(*list, diagnostic, "`%s` must be a list of `- item` lines", key);
    }
    return error;
}

int yaml_get_optional_texts(struct yaml_place map, const char *key, struct text_list *texts,
                            struct diagnostic *diagnostic)
{
    struct yaml_place list;
    if (!yaml_find(map, key, &list)) {
        return RIG_OK;
    }
    int error = yaml_get_list(map, key, &list, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < yaml_count(list); i++) {
        const char *text = NULL;
        error = yaml_text(yaml_item(list, i), &text, diagnostic);
        if (error == RIG_OK && text_list_append(texts, text) != RIG_OK) {
            error = diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
        }
    }
    return error;
}
