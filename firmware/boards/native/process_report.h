/*
 * process_report.h - what the device process says. stdout carries one JSON line and nothing else;
 * all other text goes to stderr, in whole lines, with control characters escaped.
 */
#ifndef BOARDS_NATIVE_PROCESS_REPORT_H
#define BOARDS_NATIVE_PROCESS_REPORT_H

#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

/* How the process ends; else by the signal that killed it. */
enum process_exit {
    PROCESS_EXIT_CLEAN = 0,         /* SIGINT or SIGTERM */
    PROCESS_EXIT_NO_START = 1,      /* the firmware refuses to run from this flash */
    PROCESS_EXIT_CONFIGURATION = 2, /* options, files or sockets */
    PROCESS_EXIT_WATCHDOG = 3,      /* the watchdog was not kicked in time */
};

/* Prints one line that says what is wrong and what to do. Returns -1, for the caller's caller. */
__attribute__((format(printf, 1, 2))) int process_refuse(const char *format, ...);

/*
 * Prints one line of the device's console. A line that stderr cannot take at once is dropped:
 * a reader that has gone to sleep must not stop the control loop.
 */
void process_console(const char *line);

/* The line on stdout that says that the device is up, and where. */
struct process_announcement {
    const char *uart; /* the terminal to open as the bus */
    bool has_tcp;
    uint16_t tcp_port; /* valid if has_tcp, else null is printed */
    const char *flash;
    bool is_new;
    const uint8_t *device_id;   /* FACTORY_DEVICE_ID_SIZE bytes, printed in hexadecimal */
    const char *label_password; /* printed if is_new */
};

/* Returns 0, or -1 after saying why stdout could not take it. */
HAL_MUST_CHECK int process_announce(const struct process_announcement *announcement);

#endif
