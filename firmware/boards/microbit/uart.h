/* uart.h - what the board needs of its UART beside hal.h. */
#ifndef MICROBIT_UART_H
#define MICROBIT_UART_H

/* Starts it; before anything is read or written. */
void uart_start(void);

#endif
