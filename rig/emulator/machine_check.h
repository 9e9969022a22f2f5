/**
 * Whether QEMU has a machine, and flash of that size in it: asked of QEMU itself, without a device's flash and
 * without one instruction of a guest. Takes a fraction of a second.
 */
#ifndef RIG_EMULATOR_MACHINE_CHECK_H
#define RIG_EMULATOR_MACHINE_CHECK_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/emulator.h"

/** What is asked for. */
struct machine_wanted {
    const char *qemu;    /**< program, a path or a name in PATH; NULL: "qemu-system-arm" */
    const char *machine; /**< QEMU's name of the board */
    uint64_t flash_size; /**< bytes, a multiple of 4 */
    enum emulator_flash flash_kind;
};

/** What is not as it is wanted. */
enum machine_flaw {
    MACHINE_SOUND,
    MACHINE_UNKNOWN,    /**< QEMU has no machine of that name */
    MACHINE_OTHER_FLASH /**< the machine has flash of another size, or none of that kind */
};

/**
 * RIG_OK with *flaw, which `diagnostic` then describes; RIG_ERROR_BENCH when QEMU cannot be asked;
 * RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY.
 */
int machine_check(const struct machine_wanted *wanted, enum machine_flaw *flaw,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
