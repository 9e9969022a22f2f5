/* history_mutator.h - structure-aware mutation of histories: whole steps, then fields, then bytes.
 */
#ifndef HISTORY_MUTATOR_H
#define HISTORY_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t history_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
