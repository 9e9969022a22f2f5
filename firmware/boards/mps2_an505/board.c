/* The small parts of hal.h on this board. */
#include "board.h"

#include "hal.h"
#include "idle.h"
#include "memory_map.h"
#include "mpu.h"
#include "peripherals.h"
#include "uart.h"

#define FRAME_BYTES       128U /* of wipe()'s own frame, at most */
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

static void wipe(uintptr_t begin, uintptr_t end)
{
    for (volatile uint32_t *word = (volatile uint32_t *)begin; (uintptr_t)word < end; word++) {
        *word = 0;
    }
}

/* The application's memory, which the boot stage does not map, and of its own stack what lies below
 * this function's frame: recovery may have left something there. */
void hal_wipe_memory(void)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    mpu_stop();
    wipe(APP_STACK_BASE, APP_RAM_BASE + APP_RAM_SIZE);
    mpu_start(MPU_BOOT);
    wipe(BOOT_STACK_BASE, frame - FRAME_BYTES);
}

/* The reset has cleared it; only the boot stage has this function linked in. */
void hal_debug_open(void)
{
    REGISTER(SECDBG_SET) = SECDBG_EVERYTHING;
    hal_console_line("debug: port open until the next reset");
}
