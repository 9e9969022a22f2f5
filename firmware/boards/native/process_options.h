/*
 * process_options.h - the command line of hearth-native.
 *
 * Its power can be cut exactly, so that what a cut leaves can be seen again: the process ends itself by
 * SIGKILL at a flash operation that is chosen beforehand, and says nothing about it.
 *   --power-cut OPERATION[:MOMENT]   counted from the start of the process on: 0 is the first one
 *   SIGUSR1, by sigqueue() with the value 4 * OPERATION + MOMENT   counted from the signal on: 0 is
 *       the next one. A request that is sent after the signal is handled after it. A later signal
 *       takes the place of what was due, but one that comes before the first was read is lost.
 * MOMENT: before (0; the operation has no effect), torn (1; a program does half of its units and half
 * of the next one, an erase the first half of the sector) or after (2; the operation is done). Programs
 * and erases of the boot stage and of the application count alike, across restarts; with
 * --flash-time each program unit is an operation of its own.
 */
#ifndef BOARDS_NATIVE_PROCESS_OPTIONS_H
#define BOARDS_NATIVE_PROCESS_OPTIONS_H

#include "fault.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

struct process_options {
    bool help;             /* print the help and end; nothing else is valid */
    const char *flash;     /* file; never NULL */
    const char *password;  /* of the label of a new device; NULL: random */
    const char *uart_link; /* symbolic link to make; NULL: none */
    bool has_tcp;
    uint16_t tcp_port;      /* valid if has_tcp; 0: any free port */
    int16_t temperature;    /* of the room, tenths of a degree Celsius */
    uint32_t flash_time_us; /* that each program unit and each erase takes; 0: none */
    struct fault power_cut; /* counted from the start of the process on; FAULT_NONE: none */
};

/* Reads the command line; texts stay in `argv`. Returns 0, or -1 after saying what is wrong. */
HAL_MUST_CHECK int process_options_read(struct process_options *options, int argc, char **argv);

/* Prints what the options mean. */
void process_options_print_help(void);

#endif
