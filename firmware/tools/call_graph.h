/*
 * call_graph.h - the functions of a firmware, how much stack each takes and whom it calls, as the
 * compiler wrote it down (call_file.h).
 */
#ifndef TOOLS_CALL_GRAPH_H
#define TOOLS_CALL_GRAPH_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_NONE       UINT32_MAX            /* no function, no call */
#define CALL_MOST_FRAME (16U * 1024U * 1024U) /* bytes; more than any microcontroller has */

enum call_frame {
    CALL_FRAME_UNKNOWN,   /* only called, defined in no call file: a library's, or assembly */
    CALL_FRAME_BOUNDED,   /* at most `frame` bytes */
    CALL_FRAME_UNBOUNDED, /* it takes as much as it likes (alloca, arrays of variable length) */
};

struct call_function {
    char *title;           /* "name", or "path/file.c:name" of a static or weak one; unique */
    const char *name;      /* in title; the symbol's name, suffixes such as .constprop.0 included */
    const char *call_file; /* that defines it; NULL if none does */
    enum call_frame frame_kind;
    uint32_t frame;      /* bytes */
    bool calls_pointer;  /* calls at least once through a pointer */
    uint32_t first_call; /* into calls, or CALL_NONE */
    uint32_t next;       /* with the same hash, or CALL_NONE */
    uint32_t mark;       /* CALL_NONE at first; of whoever walks the graph */
};

struct call {
    uint32_t callee;
    uint32_t next; /* call of the same caller, or CALL_NONE */
};

#define CALL_BUCKETS 4096U

struct call_graph {
    struct call_function *functions; /* moves whenever one is added: keep indices */
    size_t count;
    size_t capacity;
    struct call *calls;
    size_t call_count;
    size_t call_capacity;
    char **files; /* names of call files, which functions point to */
    size_t file_count;
    size_t file_capacity;
    uint32_t buckets[CALL_BUCKETS];
};

void call_graph_begin(struct call_graph *graph);
void call_graph_free(struct call_graph *graph);

/* The following return 0, or -1 after saying what is wrong. */

/* Finds the function of a title of `length` bytes, or adds one that nothing is known of. */
HAL_MUST_CHECK int call_graph_add(struct call_graph *graph, const char *title, size_t length,
                                  uint32_t *function);

HAL_MUST_CHECK int call_graph_add_call(struct call_graph *graph, uint32_t caller, uint32_t callee);

/* Keeps the name of a call file as long as the graph. */
HAL_MUST_CHECK int call_graph_add_file(struct call_graph *graph, const char *path,
                                       const char **kept);

/* Whether the function is a static or weak one, whose title begins with its source file. */
bool call_function_has_source(const struct call_function *function);

#define CALL_LABEL_SIZE 128U

/*
 * Writes how a person calls a function: the title without folders, cut to CALL_LABEL_SIZE - 1 bytes.
 * Returns `label`.
 */
const char *call_function_label(const struct call_function *function, char label[CALL_LABEL_SIZE]);

#endif
