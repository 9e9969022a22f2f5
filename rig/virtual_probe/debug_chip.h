/**
 * A chip as it looks from its debug connector: the layers from the TAP down to QEMU, put together.
 */
#ifndef RIG_VIRTUAL_PROBE_DEBUG_CHIP_H
#define RIG_VIRTUAL_PROBE_DEBUG_CHIP_H

#include <stdbool.h>

#include "emulator/qtest_client.h"
#include "virtual_probe/chip_bus.h"
#include "virtual_probe/chip_lock.h"
#include "virtual_probe/core_run.h"
#include "virtual_probe/debug_pins.h"
#include "virtual_probe/debug_port.h"
#include "virtual_probe/guest_memory.h"
#include "virtual_probe/jtag_tap.h"
#include "virtual_probe/mem_ap.h"
#include "virtual_probe/private_bus.h"

/** What it is made of; all must outlive it. */
struct debug_chip_parts {
    const struct core_kind *kind;
    struct gdb_client *gdb; /**< of a guest that is halted */
    struct qtest_client *qtest;
    struct qmp *qmp;
    const struct qmp_events *events;
    const struct guest_map *map;
    const struct guest_ram *ram;
    struct chip_lock_model lock;
    const struct chip_profile *profile;
};

/** Fields are the chip's own, but `port.faults` and `access.identity`, by which it is broken on
 * purpose. It must not be moved in memory. */
struct debug_chip {
    struct jtag_tap tap;
    struct debug_port port;
    struct mem_ap access;
    struct private_bus bus;
    struct guest_memory memory;
    struct core_run run;
    struct core_control control; /**< of `run` */
    struct qtest_client *qtest;
    struct chip_lock lock;
    struct chip_bus locked; /**< what lies behind it */
};

/** After power-up, with the core halted before its first instruction. */
void debug_chip_init(struct debug_chip *chip, const struct debug_chip_parts *parts);

/** Its connector. The context is the chip. */
struct debug_pins debug_chip_pins(struct debug_chip *chip);

/** Lets the core run, as power-up does. False: QEMU is gone. */
bool debug_chip_start(struct debug_chip *chip);

/** The debugger has done nothing for a moment: what was left till then is done. False: QEMU is gone. */
bool debug_chip_settle(struct debug_chip *chip);

/**
 * From now on the core is halted as soon as software has opened a latched port, so that what is in
 * the chip at that moment can be looked at; or no longer. False: QEMU is gone.
 */
bool debug_chip_hold_at_opening(struct debug_chip *chip, bool hold);

/** Takes notice of what happened in QEMU: stops, resets. Does not wait. False: QEMU is gone. */
bool debug_chip_poll(struct debug_chip *chip);

#endif
