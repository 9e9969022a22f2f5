/* tick.h - the idle tick beside what idle.h asks of it. */
#ifndef MICROBIT_TICK_H
#define MICROBIT_TICK_H

/* Stops it, for the stage that comes next to start its own. */
void tick_stop(void);

#endif
