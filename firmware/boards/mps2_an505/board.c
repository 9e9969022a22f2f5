/* The small parts of hal.h on this board. */
#include "board.h"

#include "hal.h"
#include "idle.h"
#include "peripherals.h"
#include "uart.h"

#define RELAY_LED         (1U << 0)
#define SECDBG_EVERYTHING 0xFFU /* invasive and not, Secure and not, and that these bits decide */

void board_start(void)
{
    uart_start();
    hal_relay_set(false);
    idle_start();
}

/* GPIO is not there in the emulator; an LED shows the relay. */
void hal_relay_set(bool closed)
{
    FPGAIO_LEDS = closed ? RELAY_LED : 0;
}

/* There is no source: random numbers rest on the seed of the factory (drbg.h). */
int hal_entropy(uint8_t *buffer, size_t length)
{
    (void)buffer;
    (void)length;
    return HAL_ERROR_ENTROPY;
}

/* The reset has cleared it; only the boot stage has this function linked in. */
void hal_debug_open(void)
{
    REGISTER(SECDBG_SET) = SECDBG_EVERYTHING;
    hal_console_line("debug: port open until the next reset");
}
