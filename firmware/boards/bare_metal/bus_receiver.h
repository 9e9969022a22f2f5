/*
 * bus_receiver.h - what arrives on the wired bus, between the interrupt of its UART and the main loop:
 * hal_uart_read() and hal_uart_frame_gap_ms() of hal.h.
 *
 * Method: on a busy host the bytes of one frame come any time apart, so time alone is no silence. The
 * emulator's main loop delivers bytes, and idle ticks as well: a tick without a byte means that none
 * was waiting. Only after some of these does the gap count that ends a frame.
 */
#ifndef BOARDS_BARE_METAL_BUS_RECEIVER_H
#define BOARDS_BARE_METAL_BUS_RECEIVER_H

#include <stdint.h>

/* For the UART's interrupt: keeps a byte and wakes the main loop. When nobody has read for long it
 * drops what arrives: the frame's CRC tells. */
void bus_receiver_put(uint8_t byte);

#endif
