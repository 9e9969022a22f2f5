#include "test_command.h"

#include "hal.h"
#include "memory_map.h"
#include "peripherals.h"

#define NOWHERE       0x20000000U /* no memory and no region */
#define RETURN_OPCODE 0x4770U     /* bx lr */

/* Until the guard below the stack stops it. Neither a loop nor inlined: it is the stack that counts. */
__attribute__((noinline)) static uint32_t use_stack(uint32_t depth)
{
    volatile uint32_t frame = depth; /* small: the stack runs full to the last few bytes */

    return depth == 0 ? 0 : use_stack(depth - 1U) + frame;
}

static _Noreturn void hang(void)
{
    for (;;) {
    }
}

static void execute_from_ram(void)
{
    static uint16_t code[2];

    code[0] = RETURN_OPCODE;
    ((void (*)(void))((uintptr_t)code | 1U))();
}

/* A fault whose handler faults: with the vector table where nothing is. */
static void lock_up(void)
{
    SCB_VTOR = NOWHERE;
    __asm volatile("udf #1");
}

static void obey(uint32_t command)
{
    switch (command) {
    case 'h':
        hang();
    case 'i':
        __asm volatile("cpsid i" ::: "memory");
        hang();
    case 'f':
        (void)REGISTER(NOWHERE);
        break;
    case 's':
        (void)use_stack(UINT32_MAX);
        break;
    case 'w':
        REGISTER(FLASH_BASE) = 0;
        break;
    case 'b':
        REGISTER(BOOT_ROM_BASE) = 0;
        break;
    case 'x':
        execute_from_ram();
        break;
    case 'l':
        lock_up();
        break;
    default:
        return;
    }
    hal_console_line("test: nothing happened");
}

void test_command_poll(void)
{
    UART_CONTROL(UART_CONSOLE) |= UART_CONTROL_RX;
    if ((UART_STATE(UART_CONSOLE) & UART_STATE_RX_FULL) != 0) {
        obey(UART_DATA(UART_CONSOLE) & 0xFFU);
    }
}
