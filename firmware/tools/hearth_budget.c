/*
 * hearth-budget - how much flash, RAM and stack a firmware takes, against its limits. See
 * budget_limits.h for what it is told, budget_options.c for its options.
 */
#include "budget_gaps.h"
#include "budget_limits.h"
#include "budget_options.h"
#include "budget_report.h"
#include "call_file.h"
#include "call_plan.h"
#include "elf_image.h"
#include "elf_sizes.h"
#include "elf_symbols.h"
#include "stack_depth.h"
#include "tool_memory.h"
#include "tool_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char tool_name[] = "hearth-budget";

/* All that is read and worked out. All zeros: nothing yet. */
struct budget {
    uint8_t *elf;
    struct elf_image image;
    struct elf_symbols symbols;
    struct elf_sizes sizes;
    struct budget_limits limits;
    struct call_graph graph;
    struct call_links links;
    struct call_plan plan;
    struct stack_depth depth;
};

static bool is_stack(const char *name, void *context)
{
    const struct budget_limits *limits = context;
    bool found = false;

    for (size_t i = 0; i < limits->count; i++) {
        struct budget_statement *statement = &limits->statements[i];

        if (statement->kind == BUDGET_STACK_SECTION && strcmp(statement->name, name) == 0) {
            statement->used = true;
            found = true;
        }
    }
    return found;
}

static int read_elf(struct budget *budget, const char *path)
{
    size_t length;

    budget->elf = (uint8_t *)tool_memory_read(path, &length);
    if (budget->elf == NULL || elf_image_open(&budget->image, path, budget->elf, length) != 0 ||
        elf_symbols_read(&budget->symbols, &budget->image) != 0 ||
        elf_sizes_measure(&budget->sizes, &budget->image, is_stack, &budget->limits) != 0) {
        return -1;
    }
    if ((budget->image.header.e_flags & EF_ARM_ABI_FLOAT_HARD) != 0 &&
        budget->limits.exception < BUDGET_EXCEPTION_FLOAT) {
        return tool_refuse("%s: the firmware uses the floating-point unit; add `exception %u`",
                           budget->limits.path, BUDGET_EXCEPTION_FLOAT);
    }
    return 0;
}

static int read_calls(struct budget *budget, const struct budget_options *options)
{
    for (size_t i = 0; i < options->folder_count; i++) {
        if (call_file_read_folder(&budget->graph, options->folders[i]) != 0) {
            return -1;
        }
    }
    return call_links_make(&budget->links, &budget->graph, &budget->symbols) != 0
               ? -1
               : call_plan_make(&budget->plan, &budget->links, &budget->limits);
}

static int report(struct budget *budget, const struct budget_options *options)
{
    const struct budget_report shown = {.name = options->name,
                                        .limits = &budget->limits,
                                        .plan = &budget->plan,
                                        .depth = &budget->depth,
                                        .sizes = &budget->sizes};
    int result;

    if (budget_gaps_refuse(&budget->plan) != 0) {
        return BUDGET_EXIT_REFUSED;
    }
    result = stack_depth_find(&budget->depth, &budget->plan.graph);
    if (result != STACK_OK) {
        (void)budget_gaps_refuse_depth(&budget->plan, &budget->depth, result);
        return BUDGET_EXIT_REFUSED;
    }
    return budget_report_print(&shown) ? BUDGET_EXIT_WITHIN : BUDGET_EXIT_EXCEEDED;
}

static int run(struct budget *budget, const struct budget_options *options)
{
    call_graph_begin(&budget->graph);
    if (budget_limits_read(&budget->limits, options->limits, options->draft) != 0 ||
        read_elf(budget, options->elf) != 0 || read_calls(budget, options) != 0) {
        return BUDGET_EXIT_REFUSED;
    }
    if (options->draft) {
        return budget_gaps_draft(&budget->plan) == 0 ? BUDGET_EXIT_WITHIN : BUDGET_EXIT_REFUSED;
    }
    return report(budget, options);
}

static void release(struct budget *budget)
{
    stack_depth_free(&budget->depth);
    call_plan_free(&budget->plan);
    call_links_free(&budget->links);
    call_graph_free(&budget->graph);
    budget_limits_free(&budget->limits);
    elf_symbols_free(&budget->symbols);
    free(budget->elf);
}

int main(int argc, char **argv)
{
    static struct budget budget;
    struct budget_options options;
    int result = BUDGET_EXIT_WITHIN;

    if (budget_options_read(&options, argc, argv) != 0) {
        return BUDGET_EXIT_REFUSED;
    }
    if (options.help) {
        budget_options_print_help();
    } else {
        result = run(&budget, &options);
        release(&budget);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)tool_refuse("stdout cannot be written");
        return BUDGET_EXIT_REFUSED;
    }
    return result;
}
