/*
 * mps2_an505_layout.h - the flash of the board mps2_an505: 16 MiB, memory mapped. Offsets count from
 * where the part begins, so that an image's slot address is one as well.
 */
#ifndef BOARDS_MPS2_AN505_LAYOUT_H
#define BOARDS_MPS2_AN505_LAYOUT_H

#include "flash_layout.h"

extern const struct flash_layout mps2_an505_layout;

#endif
