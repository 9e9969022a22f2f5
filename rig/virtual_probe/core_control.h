/**
 * What the debug registers of a core (core_debug.h) ask of whatever runs the core. All members must be
 * set. False: the core is gone, and nothing was done.
 */
#ifndef RIG_VIRTUAL_PROBE_CORE_CONTROL_H
#define RIG_VIRTUAL_PROBE_CORE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What halts a core by itself. */
enum core_point_kind {
    CORE_POINT_BREAK,  /**< before the instruction at the address */
    CORE_POINT_WRITE,  /**< after a write that touches one of `size` bytes */
    CORE_POINT_READ,   /**< likewise a read */
    CORE_POINT_ACCESS, /**< likewise either */
};

struct core_point {
    enum core_point_kind kind;
    uint32_t address;
    uint32_t size; /**< bytes */
};

enum { CORE_POINTS_MAX = 80 /**< breakpoints and watchpoints together */ };

struct core_control {
    void *context; /**< the first argument of every call */

    bool (*halt)(void *context);
    bool (*resume)(void *context);

    /** One instruction, with or without interrupts meanwhile; the core is halted before and after. */
    bool (*step)(void *context, bool interrupts);

    /** A register of a halted core, by its number in DCRSR (Armv8-M, DDI 0553, D1.2.34). */
    bool (*read_register)(void *context, unsigned number, uint32_t *value);
    bool (*write_register)(void *context, unsigned number, uint32_t value);

    /** From now on exactly these `count` points (at most CORE_POINTS_MAX) halt the core. */
    bool (*set_points)(void *context, const struct core_point *points, size_t count);

    /** Resets core and devices; the core is halted then, before its first instruction. */
    bool (*reset)(void *context);
};

#endif
