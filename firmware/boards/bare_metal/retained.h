/*
 * retained.h - the memory that outlives a reset: why the next reset happens, what the boot stage
 * hands to the application, and what hal_retained() gives to the debug lock. Not every chip tells all
 * causes of a reset, so they are written down by whoever resets.
 */
#ifndef BOARDS_BARE_METAL_RETAINED_H
#define BOARDS_BARE_METAL_RETAINED_H

#include "boot.h"
#include "hal.h"

#include <stdbool.h>

/* Called once, first thing in the boot stage: finds out why it runs. `otherwise` is what counts if
 * nobody wrote a cause down: what the chip says, or a reset by its pin. */
void retained_begin(enum hal_reset_cause otherwise);

/* Writes down that a reset is about to happen, and why. Callable from any handler. */
void retained_note_cause(enum hal_reset_cause cause);

/* From the boot stage to the application. */
void retained_hand_over(const struct boot_handover *handover);

/* False if there is none, or a damaged one: whoever starts the application otherwise than through
 * the boot stage. */
HAL_MUST_CHECK bool retained_take_over(struct boot_handover *handover);

/* Resets the processor and all peripherals at once. Does not return. */
_Noreturn void retained_reset(enum hal_reset_cause cause);

#endif
