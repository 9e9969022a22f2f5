#include "idle.h"

#include "hal.h"

/* An interrupt has brought work since the main loop last went idle. */
static volatile bool is_awake;

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
