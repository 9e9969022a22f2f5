/*
 * flash_controller.h - the chip's flash controller: its one switch between reading, writing and
 * erasing is open no longer than an operation takes, since any store into flash counts while it is.
 * The core stands still meanwhile (RM 6.1.7).
 */
#ifndef MICROBIT_FLASH_CONTROLLER_H
#define MICROBIT_FLASH_CONTROLLER_H

#include "hal.h"

#include <stdint.h>

/* Clears the bits of a word, of flash or UICR, that are 0 in `value`. HAL_ERROR_FLASH if it is not
 * `value` then. */
HAL_MUST_CHECK int flash_controller_write(volatile uint32_t *word, uint32_t value);

/* Erases the page at `address`. HAL_ERROR_FLASH if it is not blank then. */
HAL_MUST_CHECK int flash_controller_erase(uint32_t address);

#endif
