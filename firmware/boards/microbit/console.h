/*
 * console.h - the console of a board whose only UART is the bus: the last lines, in memory that
 * outlives a reset. Whoever may look (an open device, a debugger) reads the symbol `console` of
 * either ELF, at CONSOLE_BASE (memory_map.h):
 *
 *   0  magic   4  CONSOLE_MAGIC; anything else: nothing was written since the power came
 *   4  count   4  of bytes written since then; the next goes to text[count % CONSOLE_TEXT_SIZE]
 *   8  text       lines of printable ASCII, each with a line feed at its end
 */
#ifndef MICROBIT_CONSOLE_H
#define MICROBIT_CONSOLE_H

#include "memory_map.h"

#include <stdint.h>

#define CONSOLE_MAGIC     0x534E4F43U /* "CONS" */
#define CONSOLE_TEXT_SIZE (CONSOLE_SIZE - 8U)

struct console {
    uint32_t magic;
    uint32_t count;
    char text[CONSOLE_TEXT_SIZE];
};

extern struct console console;

/* Forgets all lines. */
void console_clear(void);

#endif
