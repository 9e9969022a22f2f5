#include "call_names.h"

#include "tool_report.h"

#include <string.h>

/* C names have no dot: what follows one is the compiler's. */
static bool same_name(const char *symbol, const char *wanted)
{
    const size_t length = strlen(wanted);

    return strcmp(symbol, wanted) == 0 ||
           (strchr(wanted, '.') == NULL && strncmp(symbol, wanted, length) == 0 &&
            symbol[length] == '.');
}

/* Whether the source file of a title ends with the one that is wanted, at a folder's begin. */
static bool same_source(const struct call_function *function, const struct call_name *wanted)
{
    size_t length;
    const char *end;

    if (wanted->source_length == 0) {
        return true;
    }
    if (!call_function_has_source(function)) {
        return false;
    }
    end = function->name - 1;
    length = (size_t)(end - function->title);
    return length >= wanted->source_length &&
           memcmp(end - wanted->source_length, wanted->source, wanted->source_length) == 0 &&
           (length == wanted->source_length || *(end - wanted->source_length - 1) == '/');
}

static bool is_candidate(const struct call_name *wanted, const struct call_links *links,
                         uint32_t function)
{
    const struct call_function *candidate = &links->graph->functions[function];

    return call_links_has(links, function) && same_name(candidate->name, wanted->name) &&
           same_source(candidate, wanted);
}

/* The global function, where there is one: it needs no file. */
static const char *find_global(const struct call_name *wanted, const struct call_links *links)
{
    const struct call_graph *graph = links->graph;

    for (uint32_t i = 0; i < links->count; i++) {
        if (wanted->source_length == 0 && call_links_has(links, i) &&
            (links->links[i].weak || !call_function_has_source(&graph->functions[i])) &&
            strcmp(graph->functions[i].name, wanted->name) == 0) {
            return graph->functions[i].call_file;
        }
    }
    return NULL;
}

static int find_static(struct call_name *name, const struct call_links *links, const char *place)
{
    const struct call_graph *graph = links->graph;
    uint32_t first = CALL_NONE;

    for (uint32_t i = 0; i < links->count; i++) {
        if (!is_candidate(name, links, i)) {
            continue;
        }
        if (first != CALL_NONE && graph->functions[i].call_file != name->call_file) {
            return tool_refuse("%s: %s is both %s and %s; write more of the path", place,
                               name->name, graph->functions[first].title,
                               graph->functions[i].title);
        }
        first = i;
        name->call_file = graph->functions[i].call_file;
    }
    return 0;
}

/* An alias, assembly, a library. */
static int find_outside(struct call_name *name, struct call_links *links)
{
    uint32_t function;

    if (name->source_length > 0 || elf_symbols_find(links->symbols, NULL, name->name) == NULL) {
        return 0;
    }
    return call_graph_add(links->graph, name->name, strlen(name->name), &function) != 0
               ? -1
               : call_links_target(links, function, &name->outside);
}

int call_names_find(struct call_name *name, struct call_links *links, const char *text,
                    const char *place)
{
    const char *colon = strrchr(text, ':');

    *name = (struct call_name){.name = colon != NULL ? colon + 1 : text,
                               .source = text,
                               .source_length = colon != NULL ? (size_t)(colon - text) : 0,
                               .outside = CALL_NONE};
    name->call_file = find_global(name, links);
    if (name->call_file == NULL && find_static(name, links, place) != 0) {
        return -1;
    }
    return name->call_file != NULL ? 0 : find_outside(name, links);
}

bool call_names_is_found(const struct call_name *name)
{
    return name->call_file != NULL || name->outside != CALL_NONE;
}

bool call_names_match(const struct call_name *name, const struct call_links *links,
                      uint32_t function)
{
    if (name->call_file == NULL) {
        return function == name->outside;
    }
    return is_candidate(name, links, function) &&
           links->graph->functions[function].call_file == name->call_file;
}
