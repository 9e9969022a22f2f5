/**
 * The factory of devices in QEMU: makes the flash of a new one. For device_emulated.c only.
 */
#ifndef RIG_TARGET_EMULATED_FACTORY_H
#define RIG_TARGET_EMULATED_FACTORY_H

#include "target/bench.h"

/** Paths. */
struct emulated_factory {
    const char *provision; /**< program, see emulated_factory_make() */
    const char *image;     /**< of slot A, signed */
    const char *boot;      /**< boot stage, where that lies in flash; NULL: it does not */
    const char *flash;     /**< to be made; must not be there */
};

/**
 * Calls the program with --board BOARD --flash FILE --image-a IMAGE --json, and what else the device has:
 * --boot FILE, the credentials of its broker, --life-cycle factory with its debug port open. It prints the
 * label as one JSON object, which the bench takes over (bench_take_label()). Errors of bench_make_new().
 */
int emulated_factory_make(const struct emulated_factory *factory, struct bench *bench,
                          int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
