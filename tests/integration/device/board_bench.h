/*
 * board_bench.h - a device on the emulated board, and what only a board has: a console to send
 * commands to, causes of a reset, memory that the host can look at. Every wait has a deadline; a
 * failed expectation fails the running test.
 */
#ifndef TESTS_BOARD_BENCH_H
#define TESTS_BOARD_BENCH_H

#include "event_log.h"
#include "hal.h"
#include "update_bench.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_BENCH_LINE_SIZE   400U
#define BOARD_BENCH_DEADLINE_MS 20000

struct board_bench {
    struct update_bench update; /* device, Modbus over TCP, a session */
    uint32_t reset_event;       /* number of the newest EVENT_RESET that a check has seen */
};

/* What was said and what happened before it does not count. */
struct board_moment {
    uint64_t console;
    uint64_t event;
};

/* For emulator_*() calls: now and BOARD_BENCH_DEADLINE_MS. */
int64_t board_bench_deadline(void);

/* A call of the rig that has to work. */
#define EXPECT_RIG(result, diagnostic)                                                             \
    board_bench_expect((result), RIG_OK, (diagnostic).text, #result)
void board_bench_expect(int result, int expected, const char *why, const char *what);

/* Makes a new device with this signed image in slot A (NULL: the ordinary one), starts it, logs in. */
void board_bench_create(struct board_bench *bench, const char *image);
void board_bench_destroy(struct board_bench *bench);

/* Switches on, and waits for nothing. */
void board_bench_power_on(struct board_bench *bench);

struct board_moment board_bench_now(const struct board_bench *bench);

/* Sends a command of test_command.h. Returns the moment before it. */
struct board_moment board_bench_command(const struct board_bench *bench, char command);

/* The next line of the console that has `begin` in it, from there to its end. */
void board_bench_wait_line(const struct board_bench *bench, const char *begin, uint64_t *position,
                           char line[BOARD_BENCH_LINE_SIZE]);

/* Whether the console has said `text` since. */
bool board_bench_has_said(const struct board_bench *bench, const struct board_moment *since,
                          const char *text);

/*
 * Waits for the restart that comes after `since`, logs in again, and checks all three that tell of
 * its cause: the boot stage's line, the input register, a new event in the log.
 */
void board_bench_expect_restart(struct board_bench *bench, const struct board_moment *since,
                                enum hal_reset_cause cause);

/* Only the last two of them; the session is open. */
void board_bench_expect_cause(struct board_bench *bench, enum hal_reset_cause cause);

/* The newest event of a type, read through the mailbox. False: none is kept. */
bool board_bench_newest_event(struct board_bench *bench, enum event_type type, struct event *event);

/* Settings are read and written: the device works. */
void board_bench_expect_works(struct board_bench *bench);

/* What the flash file holds; the device may run. */
void board_bench_read_flash(const struct board_bench *bench, uint32_t offset, void *bytes,
                            size_t length);

/* A word of the board's memory or registers, by its address, as the debug port would see it. */
uint32_t board_bench_read_word(const struct board_bench *bench, uint32_t address);

#endif
