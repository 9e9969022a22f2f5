/*
 * An image that is genuine and does nothing, for ever: the watchdog has to end it. For tests, never
 * for a product.
 */
#include <stdint.h>

/* Of the linker script: an address, not a value. */
extern uint32_t startup_stack_top[];

_Noreturn void startup_reset(void);

typedef void (*handler)(void);

static const handler vectors[] __attribute__((section(".vectors"), used)) = {
    (handler)(uintptr_t)startup_stack_top,
    startup_reset,
};

_Noreturn void startup_reset(void)
{
    for (;;) {
    }
}
