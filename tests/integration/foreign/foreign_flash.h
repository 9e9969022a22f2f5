/* The flash of the foreign device: pages in a file. An erase makes a page 0xff; a program writes a page from
 * its start on, unit by unit. Each takes its time, and power may fail in each. */
#ifndef FOREIGN_FLASH_H
#define FOREIGN_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FLASH_PAGE = 1024,
    FLASH_PAGES = 8,
    FLASH_UNIT = 32,
};

/* Opens the file, makes it (all erased) when it is missing, and keeps other devices off it. False with errno.
 */
bool flash_open(const char *path);

void flash_read(unsigned page, void *bytes, size_t size);
void flash_erase(unsigned page);
void flash_program(unsigned page, const void *bytes, size_t size);

/* Power fails in an operation (erase, or program of a unit): 0 is the next. `moment` is 0 before, 1 torn,
 * 2 after it. Callable from a signal handler. */
void flash_arm(int operation, int moment);

#endif
