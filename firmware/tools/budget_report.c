#include "budget_report.h"

#include "tool_report.h"

#include <inttypes.h>
#include <stdio.h>

void budget_report_print_text(const char *text)
{
    for (; *text != '\0'; text++) {
        (void)putchar(*text >= ' ' && *text <= '~' ? *text : '?');
    }
}

/* --- The worst stack --- */

/* The deepest root of a level, or STACK_NONE. */
static uint32_t find_root(const struct budget_report *report, uint32_t level)
{
    uint32_t found = STACK_NONE;
    uint64_t most = 0;

    for (size_t i = 0; i < report->plan->root_count; i++) {
        const struct call_root *root = &report->plan->roots[i];
        const uint64_t bytes =
            stack_depth_bytes(report->depth, stack_depth_enter(report->depth, root->node));

        if (root->level == level && (found == STACK_NONE || bytes > most)) {
            found = root->node;
            most = bytes;
        }
    }
    return found;
}

/* At an interrupt the core aligns the stack to 8 bytes (Armv7-M manual, B1.5.7), then pushes. */
static uint64_t interrupt(const struct budget_report *report, uint64_t bytes)
{
    return (bytes + 7U) / 8U * 8U + report->limits->exception;
}

/* Prints the chain below a root if `print`. Returns the stack's bytes at its end. */
static uint64_t follow(const struct budget_report *report, uint32_t root, uint64_t bytes,
                       bool print)
{
    struct stack_step step = stack_depth_enter(report->depth, root);
    bool more = true;

    if (!print) {
        return bytes + stack_depth_bytes(report->depth, step);
    }
    while (more) {
        const uint32_t node = step.node;
        const uint32_t frame = report->plan->graph.nodes[node].frame;
        unsigned times = 0;
        char label[CALL_LABEL_SIZE];

        for (; more && step.node == node; more = stack_depth_next(report->depth, &step)) {
            bytes += frame;
            times++;
        }
        (void)printf("%8" PRIu64 " %6" PRIu32 "  ", bytes, frame);
        budget_report_print_text(call_plan_label(report->plan, node, label));
        (void)printf(times > 1 ? " (%u times)\n" : "\n", times);
    }
    return bytes;
}

static uint64_t add_stack(const struct budget_report *report, bool print)
{
    uint64_t bytes = follow(report, find_root(report, CALL_LEVEL_ENTRY), 0, print);

    for (uint32_t level = 0; level < BUDGET_LEVELS; level++) {
        const uint32_t root = find_root(report, level);

        if (root == STACK_NONE) {
            continue;
        }
        bytes = interrupt(report, bytes);
        if (print) {
            (void)printf("%8" PRIu64 " %6" PRIu32 "  interrupt of level %" PRIu32 "\n", bytes,
                         report->limits->exception, level);
        }
        bytes = follow(report, root, bytes, print);
    }
    return bytes;
}

/* --- What is printed --- */

static void print_assumed(const struct budget_report *report)
{
    const struct call_plan *plan = report->plan;

    for (size_t i = 0; i < plan->assumed_count; i++) {
        const struct call_function *function = &plan->links->graph->functions[plan->assumed[i]];

        (void)printf("%s", i == 0 ? "\nframes assumed by a name with *: " : ", ");
        budget_report_print_text(function->name);
        (void)printf(" %" PRIu32, plan->graph.nodes[function->mark].frame);
    }
    (void)printf("%s", plan->assumed_count > 0 ? "\n" : "");
}

static void print_unused(const struct budget_limits *limits)
{
    unsigned last = 0;

    for (size_t i = 0; i < limits->count; i++) {
        if (!limits->statements[i].used && limits->statements[i].line != last) {
            last = limits->statements[i].line;
            budget_report_print_text(limits->path);
            (void)printf(":%u: not needed for this firmware\n", last);
        }
    }
}

static void print_table(const struct budget_report *report, const uint64_t bytes[BUDGET_PART_COUNT])
{
    budget_report_print_text(report->name);
    (void)printf("\n%-8s %10s %10s %10s\n", "", "bytes", "limit", "left");
    for (int part = 0; part < BUDGET_PART_COUNT; part++) {
        (void)printf("%-8s %10" PRIu64 " %10" PRIu32 " %10" PRId64 "\n",
                     budget_part_name((enum budget_part)part), bytes[part],
                     report->limits->most[part],
                     (int64_t)report->limits->most[part] - (int64_t)bytes[part]);
    }
    (void)printf("\nworst stack: bytes in all, bytes of the function\n");
    (void)add_stack(report, true);
    print_assumed(report);
    print_unused(report->limits);
}

bool budget_report_print(const struct budget_report *report)
{
    const struct budget_limits *limits = report->limits;
    const uint64_t bytes[BUDGET_PART_COUNT] = {
        [BUDGET_TEXT] = report->sizes->text,
        [BUDGET_DATA] = report->sizes->data,
        [BUDGET_BSS] = report->sizes->bss,
        [BUDGET_STACK] = add_stack(report, false),
    };
    bool within = true;

    print_table(report, bytes);
    (void)fflush(stdout); /* so that the table comes first; main() checks the outcome */
    for (int part = 0; part < BUDGET_PART_COUNT; part++) {
        if (bytes[part] > limits->most[part]) {
            (void)tool_refuse("%s: %s is %" PRIu64 " bytes above its limit of %" PRIu32 " (%s:%u)",
                              report->name, budget_part_name((enum budget_part)part),
                              bytes[part] - limits->most[part], limits->most[part], limits->path,
                              limits->lines[part]);
            within = false;
        }
    }
    return within;
}
