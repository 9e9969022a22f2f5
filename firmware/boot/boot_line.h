/* boot_line.h - what the boot stage has found and decided, as lines for the console. */
#ifndef BOOT_BOOT_LINE_H
#define BOOT_BOOT_LINE_H

#include "boot.h"

#include <stdint.h>

#define VERSION_TEXT_SIZE 16U /* "255.255.65535" with its zero */
#define BOOT_LINE_SIZE    96U

/* A version as "major.minor.patch". Returns its length. */
uint32_t version_text(uint32_t version, char text[VERSION_TEXT_SIZE]);

/* "boot: slot A, version 1.0.0, on trial" and the like, without a line end. */
void boot_line(const struct boot_handover *decision, char line[BOOT_LINE_SIZE]);

/* "boot: after a reset by the watchdog" and the like: a fixed text. */
const char *boot_cause_line(enum hal_reset_cause cause);

#endif
