#include "call_plan.h"

#include "tool_memory.h"
#include "tool_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLACE 256

static struct call_function *function_at(const struct call_plan *plan, uint32_t function)
{
    return &plan->links->graph->functions[function];
}

const char *call_plan_label(const struct call_plan *plan, uint32_t node,
                            char label[CALL_LABEL_SIZE])
{
    return call_function_label(function_at(plan, plan->graph.nodes[node].function), label);
}

/* --- Names in the limits file --- */

static const char *place_of(const struct call_plan *plan, const struct budget_statement *statement,
                            char place[MAX_PLACE])
{
    (void)snprintf(place, MAX_PLACE, "%s:%u", plan->limits->path, statement->line);
    return place;
}

static bool is_pattern(const struct budget_statement *statement)
{
    return strchr(statement->name, '*') != NULL;
}

static int find_names(struct call_plan *plan)
{
    char place[MAX_PLACE];

    plan->names = calloc(plan->limits->count + 1U, sizeof *plan->names);
    if (plan->names == NULL) {
        return tool_refuse("out of memory for %zu statements", plan->limits->count);
    }
    for (size_t i = 0; i < plan->limits->count; i++) {
        const struct budget_statement *statement = &plan->limits->statements[i];

        plan->names[i].outside = CALL_NONE;
        if (statement->kind != BUDGET_STACK_SECTION && !is_pattern(statement) &&
            call_names_find(&plan->names[i], plan->links, statement->name,
                            place_of(plan, statement, place)) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Whether a statement is of a kind and speaks of the function; if so it is used. */
static bool applies(struct call_plan *plan, size_t i, enum budget_kind kind, uint32_t function)
{
    struct budget_statement *statement = &plan->limits->statements[i];

    if (statement->kind != kind || is_pattern(statement) ||
        !call_names_match(&plan->names[i], plan->links, function)) {
        return false;
    }
    statement->used = true;
    return true;
}

/* --- Frames and bounds --- */

static int note_gap(struct call_plan *plan, enum call_gap_kind kind, uint32_t function)
{
    void *grown =
        tool_memory_grow(plan->gaps, plan->gap_count, &plan->gap_capacity, sizeof *plan->gaps);

    if (grown == NULL) {
        return -1;
    }
    plan->gaps = grown;
    plan->gaps[plan->gap_count++] = (struct call_gap){.kind = kind, .function = function};
    return 0;
}

static int note_assumed(struct call_plan *plan, uint32_t function)
{
    void *grown = tool_memory_grow(plan->assumed, plan->assumed_count, &plan->assumed_capacity,
                                   sizeof *plan->assumed);

    if (grown == NULL) {
        return -1;
    }
    plan->assumed = grown;
    plan->assumed[plan->assumed_count++] = function;
    return 0;
}

/* The statement with the longest fitting name with *, or NULL. */
static struct budget_statement *find_pattern(struct call_plan *plan, const char *name)
{
    struct budget_statement *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < plan->limits->count; i++) {
        struct budget_statement *statement = &plan->limits->statements[i];
        const size_t length = strcspn(statement->name, "*");

        if (statement->kind == BUDGET_FRAME && is_pattern(statement) &&
            strncmp(name, statement->name, length) == 0 && (found == NULL || length > longest)) {
            found = statement;
            longest = length;
        }
    }
    return found;
}

/* The frame of a function that the compiler does not know. */
static int find_frame(struct call_plan *plan, uint32_t function, uint32_t *frame)
{
    const enum call_frame kind = function_at(plan, function)->frame_kind;
    struct budget_statement *pattern;

    for (size_t i = 0; i < plan->limits->count; i++) {
        if (applies(plan, i, BUDGET_FRAME, function)) {
            *frame = plan->limits->statements[i].number;
            return 0;
        }
    }
    *frame = 0;
    if (kind == CALL_FRAME_UNBOUNDED) {
        return note_gap(plan, CALL_GAP_UNBOUNDED, function);
    }
    pattern = find_pattern(plan, function_at(plan, function)->name);
    if (pattern == NULL) {
        return note_gap(plan, CALL_GAP_FRAME, function);
    }
    pattern->used = true;
    *frame = pattern->number;
    return note_assumed(plan, function);
}

static uint32_t find_bound(struct call_plan *plan, uint32_t function)
{
    for (size_t i = 0; i < plan->limits->count; i++) {
        if (applies(plan, i, BUDGET_RECURSION, function)) {
            return plan->limits->statements[i].number;
        }
    }
    return 0;
}

/* --- Calls --- */

/* The node of a function; it is added when it is reached for the first time. */
static int reach(struct call_plan *plan, uint32_t function, uint32_t *node)
{
    uint32_t frame;
    int result;

    *node = function_at(plan, function)->mark;
    if (*node != CALL_NONE) {
        return 0;
    }
    result = function_at(plan, function)->frame_kind == CALL_FRAME_BOUNDED
                 ? call_links_frame(plan->links, function, &frame)
                 : find_frame(plan, function, &frame);
    if (result != 0) {
        return -1;
    }
    if (stack_graph_add(&plan->graph, function, frame, find_bound(plan, function), node) != 0) {
        return -1;
    }
    function_at(plan, function)->mark = *node;
    return 0;
}

static int add_call(struct call_plan *plan, uint32_t caller, uint32_t function)
{
    uint32_t callee;

    return reach(plan, function, &callee) != 0 ? -1
                                               : stack_graph_add_call(&plan->graph, caller, callee);
}

static int add_seen_calls(struct call_plan *plan, uint32_t node)
{
    const struct call_graph *graph = plan->links->graph;
    uint32_t next;

    for (uint32_t call = function_at(plan, plan->graph.nodes[node].function)->first_call;
         call != CALL_NONE; call = next) {
        uint32_t target;

        next = graph->calls[call].next;
        if (call_links_target(plan->links, graph->calls[call].callee, &target) != 0 ||
            (target != CALL_NONE && add_call(plan, node, target) != 0)) {
            return -1;
        }
    }
    return 0;
}

/* What is done with each function that a name stands for; `context` is the caller's or a level. */
typedef int visit_function(struct call_plan *plan, uint32_t context, uint32_t function);

/* Visits all functions that a statement's name, or callee, stands for. There must be one. */
static int visit_all(struct call_plan *plan, const struct budget_statement *statement,
                     visit_function *visit, uint32_t context)
{
    const char *text = statement->callee != NULL ? statement->callee : statement->name;
    struct call_name name;
    char place[MAX_PLACE];

    if (call_names_find(&name, plan->links, text, place_of(plan, statement, place)) != 0) {
        return -1;
    }
    if (!call_names_is_found(&name)) {
        return tool_refuse("%s: %s: no such function in the program; correct or remove it", place,
                           text);
    }
    if (name.call_file == NULL) {
        return visit(plan, context, name.outside);
    }
    for (uint32_t function = 0; function < plan->links->count; function++) {
        if (call_names_match(&name, plan->links, function) && visit(plan, context, function) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Calls that the limits file tells of, where the compiler cannot: pointers, and outside functions. */
static int add_told_calls(struct call_plan *plan, uint32_t node)
{
    const uint32_t function = plan->graph.nodes[node].function;
    const bool pointer = function_at(plan, function)->calls_pointer;
    bool told = !pointer;

    if (!pointer && function_at(plan, function)->call_file != NULL) {
        return 0;
    }
    for (size_t i = 0; i < plan->limits->count; i++) {
        if (pointer && applies(plan, i, BUDGET_NONE, function)) {
            told = true;
        } else if (applies(plan, i, BUDGET_CALLS, function)) {
            told = true;
            if (visit_all(plan, &plan->limits->statements[i], add_call, node) != 0) {
                return -1;
            }
        }
    }
    return told ? 0 : note_gap(plan, CALL_GAP_POINTER, function);
}

static int add_root(struct call_plan *plan, uint32_t level, uint32_t function)
{
    void *grown =
        tool_memory_grow(plan->roots, plan->root_count, &plan->root_capacity, sizeof *plan->roots);

    if (grown == NULL) {
        return -1;
    }
    plan->roots = grown;
    plan->roots[plan->root_count].level = level;
    return reach(plan, function, &plan->roots[plan->root_count++].node);
}

static int add_roots(struct call_plan *plan)
{
    for (size_t i = 0; i < plan->limits->count; i++) {
        struct budget_statement *statement = &plan->limits->statements[i];
        const bool entry = statement->kind == BUDGET_ENTRY;

        if (entry || statement->kind == BUDGET_INTERRUPT) {
            statement->used = true;
            if (visit_all(plan, statement, add_root,
                          entry ? CALL_LEVEL_ENTRY : statement->number) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

int call_plan_make(struct call_plan *plan, struct call_links *links, struct budget_limits *limits)
{
    memset(plan, 0, sizeof *plan);
    plan->links = links;
    plan->limits = limits;
    if (find_names(plan) != 0 || add_roots(plan) != 0) {
        return -1;
    }
    for (uint32_t node = 0; node < plan->graph.count; node++) { /* which grows meanwhile */
        if (add_seen_calls(plan, node) != 0 || add_told_calls(plan, node) != 0) {
            return -1;
        }
    }
    return 0;
}

void call_plan_free(struct call_plan *plan)
{
    stack_graph_free(&plan->graph);
    free(plan->names);
    free(plan->roots);
    free(plan->gaps);
    free(plan->assumed);
    memset(plan, 0, sizeof *plan);
}
