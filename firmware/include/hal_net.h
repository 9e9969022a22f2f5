/*
 * hal_net.h - Ethernet, for boards that have it; the rest of the manual is hal.h. A board without a
 * network leaves this out, and firmware/net with it.
 */
#ifndef HAL_NET_H
#define HAL_NET_H

#include "hal.h"

#define HAL_NET_ADDRESS_SIZE 6U
#define HAL_NET_MAX_FRAME    1514U /* bytes, without the check sequence (IEEE 802.3, 3.2.7) */

/* Starts the controller with this station address. HAL_ERROR_BUS if there is none. */
HAL_MUST_CHECK int hal_net_start(const uint8_t address[HAL_NET_ADDRESS_SIZE]);

/* Whether the link is up. */
bool hal_net_link_is_up(void);

/* Sends one frame of at most HAL_NET_MAX_FRAME bytes, from the destination address on. HAL_ERROR_BUS
 * if there is no room for it now: it is dropped. */
HAL_MUST_CHECK int hal_net_send(const uint8_t *frame, size_t length);

/* Moves the oldest frame that has arrived whole, without its check sequence; returns its length, 0
 * if there is none. Longer ones than `capacity`, and damaged ones, are dropped. */
size_t hal_net_receive(uint8_t *frame, size_t capacity);

#endif
