/*
 * An image that is genuine and does nothing, for ever: the watchdog has to end it. For tests, never
 * for a product.
 */
#include "memory_map.h"

#include <stdint.h>

_Noreturn void startup_reset(void);

static const uintptr_t vectors[] __attribute__((section(".vectors"), used)) = {
    APP_STACK_BASE + APP_STACK_SIZE,
    (uintptr_t)startup_reset,
};

_Noreturn void startup_reset(void)
{
    for (;;) {
    }
}
