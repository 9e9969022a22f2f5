/**
 * Flash that lives in QEMU's own memory, behind the NVMC (nRF51 Series Reference Manual v3.0, section
 * 6: non-volatile memory controller), from address 0 on. It is zeros in a new QEMU, which no real flash
 * is, and is lost with the process: so it is put there before the guest's first instruction, and taken
 * from there before the process is killed.
 */
#ifndef RIG_EMULATOR_NVMC_FLASH_H
#define RIG_EMULATOR_NVMC_FLASH_H

#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Flash of one QEMU. All zero: not found yet. */
struct nvmc_flash {
    pid_t process;
    uint64_t place; /**< in QEMU's memory; 0: not known */
    uint64_t size;  /**< bytes */
};

/**
 * Fills the flash with the file's `flash->size` bytes. The guest must not have run, and is to be reset
 * afterwards: its core took its vectors from flash that was empty, and the controller is as it was
 * left. `qtest` is a connected socket, at the begin of a request.
 *
 * `flash->place` is set last: it stays 0 after an error. RIG_ERROR_BENCH when this QEMU has no such
 * controller or flash, or the host does not let the rig into its memory; else as qtest_client.h and
 * file_read().
 */
int nvmc_flash_load(struct nvmc_flash *flash, int qtest, const char *path, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Replaces the file with what the flash holds now, by a new file and its renaming: whoever dies
 * meanwhile leaves the old content or the new. Torn where the guest is just writing, unless its process
 * is stopped. RIG_ERROR_BENCH when the process is gone, or as file_write(); the file is as it was then.
 */
int nvmc_flash_save(const struct nvmc_flash *flash, const char *path,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
