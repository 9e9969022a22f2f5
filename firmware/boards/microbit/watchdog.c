/*
 * The watchdog runs from the chip's slow oscillator, RC, and once it runs nothing changes it but the
 * reset that it makes: both stages have one time.
 */
#include "hal.h"
#include "peripherals.h"

/* A start may check a token and three images without a kick between them: README.md, Time. */
#define LEAST_MS 32000U

void hal_watchdog_start(uint32_t timeout_ms)
{
    const uint32_t time_ms = timeout_ms > LEAST_MS ? timeout_ms : LEAST_MS;

    if (WATCHDOG_RUNNING == 0) {
        CLOCK_SLOW_SOURCE = CLOCK_SLOW_RC;
        CLOCK_START_SLOW = 1;
        WATCHDOG_BEHAVIOUR = WATCHDOG_ASLEEP;
        WATCHDOG_RELOAD = time_ms / 1000U * WATCHDOG_HZ + time_ms % 1000U * WATCHDOG_HZ / 1000U;
        WATCHDOG_REQUESTS = 1;
        WATCHDOG_START = 1;
    }
    hal_watchdog_kick();
}

void hal_watchdog_kick(void)
{
    WATCHDOG_REQUEST = WATCHDOG_KEY;
}
