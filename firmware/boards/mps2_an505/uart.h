/* uart.h - what the board needs of its UARTs beside hal.h. */
#ifndef MPS2_AN505_UART_H
#define MPS2_AN505_UART_H

/* Starts both; before anything is read or written. */
void uart_start(void);

#endif
