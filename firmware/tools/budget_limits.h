/*
 * budget_limits.h - the limits file of hearth-budget: how much a firmware may take, and what a
 * compiler cannot know of its stack. One statement a line, words parted by blanks; # and what follows
 * it is a comment. Numbers are decimal, or hexadecimal with 0x. Reasons are for people, and must be
 * there.
 *
 *   text BYTES                     limits; all four must be there. See elf_sizes.h
 *   data BYTES
 *   bss BYTES
 *   stack BYTES                    the worst stack, interrupts included
 *
 *   entry NAME                     runs on an empty stack, as the reset handler does
 *   interrupt NAME LEVEL           a handler. Those of one level (0 to 255) never interrupt each
 *                                  other; those of different levels are taken to pile up, the fault
 *                                  handlers and the NMI with a level of their own
 *   exception BYTES                what the core pushes at an interrupt: 32 (default), or 104 where
 *                                  the floating-point unit is in use
 *   calls CALLER: CALLEE...        whatever CALLER may call through pointers; several lines add up.
 *                                  Also what assembly and libraries call
 *   none CALLER REASON             CALLER's pointers are never set in this product
 *   frame NAME BYTES REASON        stack of a function that no call file defines, with all that it
 *                                  calls; or of one with alloca(). A name may end with *: the longest
 *                                  fitting one counts, and only where the exact name has no line
 *   recursion NAME DEPTH REASON    NAME is active at most DEPTH times at once (1: never within itself)
 *   stack-section NAME             an ELF section that bss goes without
 *
 * A NAME is the one in the source, or file.c:name of a static function; with as much of the path as
 * tells equal ones apart. It stands for the clones that the compiler makes of it (name.part.0) too.
 */
#ifndef TOOLS_BUDGET_LIMITS_H
#define TOOLS_BUDGET_LIMITS_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum budget_part { BUDGET_TEXT, BUDGET_DATA, BUDGET_BSS, BUDGET_STACK, BUDGET_PART_COUNT };

/* "text", ... */
const char *budget_part_name(enum budget_part part);

enum budget_kind {
    BUDGET_ENTRY,
    BUDGET_INTERRUPT, /* number: level */
    BUDGET_CALLS,     /* one for each callee */
    BUDGET_NONE,
    BUDGET_FRAME,     /* number: bytes */
    BUDGET_RECURSION, /* number: depth */
    BUDGET_STACK_SECTION,
    BUDGET_KIND_COUNT
};

struct budget_statement {
    enum budget_kind kind;
    unsigned line;
    const char *name;
    const char *callee; /* of BUDGET_CALLS */
    uint32_t number;
    bool used; /* false at first; of whoever applies the statements */
};

#define BUDGET_LEVELS          256U
#define BUDGET_MOST_DEPTH      1000U
#define BUDGET_EXCEPTION       32U  /* bytes; Armv7-M and Armv8-M manuals, exception entry */
#define BUDGET_EXCEPTION_FLOAT 104U /* bytes, with S0 to S15 and FPSCR */

struct budget_limits {
    const char *path;                    /* of the caller */
    uint32_t most[BUDGET_PART_COUNT];    /* bytes */
    unsigned lines[BUDGET_PART_COUNT];   /* where the limit stands; 0: there is none */
    uint32_t exception;                  /* bytes */
    unsigned exception_line;             /* 0: the default */
    struct budget_statement *statements; /* in the file's order */
    size_t count;
    size_t capacity;
    char *text; /* that names point into */
};

/*
 * Reads `text`, `length` bytes and a zero, which becomes the limits' own: free() ends them both.
 * `draft`: limits may be missing. Returns 0, or -1 after saying what is wrong, with file and line;
 * free in either case.
 */
HAL_MUST_CHECK int budget_limits_parse(struct budget_limits *limits, const char *path, char *text,
                                       size_t length, bool draft);

/* Reads a file, likewise. */
HAL_MUST_CHECK int budget_limits_read(struct budget_limits *limits, const char *path, bool draft);

void budget_limits_free(struct budget_limits *limits);

#endif
