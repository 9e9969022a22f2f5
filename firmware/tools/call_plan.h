/*
 * call_plan.h - what can run in a firmware: every function that entries and interrupt handlers reach,
 * by the calls that the compiler saw and by what the limits file says of the others.
 */
#ifndef TOOLS_CALL_PLAN_H
#define TOOLS_CALL_PLAN_H

#include "budget_limits.h"
#include "call_links.h"
#include "call_names.h"
#include "hal.h"
#include "stack_graph.h"

#include <stddef.h>
#include <stdint.h>

enum call_gap_kind {
    CALL_GAP_POINTER,   /* calls through a pointer, and nothing says whom */
    CALL_GAP_FRAME,     /* in no call file, and nothing says how much stack it takes */
    CALL_GAP_UNBOUNDED, /* its frame has no bound, and nothing says one */
};

/* What neither compiler nor limits file knows of a function that can run. */
struct call_gap {
    enum call_gap_kind kind;
    uint32_t function;
};

#define CALL_LEVEL_ENTRY UINT32_MAX

/* A function that nobody calls. */
struct call_root {
    uint32_t node;
    uint32_t level; /* of its interrupt, or CALL_LEVEL_ENTRY */
};

struct call_plan {
    struct call_links *links;
    struct budget_limits *limits;
    struct call_name *names; /* by statement: what its name stands for */
    struct stack_graph
        graph; /* of the functions that can run; node->function is an index of them */
    struct call_root *roots;
    size_t root_count;
    size_t root_capacity;
    struct call_gap *gaps;
    size_t gap_count;
    size_t gap_capacity;
    uint32_t *assumed; /* functions whose frame a name with * gave */
    size_t assumed_count;
    size_t assumed_capacity;
};

/*
 * Follows all calls, with marks in the call graph, and tells the statements that it used. Gaps are
 * noted and no error. `links` and `limits` must outlive the plan. Returns 0, or -1 after saying what
 * is wrong; free in either case.
 */
HAL_MUST_CHECK int call_plan_make(struct call_plan *plan, struct call_links *links,
                                  struct budget_limits *limits);

void call_plan_free(struct call_plan *plan);

/* The label of a node's function (call_graph.h). Returns `label`. */
const char *call_plan_label(const struct call_plan *plan, uint32_t node,
                            char label[CALL_LABEL_SIZE]);

#endif
