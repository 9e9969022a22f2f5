/* The idle tick, from a timer that starts again whenever a millisecond has passed. This core has no
 * SysTick. */
#include "tick.h"

#include "idle.h"
#include "peripherals.h"
#include "startup.h"

#define TICK_US 1000U

static volatile bool has_ticked;

void idle_start(void)
{
    tick_stop();
    TIMER_MODE(TIMER_TICK) = 0;
    TIMER_WIDTH(TIMER_TICK) = TIMER_16_BITS;
    TIMER_PRESCALER(TIMER_TICK) = TIMER_1_MHZ;
    TIMER_COMPARE(TIMER_TICK) = TICK_US;
    TIMER_SHORTCUTS(TIMER_TICK) = TIMER_COMPARE_CLEARS;
    TIMER_INTERRUPTS(TIMER_TICK) = TIMER_COMPARE_INTERRUPT;
    NVIC_ENABLE = 1U << IRQ_TICK;
    TIMER_START(TIMER_TICK) = 1;
}

void tick_stop(void)
{
    NVIC_DISABLE = 1U << IRQ_TICK;
    TIMER_STOP(TIMER_TICK) = 1;
    TIMER_CLEAR(TIMER_TICK) = 1;
    TIMER_COMPARED(TIMER_TICK) = 0;
}

/* Enough to end a WFI. Time itself comes from clock.c. */
void tick_interrupt(void)
{
    TIMER_COMPARED(TIMER_TICK) = 0;
    has_ticked = true;
}

bool idle_has_ticked(void)
{
    const bool ticked = has_ticked;

    has_ticked = false;
    return ticked;
}
