/* board.h - what both stages have in common. */
#ifndef MPS2_AN505_BOARD_H
#define MPS2_AN505_BOARD_H

/* Starts UARTs and the idle tick, opens the relay. */
void board_start(void);

/* For interrupt handlers: there is work for the main loop, which must not wait now. */
void board_wake(void);

#endif
