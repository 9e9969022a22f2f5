/*
 * board_layouts.h - all boards that the firmware is made for, for tools and tests: a board itself
 * knows its own layout only.
 */
#ifndef TOOLS_BOARD_LAYOUTS_H
#define TOOLS_BOARD_LAYOUTS_H

#include "flash_layout.h"

#include <stddef.h>

#define BOARD_LAYOUTS      3U
#define BOARD_LAYOUT_NAMES "native, mps2_an505 or microbit" /* for who has to choose one */

/* The first is what tools take if none is named. */
extern const struct flash_layout *const board_layouts[BOARD_LAYOUTS];

/* The layout of the board of that name; NULL: there is none. */
const struct flash_layout *flash_layout_find(const char *name);

#endif
