#include "idle.h"
#include "peripherals.h"

#define TICK_CYCLES     (CPU_CLOCK_HZ / 1000U)
#define SYSTICK_RUNNING 7U /* counting, interrupt, processor clock */

void idle_start(void)
{
    SYSTICK_RELOAD = TICK_CYCLES - 1U;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = SYSTICK_RUNNING;
}

/* Reading SysTick's state clears the flag of its last tick. */
bool idle_has_ticked(void)
{
    return (SYSTICK_CONTROL & SYSTICK_HAS_TICKED) != 0;
}
