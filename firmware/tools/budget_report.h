/* budget_report.h - what hearth-budget prints of a firmware whose calls are all known. */
#ifndef TOOLS_BUDGET_REPORT_H
#define TOOLS_BUDGET_REPORT_H

#include "budget_limits.h"
#include "call_plan.h"
#include "elf_sizes.h"
#include "hal.h"
#include "stack_depth.h"

#include <stdbool.h>
#include <stdint.h>

struct budget_report {
    const char *name;
    const struct budget_limits *limits;
    const struct call_plan *plan;
    const struct stack_depth *depth;
    const struct elf_sizes *sizes;
};

/*
 * Prints the table, the deepest chain of calls, and which frames were assumed, on stdout; then a line
 * for each exceeded limit on stderr. Returns whether all are kept.
 */
HAL_MUST_CHECK bool budget_report_print(const struct budget_report *report);

/* Prints a text from a file: what is not printable ASCII becomes a question mark. */
void budget_report_print_text(const char *text);

#endif
