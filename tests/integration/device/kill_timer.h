/*
 * kill_timer.h - kills a process at a chosen moment, whatever this one is waiting for. One timer, for
 * one process at a time; it uses SIGALRM.
 */
#ifndef TESTS_KILL_TIMER_H
#define TESTS_KILL_TIMER_H

#include <stdint.h>
#include <sys/types.h>

/* Sends SIGKILL to `victim` in `after_us` microseconds. Takes the place of an earlier timer. */
void kill_timer_start(pid_t victim, uint32_t after_us);

/* Gives the timer back, whether it has run out or not. */
void kill_timer_stop(void);

#endif
