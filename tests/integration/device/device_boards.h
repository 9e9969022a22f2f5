/*
 * device_boards.h - the emulated boards that tests run on: what HEARTH_TARGET may name, and how they
 * differ.
 */
#ifndef TESTS_DEVICE_BOARDS_H
#define TESTS_DEVICE_BOARDS_H

#include "flash_layout.h"

#include <stdbool.h>
#include <stdint.h>

struct device_board {
    const char *target;  /* in HEARTH_TARGET */
    const char *name;    /* as hearth-provision has it */
    const char *machine; /* of QEMU */
    const struct flash_layout *layout;
    const char *boot;    /* boot stage: an ELF file, or what lies in flash */
    const char *image_a; /* signed, of a new device */
    const char *body_a;  /* of which images are made, for slot A and for slot B */
    const char *body_b;
    const char *images; /* folder of update images */
    const char *sensor; /* I2C bus of its sensor; NULL: the chip's own, which reads 0 degrees */
    bool keeps_flash;   /* the emulator does, and the boot stage with it */
    bool has_network;   /* and a console that tells of it */
    int temperature;    /* tenths of a degree, as it measures them */
};

/* The board that HEARTH_TARGET names; NULL for hearth-native. Any other name fails the test. */
const struct device_board *device_board(void);

#endif
