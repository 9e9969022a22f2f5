/* unlock_token_mutator.h - structure-aware mutation of inputs of the harness unlock_token. */
#ifndef UNLOCK_TOKEN_MUTATOR_H
#define UNLOCK_TOKEN_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t unlock_token_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
