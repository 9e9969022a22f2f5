/*
 * Method: the counter runs for the whole time-out. When it reaches zero the NMI writes the cause down
 * and lets the counter run out once more at once, which is what resets the board: the reset is the
 * hardware's, and comes even if the NMI does not.
 */
#include "hal.h"
#include "peripherals.h"
#include "retained.h"
#include "startup.h"

#define CYCLES_PER_MS    (CPU_CLOCK_HZ / 1000U)
#define CYCLES_TO_RESET  1000U
#define WATCHDOG_RUNNING (WATCHDOG_INTERRUPT | WATCHDOG_RESET)

static void reload(uint32_t cycles)
{
    WATCHDOG_LOCK = WATCHDOG_UNLOCK_KEY;
    WATCHDOG_LOAD = cycles;
    WATCHDOG_LOCK = 0;
}

void hal_watchdog_start(uint32_t timeout_ms)
{
    reload(timeout_ms * CYCLES_PER_MS);
    WATCHDOG_LOCK = WATCHDOG_UNLOCK_KEY;
    WATCHDOG_CONTROL = WATCHDOG_RUNNING;
    WATCHDOG_LOCK = 0;
}

void hal_watchdog_kick(void)
{
    WATCHDOG_LOCK = WATCHDOG_UNLOCK_KEY;
    WATCHDOG_CLEAR = 1; /* also loads the counter anew */
    WATCHDOG_LOCK = 0;
}

void watchdog_expired(void)
{
    retained_note_cause(HAL_RESET_WATCHDOG);
    reload(CYCLES_TO_RESET);
    for (;;) {
    }
}
