/*
 * process_hal.h - the board that hal.h runs on in the Linux process: flash in a file, the bus on a
 * pseudo-terminal, the monotonic clock, the system's random numbers, a watchdog that ends the
 * process.
 *
 * There is one board, since hal.h has no handle; call from one thread.
 */
#ifndef BOARDS_NATIVE_PROCESS_HAL_H
#define BOARDS_NATIVE_PROCESS_HAL_H

#include "fault.h"
#include "hal.h"
#include "pty_bus.h"

#include <stdint.h>

struct process_board {
    uint8_t *flash_bytes;      /* FLASH_SIZE of them */
    const struct pty_bus *bus; /* open */
    int16_t temperature;       /* of the room, tenths of a degree Celsius */
    uint32_t flash_time_us;    /* that each program unit and each erase takes; 0: none */
    struct fault power_cut;    /* counted from the first flash operation on; FAULT_NONE: none */
    int cut_signals;           /* of power_cut_open() */
};

/*
 * Powers the board on: its clock starts at 0. What `board` points to must outlive the device.
 * Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int process_hal_power_on(const struct process_board *board);

/* The board resets, its power staying on: the clock starts again, retained memory stays. */
void process_hal_reset(enum hal_reset_cause cause);

/*
 * Takes the cut that a signal asked for: the process will kill itself at that flash operation, counted
 * from now, and any cut that was due before is taken back. With flash_time_us each program unit is an
 * operation of its own. Every flash operation does this first, so that a signal counts before all that
 * follows from a request which was sent after it.
 */
void process_hal_take_cut(void);

/*
 * When the bus has been silent long enough to end a frame, on the clock of hal_time_ms();
 * UINT64_MAX if the firmware has been polled since then, so that no frame is waiting for it.
 */
uint64_t process_hal_frame_end_ms(void);

#endif
