#ifndef RIG_EMULATOR_FLASH_FILE_H
#define RIG_EMULATOR_FLASH_FILE_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Refuses what QEMU would take without a word and then keep nothing of, or make into flash that is
 * not the device's: a file that is missing, a folder, a device, a symbolic link, a file that cannot
 * be written, or one that has not exactly `size` bytes.
 *
 * Returns RIG_OK, or RIG_ERROR_CONFIGURATION with a diagnostic that names the path and a remedy.
 */
int flash_file_check(const char *path, uint64_t size, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
