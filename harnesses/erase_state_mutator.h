/* erase_state_mutator.h - structure-aware mutation of inputs of the harness erase_state. */
#ifndef ERASE_STATE_MUTATOR_H
#define ERASE_STATE_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t erase_state_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
