#include "base/yaml_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml_node.h"

#define YAML_SIZE_LIMIT (4u << 20)

/* A file on its way through the parser. */
struct loading {
    yaml_parser_t parser;
    struct yaml_file *file;
    const struct file_content *content;
};

/* Bytes that are no UTF-8 stop the reader, which runs ahead and knows only the offset. */
static size_t line_of_offset(const struct file_content *content, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < content->size; i++) {
        line += content->bytes[i] == '\n' ? 1 : 0;
    }
    return line;
}

/* libyaml's words for a syntax error, at the line where it noticed. */
static int syntax_error(const struct loading *loading, struct diagnostic *diagnostic)
{
    const yaml_parser_t *parser = &loading->parser;
    size_t line = parser->problem_mark.line + 1;
    if (parser->error == YAML_MEMORY_ERROR) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory",
                               loading->file->path);
    }
    if (parser->error == YAML_READER_ERROR) {
        line = line_of_offset(loading->content, parser->problem_offset);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "%s:%zu: no valid YAML: %s; correct the line, and indent with spaces",
                           loading->file->path, line,
                           parser->problem == NULL ? "unknown error" : parser->problem);
}

/* What follows the one document must be the end of the stream. */
static int refuse_second_document(struct loading *loading, struct diagnostic *diagnostic)
{
    yaml_document_t next;
    int error = RIG_OK;
    if (!yaml_parser_load(&loading->parser, &next)) {
        return syntax_error(loading, diagnostic);
    }
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    if (root != NULL) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s:%zu: a second document; keep one", loading->file->path,
                                root->start_mark.line + 1);
    }
    yaml_document_delete(&next);
    return error;
}

/* Takes the one document of a stream. On an error nothing is left to free. */
static int load_document(struct loading *loading, struct diagnostic *diagnostic)
{
    int error = RIG_OK;
    if (!yaml_parser_load(&loading->parser, &loading->file->document)) {
        return syntax_error(loading, diagnostic);
    }
    if (yaml_document_get_root_node(&loading->file->document) == NULL) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s:1: the file is empty; restore it", loading->file->path);
    } else {
        error = refuse_second_document(loading, diagnostic);
    }
    if (error != RIG_OK) {
        yaml_document_delete(&loading->file->document);
    }
    return error;
}

static int parse(const struct file_content *content, struct yaml_file *file,
                 struct diagnostic *diagnostic)
{
    struct loading loading = {.file = file, .content = content};
    if (memchr(content->bytes, 0, content->size) != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s:1: not a text file; name a YAML file", file->path);
    }
    if (!yaml_parser_initialize(&loading.parser)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", file->path);
    }
    yaml_parser_set_encoding(&loading.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&loading.parser, content->bytes, content->size);
    int error = load_document(&loading, diagnostic);
    yaml_parser_delete(&loading.parser);
    return error;
}

static struct yaml_place place_of(const struct yaml_file *file, int node)
{
    return (struct yaml_place){file, node};
}

/* Counts one use of a child; the second one is an alias, which could even make a loop. */
static int count_use(const struct yaml_file *file, unsigned char *used, int child,
                     struct diagnostic *diagnostic)
{
    if (used[child] != 0) {
        return yaml_fail(place_of(file, child), diagnostic,
                         "an alias refers to this; write the value out where it is used");
    }
    used[child] = 1;
    return RIG_OK;
}

static int check_pair(const struct yaml_file *file, struct yaml_place map, size_t index,
                      struct diagnostic *diagnostic)
{
    struct yaml_pair pair = yaml_pair_at(map, index);
    if (yaml_kind(pair.key_place) != YAML_KIND_SCALAR) {
        return yaml_fail(pair.key_place, diagnostic, "a key is no plain word; use a word");
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(yaml_pair_at(map, i).key, pair.key) == 0) {
            return yaml_fail(place_of(file, pair.key_place.node), diagnostic,
                             "key `%s` is there twice; keep one", pair.key);
        }
    }
    return RIG_OK;
}

static int check_children(const struct yaml_file *file, int node, unsigned char *used,
                          struct diagnostic *diagnostic)
{
    struct yaml_place place = place_of(file, node);
    enum yaml_kind kind = yaml_kind(place);
    int error = RIG_OK;
    for (size_t i = 0; kind != YAML_KIND_SCALAR && i < yaml_count(place) && error == RIG_OK; i++) {
        if (kind == YAML_KIND_LIST) {
            error = count_use(file, used, yaml_item(place, i).node, diagnostic);
            continue;
        }
        struct yaml_pair pair = yaml_pair_at(place, i);
        error = count_use(file, used, pair.key_place.node, diagnostic);
        if (error == RIG_OK) {
            error = count_use(file, used, pair.value.node, diagnostic);
        }
        if (error == RIG_OK) {
            error = check_pair(file, place, i, diagnostic);
        }
    }
    return error;
}

/* Method: libyaml numbers all nodes of a document and resolves an alias to the number of its
 * anchor. So the document is a tree exactly when no number is a child twice and none is the root.
 */
static int check_tree(const struct yaml_file *file, struct diagnostic *diagnostic)
{
    size_t count = (size_t)(file->document.nodes.top - file->document.nodes.start);
    unsigned char *used = calloc(count + 1, 1);
    if (used == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", file->path);
    }
    used[1] = 1;
    int error = RIG_OK;
    for (size_t node = 1; node <= count && error == RIG_OK; node++) {
        error = check_children(file, (int)node, used, diagnostic);
    }
    free(used);
    return error;
}

/* Parses what was read. On success `file` owns the document. */
static int parse_and_check(const struct file_content *content, struct yaml_file *file,
                           struct diagnostic *diagnostic)
{
    int error = parse(content, file, diagnostic);
    if (error == RIG_OK) {
        error = check_tree(file, diagnostic);
        if (error != RIG_OK) {
            yaml_document_delete(&file->document);
        }
    }
    return error;
}

int yaml_file_load(const char *path, struct yaml_file **file, struct diagnostic *diagnostic)
{
    struct file_content content;
    *file = NULL;
    int error = file_read(path, YAML_SIZE_LIMIT, &content, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    struct yaml_file *loaded = calloc(1, sizeof *loaded);
    char *copy = text_duplicate(path);
    if (loaded == NULL || copy == NULL) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
        goto clean_up;
    }
    loaded->path = copy;
    error = parse_and_check(&content, loaded, diagnostic);
    if (error == RIG_OK) {
        *file = loaded;
        loaded = NULL;
        copy = NULL;
    }

clean_up:
    file_content_free(&content);
    free(copy);
    free(loaded);
    return error;
}

void yaml_file_free(struct yaml_file *file)
{
    if (file != NULL) {
        yaml_document_delete(&file->document);
        free(file->path);
        free(file);
    }
}

struct yaml_place yaml_file_root(const struct yaml_file *file)
{
    return place_of(file, 1);
}

const char *yaml_file_path(const struct yaml_file *file)
{
    return file->path;
}
