#include "call_links.h"

#include "thumb_frame.h"
#include "tool_report.h"

#include <stdlib.h>
#include <string.h>

/* The source file of a function's title, without the folder. */
static void copy_source(const struct call_function *function, char *source, size_t size)
{
    const char *slash = strrchr(function->title, '/');
    const char *begin = slash != NULL && slash < function->name ? slash + 1 : function->title;
    size_t length = (size_t)(function->name - 1 - begin);

    length = length < size - 1U ? length : size - 1U;
    memcpy(source, begin, length);
    source[length] = '\0';
}

static const struct elf_symbol *find_static(const struct call_links *links,
                                            const struct call_function *function)
{
    char source[256];

    if (!call_function_has_source(function)) {
        return NULL;
    }
    copy_source(function, source, sizeof source);
    return elf_symbols_find(links->symbols, source, function->name);
}

/*
 * Method: GCC titles static and weak functions alike, with their file. A static one has a local symbol
 * in that file; of a weak one the global symbol says whether it won (weak) or another definition did.
 * A static function whose file has another name in the symbol table still counts as linked, so that
 * it is not lost in silence: its frame is refused.
 */
static struct call_link link_of(const struct call_links *links,
                                const struct call_function *function)
{
    const struct elf_symbol *global = elf_symbols_find(links->symbols, NULL, function->name);
    const struct elf_symbol *local = find_static(links, function);

    if (local != NULL) {
        return (struct call_link){.linked = true, .symbol = local};
    }
    if (!call_function_has_source(function)) {
        return (struct call_link){.linked = global != NULL, .symbol = global};
    }
    if (global != NULL) {
        return (struct call_link){
            .linked = global->weak, .weak = true, .symbol = global->weak ? global : NULL};
    }
    return (struct call_link){.linked = elf_symbols_has_static(links->symbols, function->name)};
}

/* Two linked weak definitions of one name: nothing says which of them the linker took. */
static int check_weak(const struct call_links *links, size_t i)
{
    const struct call_function *functions = links->graph->functions;

    if (!links->links[i].weak || !links->links[i].linked) {
        return 0;
    }
    for (size_t j = 0; j < i; j++) {
        if (links->links[j].weak && links->links[j].linked &&
            strcmp(functions[i].name, functions[j].name) == 0) {
            return tool_refuse("%s is weak in %s and in %s; the linker takes either, keep one",
                               functions[i].name, functions[j].call_file, functions[i].call_file);
        }
    }
    return 0;
}

int call_links_make(struct call_links *links, struct call_graph *graph,
                    const struct elf_symbols *symbols)
{
    *links = (struct call_links){.graph = graph, .symbols = symbols, .count = graph->count};
    links->links = calloc(graph->count + 1U, sizeof *links->links);
    if (links->links == NULL) {
        return tool_refuse("out of memory for %zu functions", graph->count);
    }
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->functions[i].call_file != NULL) {
            links->links[i] = link_of(links, &graph->functions[i]);
        }
        if (check_weak(links, i) != 0) {
            return -1;
        }
    }
    return 0;
}

void call_links_free(struct call_links *links)
{
    free(links->links);
    memset(links, 0, sizeof *links);
}

bool call_links_has(const struct call_links *links, uint32_t function)
{
    return function < links->count && links->links[function].linked;
}

/*
 * Method: where files of one name in two folders have a static function of one name each, nothing says
 * which symbol is whose. The largest counts; code that takes more than GCC can have left out is the
 * other's.
 */
int call_links_frame(const struct call_links *links, uint32_t function, uint32_t *frame)
{
    const struct call_function *known = &links->graph->functions[function];
    const struct elf_symbol *symbol = links->links[function].symbol;

    if (symbol == NULL) {
        return tool_refuse("%s: the ELF file has it under another file's name; build as GCC does",
                           known->title);
    }
    *frame = known->frame;
    if (!elf_symbols_same_follows(links->symbols, symbol)) {
        *frame = thumb_frame(symbol->code, symbol->length, known->frame);
        return 0;
    }
    for (bool more = true; more; symbol++) {
        const uint32_t bytes = thumb_frame(symbol->code, symbol->length, known->frame);

        if (bytes > *frame && bytes <= known->frame + THUMB_MOST_ARGUMENTS) {
            *frame = bytes;
        }
        more = elf_symbols_same_follows(links->symbols, symbol);
    }
    return 0;
}

/* An alias, or a function that GCC merged with an equal one: the definition at its address. */
static int find_alias(const struct call_links *links, uint32_t function, uint32_t address,
                      uint32_t *target)
{
    const struct call_function *functions = links->graph->functions;

    *target = function;
    for (uint32_t i = 0; i < links->count; i++) {
        const struct call_link *link = &links->links[i];

        if (link->symbol == NULL || link->symbol->address != address) {
            continue;
        }
        if (*target != function) {
            return tool_refuse("%s is at the address of both %s and %s; keep one of them",
                               functions[function].name, functions[*target].name,
                               functions[i].name);
        }
        *target = i;
    }
    return 0;
}

int call_links_target(struct call_links *links, uint32_t function, uint32_t *target)
{
    const struct call_function *called = &links->graph->functions[function];
    const struct elf_symbol *local = find_static(links, called);
    const struct elf_symbol *global = elf_symbols_find(links->symbols, NULL, called->name);

    *target = function;
    if (call_links_has(links, function)) {
        return 0;
    }
    if (local != NULL) {
        return find_alias(links, function, local->address, target);
    }
    if (global == NULL && !call_function_has_source(called) &&
        elf_symbols_has_static(links->symbols, called->name)) {
        return tool_refuse("%s is global for GCC and local in the ELF file; build as GCC does",
                           called->name);
    }
    if (global == NULL) {
        *target = CALL_NONE;
        return 0;
    }
    /* A weak definition that lost: the one of the global name runs. */
    if (call_graph_add(links->graph, called->name, strlen(called->name), &function) != 0) {
        return -1;
    }
    *target = function;
    return call_links_has(links, function) ? 0
                                           : find_alias(links, function, global->address, target);
}
