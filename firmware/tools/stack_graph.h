/* stack_graph.h - functions with the stack that they take, and who calls whom. */
#ifndef TOOLS_STACK_GRAPH_H
#define TOOLS_STACK_GRAPH_H

#include "hal.h"

#include <stddef.h>
#include <stdint.h>

#define STACK_NONE UINT32_MAX /* no node, no call */

struct stack_node {
    uint32_t function;   /* what it stands for, of whoever made the graph */
    uint32_t frame;      /* bytes */
    uint32_t bound;      /* how often it is active at once, at most; 0: no word on that */
    uint32_t first_call; /* into calls, or STACK_NONE */
};

struct stack_call {
    uint32_t callee;
    uint32_t next; /* call of the same node, or STACK_NONE */
};

/* All zeros: empty. */
struct stack_graph {
    struct stack_node *nodes;
    size_t count;
    size_t capacity;
    struct stack_call *calls;
    size_t call_count;
    size_t call_capacity;
};

void stack_graph_free(struct stack_graph *graph);

/* Both return 0, or -1 after saying that memory is out. */
HAL_MUST_CHECK int stack_graph_add(struct stack_graph *graph, uint32_t function, uint32_t frame,
                                   uint32_t bound, uint32_t *node);
HAL_MUST_CHECK int stack_graph_add_call(struct stack_graph *graph, uint32_t caller,
                                        uint32_t callee);

#endif
