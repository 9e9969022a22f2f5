/* Time, from the FPGA's cycle counter: SysTick would lose ticks whenever the emulator is late. */
#include "hal.h"
#include "peripherals.h"

#define CYCLES_PER_MS (CPU_CLOCK_HZ / 1000U)

/* Right as long as it is asked once in 214 s, the counter's period; the watchdog sees to that. */
uint64_t hal_time_ms(void)
{
    static uint64_t milliseconds;
    static uint32_t counted; /* the counter's value up to which `milliseconds` goes */
    const uint32_t passed = (FPGAIO_COUNTER - counted) / CYCLES_PER_MS;

    counted += passed * CYCLES_PER_MS;
    milliseconds += passed;
    return milliseconds;
}
