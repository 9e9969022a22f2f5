/* settings_log_mutator.h - structure-aware mutation of the inputs of settings_log. */
#ifndef SETTINGS_LOG_MUTATOR_H
#define SETTINGS_LOG_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t settings_log_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
