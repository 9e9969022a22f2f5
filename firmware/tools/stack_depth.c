#include "stack_depth.h"

#include "stack_components.h"

#include <stdlib.h>
#include <string.h>

const char *stack_strerror(int error)
{
    switch (error) {
    case STACK_OK:
        return "no error";
    case STACK_ERROR_CYCLE:
        return "functions call each other without bound";
    case STACK_ERROR_BOUNDS:
        return "the bounds of recursions multiply to too many cases; lower or remove some";
    case STACK_ERROR_MEMORY:
        return "out of memory";
    default:
        return "unknown error";
    }
}

/* --- The order --- */

enum colour { WHITE, GREY, BLACK }; /* not seen, on the chain that is being followed, done */

/* Method: depth-first search with a chain of its own in place of recursion. */
struct search {
    struct stack_depth *depth;
    enum colour *colours;
    uint32_t *chain;   /* nodes */
    uint32_t *pending; /* by place in the chain: the next call to follow */
    size_t length;
    size_t ordered;
};

static void push(struct search *search, uint32_t node)
{
    search->colours[node] = GREY;
    search->chain[search->length] = node;
    search->pending[search->length] = search->depth->graph->nodes[node].first_call;
    search->length++;
}

/* Keeps the end of the chain, from `node` on, as the cycle. */
static void keep_cycle(struct search *search, uint32_t node)
{
    struct stack_depth *depth = search->depth;
    size_t first = search->length - 1U;

    while (search->chain[first] != node) {
        first--;
    }
    depth->cycle_length = search->length - first;
    memcpy(depth->cycle, search->chain + first, depth->cycle_length * sizeof *depth->cycle);
}

/* Follows one call, or ends the node at the chain's end. */
static int advance(struct search *search)
{
    const struct stack_graph *graph = search->depth->graph;
    const size_t last = search->length - 1U;
    const uint32_t call = search->pending[last];
    uint32_t callee;

    if (call == STACK_NONE) {
        search->colours[search->chain[last]] = BLACK;
        search->depth->order[search->ordered++] = search->chain[last];
        search->length--;
        return STACK_OK;
    }
    search->pending[last] = graph->calls[call].next;
    callee = graph->calls[call].callee;
    if (graph->nodes[callee].bound > 0 || search->colours[callee] == BLACK) {
        return STACK_OK;
    }
    if (search->colours[callee] == GREY) {
        keep_cycle(search, callee);
        return STACK_ERROR_CYCLE;
    }
    push(search, callee);
    return STACK_OK;
}

static int search_all(struct search *search)
{
    for (uint32_t node = 0; node < search->depth->graph->count; node++) {
        if (search->colours[node] == WHITE) {
            push(search, node);
        }
        while (search->length > 0) {
            const int result = advance(search);

            if (result != STACK_OK) {
                return result;
            }
        }
    }
    return STACK_OK;
}

static int find_order(struct stack_depth *depth)
{
    const size_t count = depth->graph->count + 1U;
    struct search search = {
        .depth = depth,
        .colours = calloc(count, sizeof *search.colours),
        .chain = calloc(count, sizeof *search.chain),
        .pending = calloc(count, sizeof *search.pending),
    };
    int result = STACK_ERROR_MEMORY;

    if (search.colours != NULL && search.chain != NULL && search.pending != NULL) {
        result = search_all(&search);
    }
    free(search.colours);
    free(search.chain);
    free(search.pending);
    return result;
}

/* --- Depths --- */

/* Method: a state is a number in mixed radix, one digit from 0 to `bound` for each bounded node of a
 * component. */
static int find_strides(struct stack_depth *depth)
{
    const struct stack_graph *graph = depth->graph;
    const size_t most = STACK_MOST_DEPTHS / (graph->count + 1U);

    depth->states = 1;
    for (size_t i = 0; i < graph->count; i++) {
        const size_t digits = (size_t)graph->nodes[i].bound + 1U;
        size_t *full = &depth->full[depth->components[i]];

        if (digits == 1) {
            continue;
        }
        depth->strides[i] = *full + 1U;
        if (digits > most / depth->strides[i]) {
            return STACK_ERROR_BOUNDS;
        }
        *full = depth->strides[i] * digits - 1U;
        depth->states = *full + 1U > depth->states ? *full + 1U : depth->states;
    }
    return depth->states <= most ? STACK_OK : STACK_ERROR_BOUNDS;
}

/* The step to `node` in a state of its component; false if its bound is used up. */
static bool enter(const struct stack_depth *depth, uint32_t node, size_t state,
                  struct stack_step *step)
{
    const size_t stride = depth->strides[node];

    *step = (struct stack_step){.node = node, .state = state - stride};
    return stride == 0 || state / stride % ((size_t)depth->graph->nodes[node].bound + 1U) > 0;
}

/* The step of a call. */
static bool follow(const struct stack_depth *depth, struct stack_step caller, uint32_t callee,
                   struct stack_step *step)
{
    const uint32_t component = depth->components[callee];

    return enter(
        depth, callee,
        component == depth->components[caller.node] ? caller.state : depth->full[component], step);
}

static void find_one(struct stack_depth *depth, struct stack_step step)
{
    const struct stack_graph *graph = depth->graph;
    const size_t place = step.state * graph->count + step.node;
    uint64_t below = 0;

    depth->deepest[place] = STACK_NONE;
    for (uint32_t call = graph->nodes[step.node].first_call; call != STACK_NONE;
         call = graph->calls[call].next) {
        struct stack_step callee;

        if (follow(depth, step, graph->calls[call].callee, &callee) &&
            (depth->deepest[place] == STACK_NONE || stack_depth_bytes(depth, callee) > below)) {
            below = stack_depth_bytes(depth, callee);
            depth->deepest[place] = callee.node;
        }
    }
    depth->depths[place] = graph->nodes[step.node].frame + below;
}

/* After all components that its functions call. */
static void find_component(struct stack_depth *depth, uint32_t component)
{
    for (size_t state = 0; state <= depth->full[component]; state++) {
        for (size_t i = 0; i < depth->graph->count; i++) {
            const uint32_t node = depth->order[i];

            if (depth->components[node] == component) {
                find_one(depth, (struct stack_step){.node = node, .state = state});
            }
        }
    }
}

int stack_depth_find(struct stack_depth *depth, const struct stack_graph *graph)
{
    const size_t count = graph->count + 1U; /* never zero bytes */
    int result;

    memset(depth, 0, sizeof *depth);
    depth->graph = graph;
    depth->order = calloc(count, sizeof *depth->order);
    depth->cycle = calloc(count, sizeof *depth->cycle);
    depth->strides = calloc(count, sizeof *depth->strides);
    depth->full = calloc(count, sizeof *depth->full);
    depth->components = calloc(count, sizeof *depth->components);
    if (depth->order == NULL || depth->cycle == NULL || depth->strides == NULL ||
        depth->full == NULL || depth->components == NULL ||
        stack_components_find(graph, depth->components, &depth->component_count) != 0) {
        return STACK_ERROR_MEMORY;
    }
    result = find_order(depth);
    result = result == STACK_OK ? find_strides(depth) : result;
    if (result != STACK_OK) {
        return result;
    }
    depth->depths = calloc(count * depth->states, sizeof *depth->depths);
    depth->deepest = calloc(count * depth->states, sizeof *depth->deepest);
    if (depth->depths == NULL || depth->deepest == NULL) {
        return STACK_ERROR_MEMORY;
    }
    for (uint32_t component = 0; component < depth->component_count; component++) {
        find_component(depth, component);
    }
    return STACK_OK;
}

void stack_depth_free(struct stack_depth *depth)
{
    free(depth->order);
    free(depth->cycle);
    free(depth->strides);
    free(depth->full);
    free(depth->components);
    free(depth->depths);
    free(depth->deepest);
    memset(depth, 0, sizeof *depth);
}

/* --- Chains --- */

struct stack_step stack_depth_enter(const struct stack_depth *depth, uint32_t node)
{
    struct stack_step step;

    (void)enter(depth, node, depth->full[depth->components[node]], &step); /* bounds: 1 or more */
    return step;
}

uint64_t stack_depth_bytes(const struct stack_depth *depth, struct stack_step step)
{
    return depth->depths[step.state * depth->graph->count + step.node];
}

bool stack_depth_next(const struct stack_depth *depth, struct stack_step *step)
{
    const uint32_t callee = depth->deepest[step->state * depth->graph->count + step->node];

    return callee != STACK_NONE && follow(depth, *step, callee, step);
}
