/* budget_gaps.h - what the limits file has to say before the worst stack can be known. */
#ifndef TOOLS_BUDGET_GAPS_H
#define TOOLS_BUDGET_GAPS_H

#include "call_plan.h"
#include "hal.h"
#include "stack_depth.h"

/* Says of each gap of a plan what it is. Returns 0 if there is none, else -1. */
HAL_MUST_CHECK int budget_gaps_refuse(const struct call_plan *plan);

/* Says what stack_depth_find() failed for; a cycle with its functions. Returns -1. */
int budget_gaps_refuse_depth(const struct call_plan *plan, const struct stack_depth *depth,
                             int error);

/*
 * Prints gaps and cycles as lines for the limits file, which does not accept them before they are
 * filled in. Changes the plan's bounds. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int budget_gaps_draft(struct call_plan *plan);

#endif
