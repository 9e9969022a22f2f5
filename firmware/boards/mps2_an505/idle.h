/* idle.h - when the main loop has nothing to do: hal_idle(), and what ends it. */
#ifndef MPS2_AN505_IDLE_H
#define MPS2_AN505_IDLE_H

/* Starts the tick that ends each wait after a millisecond. */
void idle_start(void);

/* For interrupt handlers: there is work for the main loop, which must not wait now. */
void idle_wake(void);

#endif
