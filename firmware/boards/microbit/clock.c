/* Time, from a timer of 32 bits that counts microseconds. */
#include "clock.h"

#include "hal.h"
#include "peripherals.h"

#define US_PER_MS     1000U
#define CRYSTAL_LOOKS 100000U /* some 50 ms; it takes 1 ms */

/* Without its crystal the chip goes on from its oscillator, which is good enough for all but the bus
 * in the cold: nothing to be refused for. */
static void start_crystal(void)
{
    CLOCK_CRYSTAL_STARTED = 0;
    CLOCK_START_CRYSTAL = 1;
    for (uint32_t i = 0; i < CRYSTAL_LOOKS && CLOCK_CRYSTAL_STARTED == 0; i++) {
    }
}

void clock_start(void)
{
    start_crystal();
    TIMER_STOP(TIMER_CLOCK) = 1;
    TIMER_MODE(TIMER_CLOCK) = 0;
    TIMER_WIDTH(TIMER_CLOCK) = TIMER_32_BITS;
    TIMER_PRESCALER(TIMER_CLOCK) = TIMER_1_MHZ;
    TIMER_START(TIMER_CLOCK) = 1;
}

static uint32_t counter(void)
{
    TIMER_CAPTURE(TIMER_CLOCK) = 1;
    return TIMER_COMPARE(TIMER_CLOCK);
}

void clock_wait_us(uint32_t microseconds)
{
    const uint32_t begin = counter();

    while (counter() - begin <= microseconds) {
    }
}

/* Right as long as it is asked once in 71 minutes, the counter's period; the watchdog sees to that. */
uint64_t hal_time_ms(void)
{
    static uint64_t milliseconds;
    static uint32_t counted; /* the counter's value up to which `milliseconds` goes */
    const uint32_t passed = (counter() - counted) / US_PER_MS;

    counted += passed * US_PER_MS;
    milliseconds += passed;
    return milliseconds;
}
