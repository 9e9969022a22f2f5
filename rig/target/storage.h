/**
 * The device's flash, read and changed while it is off: what an attacker with a clip does, and where
 * an erase is checked. Offsets are bytes from the start of flash.
 *
 * Where the flash is elsewhere while the device runs, the file is brought up to date before it is read.
 * Of an emulated device that ended by its own fault nothing can be had there: the file then has what the
 * flash held when it was switched on (emulator.h, EMULATOR_FLASH_NVMC).
 */
#ifndef RIG_TARGET_STORAGE_H
#define RIG_TARGET_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/rig_error.h"

/** A flash image in a file. All zero: the target has no storage that the bench can reach. */
struct storage {
    const char *path; /**< owned by the bench; the file may not exist before the first start */
    uint64_t size;    /**< bytes; 0: whatever the file has */

    /** Brings the file up to date; NULL where it always is. Errors of storage_read(). */
    int (*refresh)(void *self, struct diagnostic *diagnostic);
    void *self;
};

bool storage_exists(const struct storage *storage);

/** The whole image, for file_content_free(). The device should be off: what is under way in it would
 * else be torn. RIG_ERROR_DEVICE when it has ended by its own fault; RIG_ERROR_BENCH when the file
 * is missing, of another size, or cannot be read. */
int storage_read(const struct storage *storage, struct file_content *content,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A part of the image. `from` + `size` lie within it. */
struct storage_part {
    uint64_t from;
    uint64_t size;
};

/** Writes `part->size` bytes over the image. The device must be off. RIG_ERROR_USAGE when they are not
 * within it; RIG_ERROR_BENCH. */
int storage_write(const struct storage *storage, const struct storage_part *part, const void *bytes,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
