#include "startup.h"

#include "peripherals.h"
#include "stage_memory.h"

#include <stdint.h>

/* Of the linker script: addresses, not values. */
extern uint32_t startup_stack_limit[];
extern uint32_t startup_stack_top[];

#define VECTORS (16U + IRQ_COUNT)

_Noreturn void startup_reset(void);
static void idle_tick(void);
static void unexpected_interrupt(void);

typedef void (*handler)(void);

static const handler vectors[VECTORS] __attribute__((section(".vectors"), used)) = {
    [0] = (handler)(uintptr_t)startup_stack_top,
    [1] = startup_reset,
    [2] = watchdog_expired,
    [3 ... 7] = fault_entry, /* HardFault, MemManage, BusFault, UsageFault, SecureFault */
    [8 ... 14] = unexpected_interrupt,
    [15] = idle_tick,
    [16 ... 15 + IRQ_UART_BUS_RX] = unexpected_interrupt,
    [16 + IRQ_UART_BUS_RX] = uart_bus_interrupt,
    [17 + IRQ_UART_BUS_RX... 15 + IRQ_ETHERNET] = unexpected_interrupt,
    [16 + IRQ_ETHERNET] = ethernet_interrupt,
};

_Noreturn void startup_reset(void)
{
    __asm volatile("msr msplim, %0" ::"r"(startup_stack_limit));
    SCB_VTOR = (uint32_t)(uintptr_t)vectors;
    SCB_SHCSR |= SHCSR_FAULTS_ENABLED;
    stage_memory_fill();
    stage_protect();
    /* The boot stage jumps here with interrupts masked. */
    __asm volatile("cpsie i" ::: "memory");
    stage_main();
}

/* A millisecond has passed: enough to end a WFI. Time itself comes from clock.c. */
static void idle_tick(void)
{
}

/* None is enabled that has no handler: this is a fault. */
static void unexpected_interrupt(void)
{
    __asm volatile("udf #0");
}
