#include "call_file.h"

#include "tool_memory.h"
#include "tool_report.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX   ".ci"
#define INDIRECT "__indirect_call"

/* Where a parser is. */
struct cursor {
    struct call_graph *graph;
    const char *path; /* as the graph keeps it */
    unsigned line;
    const char *rest; /* of the line */
};

static int refuse(const struct cursor *cursor, const char *what)
{
    return tool_refuse("%s:%u: %s", cursor->path, cursor->line, what);
}

static int refuse_form(const struct cursor *cursor)
{
    return refuse(cursor, "not as gcc 12 writes it with -fcallgraph-info=su; compile again");
}

static bool skip(struct cursor *cursor, const char *text)
{
    const size_t length = strlen(text);

    if (strncmp(cursor->rest, text, length) != 0) {
        return false;
    }
    cursor->rest += length;
    return true;
}

/* Takes a text up to the next quotation mark, behind `before`. */
static bool take_quoted(struct cursor *cursor, const char *before, const char **text,
                        size_t *length)
{
    if (!skip(cursor, before)) {
        return false;
    }
    *text = cursor->rest;
    *length = strcspn(cursor->rest, "\"");
    if ((*text)[*length] != '"') {
        return false;
    }
    cursor->rest += *length + 1U;
    return true;
}

/* Takes a title. GCC writes * before a name that the source gives to the assembler. */
static bool take_title(struct cursor *cursor, const char *before, const char **title,
                       size_t *length)
{
    if (!take_quoted(cursor, before, title, length)) {
        return false;
    }
    if (*length > 0 && **title == '*') {
        (*title)++;
        (*length)--;
    }
    return *length > 0 && (*title)[*length - 1U] != ':';
}

/* --- Nodes --- */

/* The third line of a label: "48 bytes (static)". `\n` is written as two characters. */
static int read_frame(const struct cursor *cursor, const char *label, size_t length,
                      struct call_function *function)
{
    const char *end = label + length;
    const char *place = strstr(label, "\\n");
    const char *size = place != NULL && place < end ? strstr(place + 2, "\\n") : NULL;
    char *unit;
    unsigned long bytes;

    if (size == NULL || size >= end) {
        return refuse(cursor, "a function without its stack; compile with -fcallgraph-info=su");
    }
    size += 2;
    errno = 0;
    bytes = strtoul(size, &unit, 10);
    if (*size < '0' || *size > '9' || errno != 0 || bytes > CALL_MOST_FRAME) {
        return refuse_form(cursor);
    }
    function->frame = (uint32_t)bytes;
    if (strncmp(unit, " bytes (static)", 15) == 0 ||
        strncmp(unit, " bytes (dynamic,bounded)", 24) == 0) {
        function->frame_kind = CALL_FRAME_BOUNDED;
        return 0;
    }
    function->frame_kind = CALL_FRAME_UNBOUNDED;
    return strncmp(unit, " bytes (dynamic)", 16) == 0 ? 0 : refuse_form(cursor);
}

static int define(const struct cursor *cursor, uint32_t index, const char *label, size_t length)
{
    struct call_function *function = &cursor->graph->functions[index];

    if (function->call_file != NULL) {
        return tool_refuse("%s:%u: %s is defined in %s too; give the folders of one firmware only",
                           cursor->path, cursor->line, function->title, function->call_file);
    }
    function->call_file = cursor->path;
    return read_frame(cursor, label, length, function);
}

static int read_node(struct cursor *cursor)
{
    const char *title;
    const char *label;
    size_t title_length;
    size_t label_length;
    uint32_t function;
    bool elsewhere;

    if (!take_title(cursor, "node: { title: \"", &title, &title_length) ||
        !take_quoted(cursor, " label: \"", &label, &label_length)) {
        return refuse_form(cursor);
    }
    elsewhere = skip(cursor, " shape : ellipse");
    if (strcmp(cursor->rest, " }") != 0) {
        return refuse_form(cursor);
    }
    if (elsewhere) {
        return 0;
    }
    return call_graph_add(cursor->graph, title, title_length, &function) != 0
               ? -1
               : define(cursor, function, label, label_length);
}

/* --- Edges --- */

static bool is_indirect(const char *title, size_t length)
{
    return length == sizeof INDIRECT - 1U && memcmp(title, INDIRECT, length) == 0;
}

static int read_edge(struct cursor *cursor)
{
    const char *source;
    const char *target;
    const char *label;
    size_t source_length;
    size_t target_length;
    size_t label_length;
    uint32_t caller;
    uint32_t callee;

    if (!take_title(cursor, "edge: { sourcename: \"", &source, &source_length) ||
        !take_title(cursor, " targetname: \"", &target, &target_length)) {
        return refuse_form(cursor);
    }
    (void)take_quoted(cursor, " label: \"", &label, &label_length); /* calls of helpers have none */
    if (strcmp(cursor->rest, " }") != 0) {
        return refuse_form(cursor);
    }
    if (call_graph_add(cursor->graph, source, source_length, &caller) != 0) {
        return -1;
    }
    if (cursor->graph->functions[caller].call_file != cursor->path) {
        return refuse(cursor, "a call by a function that this file does not define");
    }
    if (is_indirect(target, target_length)) {
        cursor->graph->functions[caller].calls_pointer = true;
        return 0;
    }
    return call_graph_add(cursor->graph, target, target_length, &callee) != 0
               ? -1
               : call_graph_add_call(cursor->graph, caller, callee);
}

/* --- Files --- */

static int read_line(struct cursor *cursor, bool *ended)
{
    if (*ended) {
        return refuse_form(cursor);
    }
    if (cursor->line == 1) {
        return strncmp(cursor->rest, "graph: {", 8) == 0 ? 0 : refuse_form(cursor);
    }
    if (strcmp(cursor->rest, "}") == 0) {
        *ended = true;
        return 0;
    }
    return strncmp(cursor->rest, "node:", 5) == 0 ? read_node(cursor) : read_edge(cursor);
}

int call_file_parse(struct call_graph *graph, const char *path, char *text, size_t length)
{
    struct cursor cursor = {.graph = graph};
    bool ended = false;

    if (call_graph_add_file(graph, path, &cursor.path) != 0) {
        return -1;
    }
    if (memchr(text, '\0', length) != NULL) {
        return tool_refuse("%s: holds zeros, so is no call file", path);
    }
    for (char *line = text; *line != '\0';) {
        const size_t columns = strcspn(line, "\n");
        const bool more = line[columns] == '\n';

        line[columns] = '\0';
        cursor.line++;
        cursor.rest = line;
        if (read_line(&cursor, &ended) != 0) {
            return -1;
        }
        line += columns + (more ? 1U : 0U);
    }
    return ended ? 0 : tool_refuse("%s: ends too early; compile again", path);
}

static int read_file(struct call_graph *graph, const char *path)
{
    size_t length;
    char *text = tool_memory_read(path, &length);
    int result;

    if (text == NULL) {
        return -1;
    }
    result = call_file_parse(graph, path, text, length);
    free(text);
    return result;
}

static bool is_call_file(const FTSENT *entry)
{
    const size_t length = entry->fts_namelen;

    return entry->fts_info == FTS_F && length > sizeof SUFFIX - 1U &&
           strcmp(entry->fts_name + length - (sizeof SUFFIX - 1U), SUFFIX) == 0;
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int read_below(struct call_graph *graph, FTS *tree, size_t *found)
{
    FTSENT *entry;

    while ((entry = fts_read(tree)) != NULL) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
            return tool_refuse("%s: %s; give a folder that can be read", entry->fts_path,
                               strerror(entry->fts_errno));
        }
        if (is_call_file(entry)) {
            (*found)++;
            if (read_file(graph, entry->fts_path) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

int call_file_read_folder(struct call_graph *graph, const char *folder)
{
    char *name = strdup(folder);
    char *names[] = {name, NULL};
    FTS *tree =
        name != NULL ? fts_open(names, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name) : NULL;
    size_t found = 0;
    int result;

    if (tree == NULL) {
        free(name);
        return tool_refuse("%s: %s; give a folder", folder, strerror(errno));
    }
    result = read_below(graph, tree, &found);
    (void)fts_close(tree);
    free(name);
    if (result == 0 && found == 0) {
        return tool_refuse("%s: no *.ci file in it; compile with -fcallgraph-info=su", folder);
    }
    return result;
}
