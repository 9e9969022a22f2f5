/*
 * fault_line.h - the line that the board says about a processor fault (boards/mps2_an505/fault.c), read
 * strictly: each field in its place, each number eight lower-case hexadecimal digits, and nothing else.
 */
#ifndef TESTS_FAULT_LINE_H
#define TESTS_FAULT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define FAULT_LINE_WORD_SIZE  16U
#define FAULT_LINE_CAUSE_SIZE 96U

/* A number, or the '-' of one that does not hold. */
struct fault_number {
    bool holds;
    uint32_t value; /* 0 if it does not */
};

/* Registers as the core names them (Armv8-M ARM, D1.2). */
struct fault_line {
    char type[FAULT_LINE_WORD_SIZE]; /* of exception: hard, memory, bus, usage, secure, unknown */
    uint32_t cfsr;
    uint32_t hfsr;
    struct fault_number mmfar;
    struct fault_number bfar;
    uint32_t sp;
    uint32_t exception_return;
    bool has_frame; /* what follows was stacked, and holds */
    uint32_t r[4];
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t psr;
    char causes[FAULT_LINE_CAUSE_SIZE]; /* names, separated by commas; "-" for none */
};

/* Reads a line without its end. Returns NULL, or the place in `line` that is not as it must be. */
const char *fault_line_read(const char *line, struct fault_line *fault);

#endif
