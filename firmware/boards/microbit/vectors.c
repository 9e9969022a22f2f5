/* The vectors of the chip, in the boot stage: all but the reset go to the handlers of the stage that
 * runs (startup.c). */
#include "memory_map.h"
#include "peripherals.h"

#include <stdint.h>

/* Of the linker script: an address, not a value. */
extern uint32_t startup_stack_top[];

#define EXCEPTIONS 16U

_Noreturn void startup_reset(void);
void vectors_forward(void);

typedef void (*handler)(void);

static const handler vectors[EXCEPTIONS + IRQ_COUNT] __attribute__((section(".vectors"), used)) = {
    [0] = (handler)(uintptr_t)startup_stack_top,
    [1] = startup_reset,
    [2 ... EXCEPTIONS + IRQ_COUNT - 1] = vectors_forward,
};

/* The number of the exception is the index of its handler. What is used here the core has put on the
 * stack already; where to return to stays in lr. */
__attribute__((naked)) void vectors_forward(void)
{
    __asm volatile("ldr r0, =%c0\n"
                   "ldr r0, [r0]\n"
                   "mrs r1, ipsr\n"
                   "lsl r1, r1, #2\n"
                   "ldr r0, [r0, r1]\n"
                   "bx r0\n"
                   ".ltorg\n" ::"i"(STAGE_HANDLERS));
}
