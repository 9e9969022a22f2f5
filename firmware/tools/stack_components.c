/*
 * Method: Tarjan's algorithm (Depth-first search and linear graph algorithms, 1972), with a chain of
 * its own in place of recursion. Nodes are numbered as they are met; `low` of a node is the lowest
 * number that is reached from it within what is still open. A node that reaches none below its own
 * number ends a component: all that was opened after it.
 */
#include "stack_components.h"

#include <stdlib.h>

struct search {
    const struct stack_graph *graph;
    uint32_t *components;
    uint32_t component_count;
    uint32_t *numbers; /* by node, from 1; 0: not met yet */
    uint32_t *low;
    uint32_t *pending; /* by node: the next call to follow */
    uint32_t *chain;   /* nodes whose calls are being followed */
    size_t chain_length;
    uint32_t *open; /* nodes that belong to no component yet */
    size_t open_length;
    uint32_t met;
};

static void enter(struct search *search, uint32_t node)
{
    search->met++;
    search->numbers[node] = search->met;
    search->low[node] = search->met;
    search->pending[node] = search->graph->nodes[node].first_call;
    search->chain[search->chain_length++] = node;
    search->open[search->open_length++] = node;
}

static void lower(struct search *search, uint32_t node, uint32_t value)
{
    if (value < search->low[node]) {
        search->low[node] = value;
    }
}

static void close_component(struct search *search, uint32_t node)
{
    uint32_t member;

    do {
        member = search->open[--search->open_length];
        search->components[member] = search->component_count;
    } while (member != node);
    search->component_count++;
}

static void leave(struct search *search, uint32_t node)
{
    search->chain_length--;
    if (search->low[node] == search->numbers[node]) {
        close_component(search, node);
    }
    if (search->chain_length > 0) {
        lower(search, search->chain[search->chain_length - 1U], search->low[node]);
    }
}

/* Follows one call of the chain's last node, or leaves it. */
static void advance(struct search *search)
{
    const uint32_t node = search->chain[search->chain_length - 1U];
    const uint32_t call = search->pending[node];
    uint32_t callee;

    if (call == STACK_NONE) {
        leave(search, node);
        return;
    }
    search->pending[node] = search->graph->calls[call].next;
    callee = search->graph->calls[call].callee;
    if (search->numbers[callee] == 0) {
        enter(search, callee);
    } else if (search->components[callee] == STACK_NONE) {
        lower(search, node, search->numbers[callee]);
    }
}

static void search_all(struct search *search)
{
    for (uint32_t node = 0; node < search->graph->count; node++) {
        search->components[node] = STACK_NONE;
    }
    for (uint32_t node = 0; node < search->graph->count; node++) {
        if (search->numbers[node] == 0) {
            enter(search, node);
        }
        while (search->chain_length > 0) {
            advance(search);
        }
    }
}

int stack_components_find(const struct stack_graph *graph, uint32_t *components, uint32_t *count)
{
    const size_t nodes = graph->count + 1U; /* never zero bytes */
    uint32_t *memory = calloc(5U * nodes, sizeof *memory);
    struct search search = {.graph = graph, .components = components};

    if (memory == NULL) {
        return -1;
    }
    search.numbers = memory;
    search.low = memory + nodes;
    search.pending = memory + 2U * nodes;
    search.chain = memory + 3U * nodes;
    search.open = memory + 4U * nodes;
    search_all(&search);
    *count = search.component_count;
    free(memory);
    return 0;
}
