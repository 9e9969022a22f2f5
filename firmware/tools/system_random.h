/* system_random.h - secrets of a device that is being made, from the system's random numbers. */
#ifndef TOOLS_SYSTEM_RANDOM_H
#define TOOLS_SYSTEM_RANDOM_H

#include "hal.h"

#include <stddef.h>
#include <stdint.h>

/* Fills `bytes` with `length` of them, at most 256. Returns 0, or -1: there are none. */
HAL_MUST_CHECK int system_random(uint8_t *bytes, size_t length);

#endif
