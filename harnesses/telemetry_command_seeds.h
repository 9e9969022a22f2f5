/* telemetry_command_seeds.h - the committed seeds of the harness telemetry_command. */
#ifndef TELEMETRY_COMMAND_SEEDS_H
#define TELEMETRY_COMMAND_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Calls `save` for each seed. */
void telemetry_command_seeds(void (*save)(const char *harness, const char *name,
                                          const uint8_t *data, size_t size));

#endif
