/* event_log_mutator.h - structure-aware mutation of inputs of the harness event_log. */
#ifndef EVENT_LOG_MUTATOR_H
#define EVENT_LOG_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t event_log_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
