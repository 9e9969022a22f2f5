/*
 * hal.h - all that a board provides to Hearth. To port the firmware, implement this file in a
 * folder under boards/; nothing above it knows the hardware.
 *
 * Conventions: functions that can fail return HAL_OK (0) or a negative enum hal_error. No function
 * blocks longer than its text says. All are called from one thread, never from an interrupt.
 */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAL_MUST_CHECK __attribute__((warn_unused_result))

enum hal_error {
    HAL_OK = 0,
    HAL_ERROR_RANGE = -1,   /* address, length or alignment outside what the part allows */
    HAL_ERROR_FLASH = -2,   /* the part reported a failed program or erase */
    HAL_ERROR_BUS = -3,     /* no acknowledge, or the bus is stuck */
    HAL_ERROR_ENTROPY = -4, /* the entropy source failed its own health test */
};

/* A fixed text for an enum hal_error; never NULL. */
const char *hal_strerror(int error);

/* ---- Flash ----
 *
 * NOR rules bind everybody: programming changes bits from the erased value only, in whole program
 * units, each unit at most once between two erases; erasing takes whole sectors. Power may fail
 * during any operation: a program may then have reached any number of its units, the last of them
 * only in part, and an erase may have cleared any part of its sector.
 */

/* What is kept where. Every area is a whole number of sectors. */
enum hal_flash_area {
    HAL_FLASH_FACTORY,     /* life-cycle fuses, identity, password, broker; the factory's */
    HAL_FLASH_BOOT_STATE,  /* what to start, security counter, unlock epoch; at least 2 sectors */
    HAL_FLASH_SETTINGS,    /* user data; at least 2 sectors */
    HAL_FLASH_ATTEMPTS,    /* log-in back-off; at least 2 sectors */
    HAL_FLASH_EVENTS,      /* security events; at least 2 sectors */
    HAL_FLASH_EVENT_USERS, /* what identifies a user in them; at least 2 sectors */
    HAL_FLASH_SEED,        /* of the random generator; at least 2 sectors */
    HAL_FLASH_SLOT_A,      /* signed image; as large as slot B */
    HAL_FLASH_SLOT_B,
    HAL_FLASH_AREA_COUNT
};

#define HAL_FLASH_MAX_PROGRAM_UNIT 32U

struct hal_flash_geometry {
    uint32_t offset;       /* of the area in flash, bytes, a multiple of sector_size */
    uint32_t size;         /* of the area, bytes, a multiple of sector_size */
    uint32_t sector_size;  /* smallest unit of erasing, bytes, a power of two, at least 1024 */
    uint32_t program_unit; /* smallest unit of programming, bytes, a power of two, 4 to 32 */
    uint8_t erased_value;  /* of every byte after an erase: 0xFF on NOR */
};

/* Describes an area. Constant for a board. */
struct hal_flash_geometry hal_flash_geometry(enum hal_flash_area area);

/* Reads `length` bytes at `offset` (bytes, absolute). Any alignment. */
HAL_MUST_CHECK int hal_flash_read(uint32_t offset, void *buffer, size_t length);

/* Programs `length` bytes at `offset`, both multiples of the program unit. Returns when done. */
HAL_MUST_CHECK int hal_flash_program(uint32_t offset, const void *data, size_t length);

/* Erases the sector that begins at `offset`. Returns when done. */
HAL_MUST_CHECK int hal_flash_erase(uint32_t offset);

/* ---- Time ---- */

/* Milliseconds since the board started. Never falls; starts again from 0 after a power cut. */
uint64_t hal_time_ms(void);

/* Nothing to do until the next interrupt or for about a millisecond; returns then. */
void hal_idle(void);

/* ---- Reset ---- */

/* Why the board started last. */
enum hal_reset_cause {
    HAL_RESET_POWER_ON,
    HAL_RESET_PIN,
    HAL_RESET_SOFTWARE,
    HAL_RESET_WATCHDOG,
    HAL_RESET_FAULT, /* a processor fault was caught */
};
enum hal_reset_cause hal_reset_cause(void);

/*
 * HAL_RETAINED_SIZE bytes of memory that keep their content through every reset but a loss of
 * power, after which it may be anything. The same address always.
 */
#define HAL_RETAINED_SIZE 128U
uint8_t *hal_retained(void);

/*
 * Overwrites all memory that programs before the boot stage have left something in, and that a reset
 * does not empty: a user's data and keys. Called by the boot stage only, before it opens debug.
 */
void hal_wipe_memory(void);

/* Opens the debug port until the next reset. Called by the boot stage only, before any image runs
 * (EN 303 645, 5.6-4). */
void hal_debug_open(void);

/* ---- Local bus (Modbus RTU) and console ---- */

/* Moves what has arrived on the bus, at most `capacity` bytes; returns how many (0: nothing). */
size_t hal_uart_read(uint8_t *buffer, size_t capacity);

/* Sends `length` bytes on the bus, at most 256. Returns when they are queued. */
HAL_MUST_CHECK int hal_uart_write(const uint8_t *data, size_t length);

/* Milliseconds of silence that end a frame: 3.5 characters, at least 2 (Modbus over serial line
 * V1.02, 2.5.1.1). */
uint32_t hal_uart_frame_gap_ms(void);

/* One line of log, without a line end; printable ASCII. Nothing is ever read from the console. */
void hal_console_line(const char *line);

/* ---- Heating ---- */

/* One I2C transfer: writes `write_length` bytes to the 7-bit `address`, then reads `read_length`
 * (either may be 0). Ends within 10 ms. */
HAL_MUST_CHECK int hal_i2c_transfer(uint8_t address, const uint8_t *write, size_t write_length,
                                    uint8_t *read, size_t read_length);

/* Closes (true) or opens the boiler relay. Open after every reset. */
void hal_relay_set(bool closed);

/* ---- Safety ---- */

/* Fills `buffer` with `length` bytes from the board's entropy source, at most 64. */
HAL_MUST_CHECK int hal_entropy(uint8_t *buffer, size_t length);

/* Starts the watchdog; it cannot be stopped. The board resets when it is not kicked in time. */
void hal_watchdog_start(uint32_t timeout_ms);
void hal_watchdog_kick(void);

#endif
