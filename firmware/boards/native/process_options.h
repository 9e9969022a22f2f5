/* process_options.h - the command line of hearth-native. */
#ifndef BOARDS_NATIVE_PROCESS_OPTIONS_H
#define BOARDS_NATIVE_PROCESS_OPTIONS_H

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
};

/* Reads the command line; texts stay in `argv`. Returns 0, or -1 after saying what is wrong. */
HAL_MUST_CHECK int process_options_read(struct process_options *options, int argc, char **argv);

/* Prints what the options mean. */
void process_options_print_help(void);

#endif
