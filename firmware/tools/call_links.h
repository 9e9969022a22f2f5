/*
 * call_links.h - what the linker made of a call graph: which functions are in the program, and where a
 * call ends when names stand for something else (weak definitions, aliases, merged functions).
 */
#ifndef TOOLS_CALL_LINKS_H
#define TOOLS_CALL_LINKS_H

#include "call_graph.h"
#include "elf_symbols.h"
#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a function that a call file defines. */
struct call_link {
    bool linked; /* this definition is in the program */
    bool weak;
    const struct elf_symbol *symbol; /* NULL: not linked, or under another file's name */
};

struct call_links {
    struct call_graph *graph;
    const struct elf_symbols *symbols;
    struct call_link *links; /* `count`, by index of function */
    size_t count;            /* later functions have no definition */
};

/* The following return 0, or -1 after saying what is wrong. */

/* Compares graph and symbols, which must outlive `links`. Free in either case. */
HAL_MUST_CHECK int call_links_make(struct call_links *links, struct call_graph *graph,
                                   const struct elf_symbols *symbols);

void call_links_free(struct call_links *links);

bool call_links_has(const struct call_links *links, uint32_t function);

/* The stack that a linked definition with a bounded frame takes, in bytes (thumb_frame.h). */
HAL_MUST_CHECK int call_links_frame(const struct call_links *links, uint32_t function,
                                    uint32_t *frame);

/*
 * The function that runs when `function` is called: a linked definition, or one that is in the
 * program but in no call file. CALL_NONE: none is in the program, so that nothing can call it.
 */
HAL_MUST_CHECK int call_links_target(struct call_links *links, uint32_t function, uint32_t *target);

#endif
