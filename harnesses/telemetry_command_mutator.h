/* telemetry_command_mutator.h - structure-aware mutation of messages from the broker: new objects
 * that are nearly right, and changes to what is there. */
#ifndef TELEMETRY_COMMAND_MUTATOR_H
#define TELEMETRY_COMMAND_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t telemetry_command_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
