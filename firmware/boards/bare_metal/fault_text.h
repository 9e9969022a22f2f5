/*
 * fault_text.h - the parts of a fault's report that all Arm cores have: one line, made to be read by a
 * program. Numbers are hexadecimal; what does not hold is '-'. See fault.c of a board for its whole line.
 */
#ifndef BOARDS_BARE_METAL_FAULT_TEXT_H
#define BOARDS_BARE_METAL_FAULT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* The board's: writes to its console without interrupts and without the clock. */
void fault_text_put(const char *text);

/* `name`, then the number in eight digits. */
void fault_text_number(const char *name, uint32_t number);

/* Likewise, or '-' if it is not `valid`. */
void fault_text_address(const char *name, bool valid, uint32_t address);

/* Whether what the core puts on the stack for an exception (eight words) lies at `frame`, whole and
 * where the stage's stack is. */
bool fault_text_is_frame(const uint32_t *frame);

/* " r0=..." to " psr=...", the registers of a frame; all '-' if it is not `stacked`. */
void fault_text_frame(const uint32_t *frame, bool stacked);

#endif
