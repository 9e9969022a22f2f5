/* update_session_mutator.h - structure-aware mutation of the inputs of update_session. */
#ifndef UPDATE_SESSION_MUTATOR_H
#define UPDATE_SESSION_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t update_session_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
