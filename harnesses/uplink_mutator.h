/* uplink_mutator.h - structure-aware mutation of the inputs of the harness uplink. */
#ifndef UPLINK_MUTATOR_H
#define UPLINK_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t uplink_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
