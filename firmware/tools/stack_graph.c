#include "stack_graph.h"

#include "tool_memory.h"

#include <stdlib.h>
#include <string.h>

void stack_graph_free(struct stack_graph *graph)
{
    free(graph->nodes);
    free(graph->calls);
    memset(graph, 0, sizeof *graph);
}

int stack_graph_add(struct stack_graph *graph, uint32_t function, uint32_t frame, uint32_t bound,
                    uint32_t *node)
{
    void *grown =
        tool_memory_grow(graph->nodes, graph->count, &graph->capacity, sizeof *graph->nodes);

    if (grown == NULL) {
        return -1;
    }
    graph->nodes = grown;
    *node = (uint32_t)graph->count;
    graph->nodes[graph->count++] = (struct stack_node){
        .function = function, .frame = frame, .bound = bound, .first_call = STACK_NONE};
    return 0;
}

int stack_graph_add_call(struct stack_graph *graph, uint32_t caller, uint32_t callee)
{
    void *grown = tool_memory_grow(graph->calls, graph->call_count, &graph->call_capacity,
                                   sizeof *graph->calls);

    if (grown == NULL) {
        return -1;
    }
    graph->calls = grown;
    graph->calls[graph->call_count] =
        (struct stack_call){.callee = callee, .next = graph->nodes[caller].first_call};
    graph->nodes[caller].first_call = (uint32_t)graph->call_count++;
    return 0;
}
