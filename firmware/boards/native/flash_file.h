/*
 * flash_file.h - a regular file that is the device's flash. It is mapped shared: what the firmware
 * has programmed is in the file at once, so that killing the process loses nothing. (A crash of the
 * whole machine may: the file is not synchronised with each operation.)
 */
#ifndef BOARDS_NATIVE_FLASH_FILE_H
#define BOARDS_NATIVE_FLASH_FILE_H

#include "flash_model.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

struct flash_file {
    int descriptor; /* holds the lock; -1 when closed */
    uint8_t *bytes; /* FLASH_SIZE of them, read and written freely */
};

/*
 * Whether there is something at `path`. Returns 1, 0, or -1 after saying why that cannot be told.
 */
HAL_MUST_CHECK int flash_file_exists(const char *path);

/*
 * Makes a file with `content`. It appears whole or not at all, and takes the place of nothing.
 * Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int flash_file_create(const char *path, const uint8_t content[FLASH_SIZE]);

/*
 * Opens the file for this process alone. Refuses what is not a regular file of exactly FLASH_SIZE
 * bytes, and a file that another process holds. Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int flash_file_open(struct flash_file *file, const char *path);

/* Gives the file back; also one that was never opened, if it began as {-1, NULL}. */
void flash_file_close(struct flash_file *file);

#endif
