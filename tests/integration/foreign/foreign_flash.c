#include "foreign_flash.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PROGRAM_US = 100,
    ERASE_US = 1000,
    MOMENT_BEFORE = 0,
    MOMENT_TORN = 1,
    MOMENT_AFTER = 2,
};

static int flash_file = -1;
static volatile sig_atomic_t cut_operation = -1;
static volatile sig_atomic_t cut_moment;

void flash_arm(int operation, int moment)
{
    cut_moment = moment;
    cut_operation = operation;
}

/* A flash that cannot be written is a broken device. */
static void put(unsigned page, size_t offset, const void *bytes, size_t size)
{
    if (pwrite(flash_file, bytes, size, (off_t)(page * FLASH_PAGE + offset)) != (ssize_t)size) {
        perror("foreign-device: flash");
        exit(1);
    }
}

static void take_time(long microseconds)
{
    const struct timespec time = {0, microseconds * 1000};
    (void)nanosleep(&time, NULL);
}

/* One operation, with the power cut that may hit it. */
static void operate(unsigned page, size_t offset, const void *bytes, size_t size)
{
    const bool is_hit = cut_operation == 0;
    if (cut_operation >= 0) {
        cut_operation = cut_operation - 1;
    }
    if (!is_hit || cut_moment == MOMENT_AFTER) {
        put(page, offset, bytes, size);
    } else if (cut_moment == MOMENT_TORN) {
        put(page, offset, bytes, size / 2);
    }
    if (is_hit) {
        (void)raise(SIGKILL);
    }
}

bool flash_open(const char *path)
{
    struct stat status;
    flash_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (flash_file < 0 || flock(flash_file, LOCK_EX | LOCK_NB) != 0 ||
        fstat(flash_file, &status) != 0) {
        return false;
    }
    if (status.st_size == 0) {
        unsigned char erased[FLASH_PAGE];
        memset(erased, 0xff, sizeof erased);
        for (unsigned page = 0; page < FLASH_PAGES; page++) {
            put(page, 0, erased, sizeof erased);
        }
        return true;
    }
    errno = EINVAL;
    return status.st_size == (off_t)FLASH_PAGE * FLASH_PAGES;
}

void flash_read(unsigned page, void *bytes, size_t size)
{
    if (pread(flash_file, bytes, size, (off_t)page * FLASH_PAGE) != (ssize_t)size) {
        perror("foreign-device: flash");
        exit(1);
    }
}

void flash_erase(unsigned page)
{
    unsigned char erased[FLASH_PAGE];
    memset(erased, 0xff, sizeof erased);
    operate(page, 0, erased, sizeof erased);
    take_time(ERASE_US);
}

void flash_program(unsigned page, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t offset = 0; offset < size; offset += FLASH_UNIT) {
        size_t unit = size - offset < FLASH_UNIT ? size - offset : FLASH_UNIT;
        operate(page, offset, from + offset, unit);
        take_time(PROGRAM_US);
    }
}
