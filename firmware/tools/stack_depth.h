/*
 * stack_depth.h - the deepest chain of calls below each function of a graph.
 *
 * Method: without recursion the functions can be put in order, callees first, and the depth of each is
 * its frame and the greatest depth among its callees. A function with a bound may recur: calls of it
 * are left out of the order, and depths are kept for each state, which says how many more times each
 * bounded function may be entered. A call of one leads to a lower state, so that states in rising
 * order need no look ahead. A cycle that no bounded function breaks is an error.
 *
 * Only functions that are in one component with a bounded one (stack_components.h) share its state: a
 * chain that enters a component finds every function of it as often as its bound says.
 */
#ifndef TOOLS_STACK_DEPTH_H
#define TOOLS_STACK_DEPTH_H

#include "hal.h"
#include "stack_graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_MOST_DEPTHS (8U * 1024U * 1024U) /* functions times states of a component */

enum stack_error {
    STACK_OK = 0,
    STACK_ERROR_CYCLE = -1,  /* functions call each other without bound */
    STACK_ERROR_BOUNDS = -2, /* the bounds multiply to more than STACK_MOST_DEPTHS */
    STACK_ERROR_MEMORY = -3,
};

/* A fixed text for an enum stack_error; never NULL. */
const char *stack_strerror(int error);

struct stack_depth {
    const struct stack_graph *graph;
    uint32_t *order;      /* nodes, callees first within each component */
    uint32_t *components; /* by node */
    uint32_t component_count;
    size_t *full;      /* by component: the state in which each of its functions may be entered */
    size_t *strides;   /* by node: of its part of the state; 0: it has no bound */
    size_t states;     /* the most that any component has */
    uint64_t *depths;  /* bytes, [state * count + node] */
    uint32_t *deepest; /* the callee with the greatest depth, or STACK_NONE; likewise */
    uint32_t *cycle;   /* after STACK_ERROR_CYCLE: nodes, each calls the next, the last the first */
    size_t cycle_length;
};

/* Finds all depths. Returns 0 or a negative enum stack_error; free in either case. */
HAL_MUST_CHECK int stack_depth_find(struct stack_depth *depth, const struct stack_graph *graph);

void stack_depth_free(struct stack_depth *depth);

/* A function on a chain of calls. */
struct stack_step {
    uint32_t node;
    size_t state;
};

/* The first step of the deepest chain that begins with `node`. */
struct stack_step stack_depth_enter(const struct stack_depth *depth, uint32_t node);

/* Bytes from this step to the chain's end. */
uint64_t stack_depth_bytes(const struct stack_depth *depth, struct stack_step step);

/* Goes on to the next step; false at the end. */
bool stack_depth_next(const struct stack_depth *depth, struct stack_step *step);

#endif
