/* boot_state_mutator.h - structure-aware mutation of the inputs of boot_state. */
#ifndef BOOT_STATE_MUTATOR_H
#define BOOT_STATE_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t boot_state_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
