/*
 * telemetry_command_model.h - what a set-point command says, read in another way than the device
 * reads it: tokens first, then their order, then the number by the C library.
 */
#ifndef TELEMETRY_COMMAND_MODEL_H
#define TELEMETRY_COMMAND_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the device has to obey, and then the set-point in tenths of a degree. */
bool telemetry_command_model(const uint8_t *text, size_t length, int *set_point);

#endif
