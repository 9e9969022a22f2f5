/* The small parts of hal.h on this board. */
#include "board.h"

#include "clock.h"
#include "console.h"
#include "idle.h"
#include "memory_map.h"
#include "peripherals.h"
#include "uart.h"

#include <stdint.h>

#define FRAME_BYTES       128U /* of wipe()'s own frame, at most */
#define ALL_RESET_REASONS UINT32_MAX

/* Of the linker script: an address, not a value. */
extern uint32_t startup_bss_end[];

void board_start(void)
{
    clock_start();
    uart_start();
    GPIO_SET_DIRECTION = 1U << PIN_RELAY;
    hal_relay_set(false);
    idle_start();
}

/* Who resets by software writes down why (retained.h). If it was not the firmware, it was a debugger,
 * which stands for the pin that the board's interface chip pulls. */
enum hal_reset_cause board_reset_cause(void)
{
    const uint32_t reason = POWER_RESET_REASON;

    POWER_RESET_REASON = ALL_RESET_REASONS;
    if ((reason & RESET_REASON_WATCHDOG) != 0) {
        return HAL_RESET_WATCHDOG;
    }
    if ((reason & RESET_REASON_LOCKUP) != 0) {
        return HAL_RESET_FAULT;
    }
    return (reason & (RESET_REASON_PIN | RESET_REASON_SOFTWARE)) != 0 ? HAL_RESET_PIN
                                                                      : HAL_RESET_POWER_ON;
}

void hal_relay_set(bool closed)
{
    if (closed) {
        GPIO_SET = 1U << PIN_RELAY;
    } else {
        GPIO_CLEAR = 1U << PIN_RELAY;
    }
}

static void wipe(uintptr_t begin, uintptr_t end)
{
    for (volatile uint32_t *word = (volatile uint32_t *)begin; (uintptr_t)word < end; word++) {
        *word = 0;
    }
}

/* Memory that the boot stage, which is in use now, has no variables in; of its stack what lies below
 * this function's frame; and the lines of the console. */
void hal_wipe_memory(void)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    wipe((uintptr_t)startup_bss_end, RETAINED_BASE);
    wipe(STACK_BASE, frame - FRAME_BYTES);
    console_clear();
}

/* A token can have no more than what came before this: the epoch is raised, the user's data are gone.
 * Read-back protection knows no way back but an erase of all flash. */
void hal_debug_open(void)
{
    hal_console_line("debug: this chip cannot open its port for a token; erase all flash instead");
}
