/* idle.h - when the main loop has nothing to do: hal_idle(), and what ends it. The tick is the
 * board's: two functions of this header are in its tick.c. */
#ifndef BOARDS_BARE_METAL_IDLE_H
#define BOARDS_BARE_METAL_IDLE_H

#include <stdbool.h>

/* Starts the tick that ends each wait after a millisecond. */
void idle_start(void);

/* Whether there was a tick since this was asked last. */
bool idle_has_ticked(void);

/* For interrupt handlers: there is work for the main loop, which must not wait now. */
void idle_wake(void);

#endif
