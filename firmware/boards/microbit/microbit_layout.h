/*
 * microbit_layout.h - the flash of the board microbit: 256 KiB, memory mapped from 0 on, so that an
 * offset is an address as well. The boot stage lies in it before all areas.
 */
#ifndef BOARDS_MICROBIT_LAYOUT_H
#define BOARDS_MICROBIT_LAYOUT_H

#include "flash_layout.h"

extern const struct flash_layout microbit_layout;

#endif
