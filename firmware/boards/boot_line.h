/* boot_line.h - what the boot stage has found and decided, as lines for the console of any board. */
#ifndef BOARDS_BOOT_LINE_H
#define BOARDS_BOOT_LINE_H

#include "boot.h"
#include "hal.h"

#define BOOT_LINE_SIZE 96U

/* "boot: slot A, version 1.0.0, on trial" and the like, without a line end. */
void boot_line(const struct boot_handover *decision, char line[BOOT_LINE_SIZE]);

/* "boot: after a reset by the watchdog" and the like: a fixed text. */
const char *boot_cause_line(enum hal_reset_cause cause);

#endif
