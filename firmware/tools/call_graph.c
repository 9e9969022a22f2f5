#include "call_graph.h"

#include "tool_memory.h"
#include "tool_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void call_graph_begin(struct call_graph *graph)
{
    memset(graph, 0, sizeof *graph);
    for (size_t i = 0; i < CALL_BUCKETS; i++) {
        graph->buckets[i] = CALL_NONE;
    }
}

void call_graph_free(struct call_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        free(graph->functions[i].title);
    }
    for (size_t i = 0; i < graph->file_count; i++) {
        free(graph->files[i]);
    }
    free(graph->functions);
    free(graph->calls);
    free(graph->files);
    call_graph_begin(graph);
}

/* FNV-1a, 32 bits. */
static uint32_t hash(const char *text, size_t length)
{
    uint32_t value = 2166136261U;

    for (size_t i = 0; i < length; i++) {
        value = (value ^ (uint8_t)text[i]) * 16777619U;
    }
    return value;
}

static uint32_t find(const struct call_graph *graph, const char *title, size_t length,
                     uint32_t bucket)
{
    uint32_t i = graph->buckets[bucket];

    while (i != CALL_NONE && (strncmp(graph->functions[i].title, title, length) != 0 ||
                              graph->functions[i].title[length] != '\0')) {
        i = graph->functions[i].next;
    }
    return i;
}

static const char *name_in(const char *title)
{
    const char *colon = strrchr(title, ':');

    return colon != NULL ? colon + 1 : title;
}

int call_graph_add(struct call_graph *graph, const char *title, size_t length, uint32_t *function)
{
    const uint32_t bucket = hash(title, length) % CALL_BUCKETS;
    char *copy;
    void *grown;

    *function = find(graph, title, length, bucket);
    if (*function != CALL_NONE) {
        return 0;
    }
    grown = tool_memory_grow(graph->functions, graph->count, &graph->capacity,
                             sizeof *graph->functions);
    if (grown == NULL) {
        return -1;
    }
    graph->functions = grown;
    copy = strndup(title, length);
    if (copy == NULL) {
        return tool_refuse("out of memory for the names of functions");
    }
    *function = (uint32_t)graph->count;
    graph->functions[graph->count++] = (struct call_function){.title = copy,
                                                              .name = name_in(copy),
                                                              .first_call = CALL_NONE,
                                                              .next = graph->buckets[bucket],
                                                              .mark = CALL_NONE};
    graph->buckets[bucket] = *function;
    return 0;
}

int call_graph_add_call(struct call_graph *graph, uint32_t caller, uint32_t callee)
{
    void *grown = tool_memory_grow(graph->calls, graph->call_count, &graph->call_capacity,
                                   sizeof *graph->calls);

    if (grown == NULL) {
        return -1;
    }
    graph->calls = grown;
    graph->calls[graph->call_count] =
        (struct call){.callee = callee, .next = graph->functions[caller].first_call};
    graph->functions[caller].first_call = (uint32_t)graph->call_count++;
    return 0;
}

int call_graph_add_file(struct call_graph *graph, const char *path, const char **kept)
{
    void *grown = tool_memory_grow(graph->files, graph->file_count, &graph->file_capacity,
                                   sizeof *graph->files);
    char *copy;

    if (grown == NULL) {
        return -1;
    }
    graph->files = grown;
    copy = strdup(path);
    if (copy == NULL) {
        return tool_refuse("%s: out of memory", path);
    }
    graph->files[graph->file_count++] = copy;
    *kept = copy;
    return 0;
}

bool call_function_has_source(const struct call_function *function)
{
    return function->name != function->title;
}

const char *call_function_label(const struct call_function *function, char label[CALL_LABEL_SIZE])
{
    const char *slash = strrchr(function->title, '/');

    (void)snprintf(label, CALL_LABEL_SIZE, "%s", slash != NULL ? slash + 1 : function->title);
    return label;
}
