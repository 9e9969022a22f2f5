/*
 * kill_timer.h - cuts the power of a device at a chosen moment, whatever this process is waiting for.
 * One timer, for one device at a time; it uses SIGALRM.
 */
#ifndef TESTS_KILL_TIMER_H
#define TESTS_KILL_TIMER_H

#include "device_process.h"

#include <stdint.h>

/* Sends the signal that cuts its power in `after_us` microseconds. Takes the place of an earlier timer. */
void kill_timer_start(const struct device_process *victim, uint32_t after_us);

/* Gives the timer back, whether it has run out or not. */
void kill_timer_stop(void);

#endif
