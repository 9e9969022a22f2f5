/*
 * This core takes its vectors from address 0, where the boot stage is, and from nowhere else. So those
 * of the boot stage only forward (vectors.c), to the handlers of the stage that runs: it says where
 * they are, before anything else.
 */
#include "startup.h"

#include "memory_map.h"
#include "peripherals.h"
#include "stage_memory.h"

/* Of the linker script: an address, not a value. */
extern uint32_t startup_stack_top[];

#define EXCEPTIONS 16U

_Noreturn void startup_reset(void);
static void unexpected_interrupt(void);

typedef void (*handler)(void);

/* In the order of a vector table. An application's begins its body. */
static const handler handlers[EXCEPTIONS + IRQ_COUNT]
    __attribute__((section(".handlers"), used)) = {
        [0] = (handler)(uintptr_t)startup_stack_top,
        [1] = startup_reset,
        [2] = unexpected_interrupt,
        [3] = fault_entry,
        [4 ... EXCEPTIONS + IRQ_UART - 1] = unexpected_interrupt,
        [EXCEPTIONS + IRQ_UART] = uart_interrupt,
        [EXCEPTIONS + IRQ_UART + 1 ... EXCEPTIONS + IRQ_TICK - 1] = unexpected_interrupt,
        [EXCEPTIONS + IRQ_TICK] = tick_interrupt,
        [EXCEPTIONS + IRQ_TICK + 1 ... EXCEPTIONS + IRQ_COUNT - 1] = unexpected_interrupt,
};

_Noreturn void startup_reset(void)
{
    POWER_RAM_ON = ALL_PARTS_ON;
    REGISTER(STAGE_HANDLERS) = (uint32_t)(uintptr_t)handlers;
    stage_memory_fill();
    /* The boot stage jumps here with interrupts masked. */
    __asm volatile("cpsie i" ::: "memory");
    stage_main();
}

/* None is enabled that has no handler: this is a fault. */
static void unexpected_interrupt(void)
{
    __asm volatile("udf #0");
}
