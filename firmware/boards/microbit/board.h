/* board.h - what both stages do first. */
#ifndef MICROBIT_BOARD_H
#define MICROBIT_BOARD_H

#include "hal.h"

/* Starts clock, bus and idle tick, opens the relay. */
void board_start(void);

/* Why the chip says that it was reset; it forgets by that. Called once, by the boot stage. */
enum hal_reset_cause board_reset_cause(void);

#endif
