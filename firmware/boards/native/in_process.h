/*
 * in_process.h - the device inside another program: for harnesses and unit tests. Time stands still
 * unless it is advanced, entropy is a fixed stream, flash is flash_model.h, and the whole board can
 * be saved and put back.
 *
 * There is one board, since hal.h has no handle; call from one thread.
 */
#ifndef BOARDS_NATIVE_IN_PROCESS_H
#define BOARDS_NATIVE_IN_PROCESS_H

#include "device.h"
#include "fault.h"
#include "flash_layout.h"
#include "flash_model.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IN_PROCESS_UART_SIZE 2048U

/* What goes with the power: everything but flash. */
struct in_process_volatile {
    uint64_t time_ms;
    uint8_t uart_in[IN_PROCESS_UART_SIZE]; /* bytes for the device */
    size_t uart_in_used;
    size_t uart_in_taken;
    uint8_t uart_out[IN_PROCESS_UART_SIZE]; /* bytes from the device */
    size_t uart_out_used;
    bool relay_closed;
    bool watchdog_started;
    bool memory_wiped; /* since the reset */
    bool debug_open;   /* the debug port, until the next reset; the silicon decides at each one */
    uint64_t watchdog_fed_ms;
};

struct in_process_board {
    struct in_process_volatile power_bound;
    uint8_t retained[HAL_RETAINED_SIZE]; /* lost with the power only */
    enum hal_reset_cause reset_cause;
    struct flash_model flash;
    uint64_t entropy;            /* state of the fixed stream; goes on through power cuts */
    int16_t temperature;         /* of the room, tenths of a degree */
    bool sensor_absent;          /* I2C transfers fail */
    bool entropy_fails;          /* hal_entropy() fails */
    bool uart_fails;             /* hal_uart_write() fails */
    const char *last_line;       /* newest console line; a constant of the firmware */
    void (*on_debug_open)(void); /* called when the firmware opens the debug port; or NULL */
    jmp_buf *power_cut;          /* where the power goes off to; NULL: a cut aborts the program */
};

extern struct in_process_board in_process_board;

/* What a boot stage would hand over on a board whose slot A holds a confirmed image 1.0.0: for
 * device_start() where images do not matter. */
extern const struct boot_handover in_process_running;

/* A board fresh from the factory: erased flash but for `page`, 20.0 degrees, time 0. */
void in_process_manufacture(const struct factory_page *page);

/* The power comes back: volatile state is lost, flash stays. Then start what is to run. */
void in_process_power_on(void);

/* A reset that leaves the power on: as in_process_power_on(), but retained memory stays. */
void in_process_reset(enum hal_reset_cause cause);

/*
 * Bytes of flash for reading; and for changing them past the model, as a laboratory would: `length`
 * bytes at `offset` (absolute) that are about to be written.
 */
const uint8_t *in_process_flash(void);
uint8_t *in_process_change_flash(uint32_t offset, size_t length);

/*
 * Board and device at one moment. A snapshot begins zeroed. Taking and restoring cannot fail, and
 * copies only the flash sectors that differ: sectors of one version hold the same bytes.
 * `device` NULL: the board alone.
 */
struct in_process_snapshot {
    struct in_process_board board;
    uint8_t flash[FLASH_SIZE];
    uint64_t flash_versions[FLASH_SECTORS];
    struct device device;
};
void in_process_take(struct in_process_snapshot *snapshot, const struct device *device);
void in_process_restore(const struct in_process_snapshot *snapshot, struct device *device);

/* Moves the clock. The watchdog is not simulated: main loops are the caller's. */
void in_process_advance(uint64_t milliseconds);

/* Puts bytes on the bus for the device; false if there is no room. */
bool in_process_uart_send(const uint8_t *data, size_t length);

/* Takes what the device has sent since the last call; `capacity` bytes at most. */
size_t in_process_uart_receive(uint8_t *buffer, size_t capacity);

/*
 * For a program that talks to a device of another board from outside: from now on
 * hal_flash_geometry(), and with it image_slot_geometry(), tells of that board's flash, so that
 * images are made for its slots. Nothing else changes: the flash behind hal_flash_read() is still
 * the native board's, and no device may run in this process meanwhile.
 */
void in_process_use_layout(const struct flash_layout *layout);

/*
 * What happens on a breach of the flash rules; by default the program aborts with a message.
 * `handler` must not return.
 */
void in_process_on_breach(void (*handler)(const char *what, uint32_t offset));

#endif
