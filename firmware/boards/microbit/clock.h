/* clock.h - time: hal_time_ms(), and what is too short for it. */
#ifndef MICROBIT_CLOCK_H
#define MICROBIT_CLOCK_H

#include <stdint.h>

/* Starts the crystal, and the counter where it stands: the application's time goes on from the boot
 * stage's. */
void clock_start(void);

/* Waits at least that long, without interrupts or not. */
void clock_wait_us(uint32_t microseconds);

#endif
