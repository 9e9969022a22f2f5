/*
 * support.h - what the firmware's unit tests share: a device on the in-process board, a view of all
 * flash operations, and the sweep, which lets every one of them fail in every way.
 *
 * Link with --wrap=hal_flash_read, --wrap=hal_flash_program and --wrap=hal_flash_erase.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "device.h"
#include "fault.h"
#include "in_process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SUPPORT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The password on the label of every board made here. */
#define SUPPORT_PASSWORD "7q4m-xk2p-9dwt-h3vn"

/* The factory page of every board made here: a made-up device id and the key of that password. */
const struct factory_page *support_page(void);

/* A board fresh from the factory, no fault armed, flash view empty. */
void support_new_board(void);

/* The power fails and comes back, and the device starts; a test fails if it does not. */
void support_restart(struct device *device);

/* A fresh board with the device started; the flash view begins after that. */
void support_new_device(struct device *device);

/* Whether these are what an erased device begins with. */
bool support_are_defaults(const struct settings *settings);

/* --- Flash as the firmware uses it --- */

struct support_operation {
    bool erase;
    uint32_t offset; /* bytes */
    uint32_t length; /* bytes */
};

#define SUPPORT_MAX_OPERATIONS 64U

/* Programs and erases since support_watch_flash(); of those beyond the array only the count. */
struct support_flash_view {
    struct support_operation operations[SUPPORT_MAX_OPERATIONS];
    uint32_t count;
};
extern struct support_flash_view support_flash;

void support_watch_flash(void);

/* The read number `which` from now fails: 0 is the next one. Once; UINT32_MAX: none. */
void support_fail_read(uint32_t which);

/* True if that read was reached; and whether it was in `area`. */
bool support_read_failed(void);
bool support_read_failed_in(enum hal_flash_area area);

/* Whether `offset` (bytes, absolute) is in `area`. */
bool support_lies_in(uint32_t offset, enum hal_flash_area area);

/* --- Faults --- */

/* Runs `act`. True if the power failed in it; the board is then on again, the device not started.
 */
bool support_until_power_cut(void (*act)(void *state), void *state);

#define SUPPORT_MAX_STATE 4096U

/* Something that writes to flash, and what has to hold whatever happens to it. */
struct support_trial {
    void *state;       /* in memory; a copy is put back before each run */
    size_t state_size; /* bytes, at most SUPPORT_MAX_STATE */
    void (*act)(void *state);
    /* Called after each fault; the power is on. Returns NULL, or what is wrong. */
    const char *(*check)(void *state, enum fault_kind kind);
    enum fault_kind kind; /* FAULT_POWER_CUT or FAULT_FLASH_ERROR */
    uint32_t erase_step;  /* torn erases stop at every multiple of this many program units */
};

/*
 * From the board as it is now, runs `act` once for each flash operation in it and each way in which
 * that operation can fail: before, torn after any number of units, after. Fails the test, and says
 * at which fault, if a check finds something wrong. Puts board and state back at the end.
 * Returns the number of faults, which is never 0: a trial that writes nothing fails.
 */
uint32_t support_sweep(const struct support_trial *trial);

/* Within a sweep: whether the operation that is made to fail now is one in `area`. */
bool support_faulted_in(enum hal_flash_area area);

/* Reads hexadecimal digits, two a byte; spaces are skipped. Returns the number of bytes. */
size_t support_from_hex(const char *digits, uint8_t *bytes, size_t capacity);

/* A copy of `length` bytes, at most 2048, that ends where its memory ends, so that the sanitizer
 * sees a read beyond. Valid until the next call. */
const uint8_t *support_at_edge(const uint8_t *bytes, size_t length);

/* A repeatable stream of numbers for tests that sample (xorshift32; `state` is never 0). */
uint32_t support_random(uint32_t *state);

/* Each error in `codes` has a text of its own, and so has a number that is no error. */
void support_check_texts(const char *(*text)(int error), const int *codes, size_t count);

#endif
