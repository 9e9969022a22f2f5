/* board.h - what both stages do first. */
#ifndef MPS2_AN505_BOARD_H
#define MPS2_AN505_BOARD_H

/* Starts UARTs and the idle tick, opens the relay. */
void board_start(void);

#endif
