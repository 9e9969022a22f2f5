#include "idle.h"

#include "hal.h"
#include "peripherals.h"

#include <stdbool.h>

#define TICK_CYCLES     (CPU_CLOCK_HZ / 1000U)
#define SYSTICK_RUNNING 7U /* counting, interrupt, processor clock */

/* An interrupt has brought work since the main loop last went idle. */
static volatile bool is_awake;

void idle_start(void)
{
    SYSTICK_RELOAD = TICK_CYCLES - 1U;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = SYSTICK_RUNNING;
}

void idle_wake(void)
{
    is_awake = true;
}

/* With interrupts masked, what arrives after the look ends the wait all the same. */
void hal_idle(void)
{
    __asm volatile("cpsid i" ::: "memory");
    if (!is_awake) {
        __asm volatile("wfi" ::: "memory");
    }
    is_awake = false;
    __asm volatile("cpsie i" ::: "memory");
}
