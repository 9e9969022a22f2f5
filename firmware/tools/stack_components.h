/*
 * stack_components.h - which functions may call each other in a circle: the strongly connected
 * components of a graph, numbered so that calls lead to components with the same number or a lower
 * one. A chain that has left a component never comes back to it.
 */
#ifndef TOOLS_STACK_COMPONENTS_H
#define TOOLS_STACK_COMPONENTS_H

#include "hal.h"
#include "stack_graph.h"

#include <stddef.h>
#include <stdint.h>

/* Fills `components` (graph->count of them) and `*count`. Returns 0, or -1: no memory, and nothing is
 * said. */
HAL_MUST_CHECK int stack_components_find(const struct stack_graph *graph, uint32_t *components,
                                         uint32_t *count);

#endif
