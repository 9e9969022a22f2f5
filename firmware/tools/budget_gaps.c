#include "budget_gaps.h"

#include "budget_report.h"
#include "tool_report.h"

#include <stdio.h>
#include <string.h>

#define MAX_CYCLE 300

static const struct {
    const char *statement; /* that is missing */
    const char *behind;    /* the name */
    const char *problem;
} kinds[] = {
    [CALL_GAP_POINTER] = {"calls", ":", "calls through a pointer; add `calls` or `none`"},
    [CALL_GAP_FRAME] = {"frame", "", "in no *.ci file; add `frame NAME BYTES REASON`"},
    [CALL_GAP_UNBOUNDED] = {"frame", "",
                            "takes stack without bound (alloca, variable length); mend it, or add "
                            "`frame NAME BYTES REASON`"},
};

static const char *label_of(const struct call_plan *plan, const struct call_gap *gap,
                            char label[CALL_LABEL_SIZE])
{
    return call_function_label(&plan->links->graph->functions[gap->function], label);
}

int budget_gaps_refuse(const struct call_plan *plan)
{
    for (size_t i = 0; i < plan->gap_count; i++) {
        char label[CALL_LABEL_SIZE];

        (void)tool_refuse("%s: %s: %s", plan->limits->path, label_of(plan, &plan->gaps[i], label),
                          kinds[plan->gaps[i].kind].problem);
    }
    return plan->gap_count == 0 ? 0 : -1;
}

/* "a -> b -> a", cut where `text` ends. */
static void write_cycle(const struct call_plan *plan, const struct stack_depth *depth,
                        char text[MAX_CYCLE])
{
    size_t used = 0;

    for (size_t i = 0; i <= depth->cycle_length && used < MAX_CYCLE; i++) {
        const uint32_t node = depth->cycle[i % depth->cycle_length];
        char label[CALL_LABEL_SIZE];
        const int length = snprintf(text + used, MAX_CYCLE - used, "%s%s", i > 0 ? " -> " : "",
                                    call_plan_label(plan, node, label));

        used += length > 0 ? (size_t)length : 0;
    }
    if (used >= MAX_CYCLE) {
        memcpy(text + MAX_CYCLE - 4, "...", 4);
    }
}

int budget_gaps_refuse_depth(const struct call_plan *plan, const struct stack_depth *depth,
                             int error)
{
    char cycle[MAX_CYCLE];

    if (error != STACK_ERROR_CYCLE) {
        return tool_refuse("%s: %s", plan->limits->path, stack_strerror(error));
    }
    write_cycle(plan, depth, cycle);
    return tool_refuse("%s: recursion; mend it, or add `recursion NAME DEPTH REASON`: %s",
                       plan->limits->path, cycle);
}

/* A statement to be filled in. The function's name goes without what the compiler put behind it. */
static void print_line(const char *statement, const char *label, const char *behind)
{
    const char *colon = strrchr(label, ':');
    const char *name = colon != NULL ? colon + 1 : label;
    char line[CALL_LABEL_SIZE];

    (void)snprintf(line, sizeof line, "%.*s", (int)(name - label + (long)strcspn(name, ".")),
                   label);
    (void)printf("%s ", statement);
    budget_report_print_text(line);
    (void)printf("%s\n", behind);
}

/* Method: each cycle is broken, as if its first function were never within itself, to find the next. */
static int draft_cycles(struct call_plan *plan)
{
    struct stack_depth depth;
    int result;

    while ((result = stack_depth_find(&depth, &plan->graph)) == STACK_ERROR_CYCLE) {
        const uint32_t first = depth.cycle[0];
        char label[CALL_LABEL_SIZE];
        char cycle[MAX_CYCLE];

        write_cycle(plan, &depth, cycle);
        (void)printf("# ");
        budget_report_print_text(cycle);
        (void)printf("\n");
        print_line("recursion", call_plan_label(plan, first, label), "");
        plan->graph.nodes[first].bound = 1;
        stack_depth_free(&depth);
    }
    stack_depth_free(&depth);
    return result == STACK_ERROR_MEMORY ? tool_refuse("%s", stack_strerror(result)) : 0;
}

int budget_gaps_draft(struct call_plan *plan)
{
    for (size_t i = 0; i < plan->gap_count; i++) {
        char label[CALL_LABEL_SIZE];

        print_line(kinds[plan->gaps[i].kind].statement, label_of(plan, &plan->gaps[i], label),
                   kinds[plan->gaps[i].kind].behind);
    }
    return draft_cycles(plan);
}
