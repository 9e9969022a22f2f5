/*
 * peripherals.h - registers of the nRF51822 that the drivers use. A task is a register that is
 * written with one, an event one that reads one until it is cleared.
 *
 * Sources: nRF51 Series Reference Manual 3.0, PAN-028 (anomalies), Armv6-M ARM (DDI0419) for the core.
 */
#ifndef MICROBIT_PERIPHERALS_H
#define MICROBIT_PERIPHERALS_H

#include <stdint.h>

/* A register at an address. */
#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* Clocks (RM 13). */
#define CLOCK_START_CRYSTAL   REGISTER(0x40000000U)
#define CLOCK_START_SLOW      REGISTER(0x40000008U)
#define CLOCK_CRYSTAL_STARTED REGISTER(0x40000100U)
#define CLOCK_SLOW_SOURCE     REGISTER(0x40000518U)
#define CLOCK_SLOW_RC         0U

/* Why the chip was reset (RM 12): bits add up until they are cleared, by writing one. None of them:
 * the power came. */
#define POWER_RESET_REASON    REGISTER(0x40000400U)
#define RESET_REASON_PIN      (1U << 0)
#define RESET_REASON_WATCHDOG (1U << 1)
#define RESET_REASON_SOFTWARE (1U << 2)
#define RESET_REASON_LOCKUP   (1U << 3)

/* Which parts of RAM are on. Some chips come out of a reset without all of them (PAN-028, 16). */
#define POWER_RAM_ON REGISTER(0x40000524U)
#define ALL_PARTS_ON 0xFU

/* Protection of blocks of 4 KiB against the chip's own code, until the next reset (RM 9): bit n of
 * word w is block 32 w + n. */
#define PROTECT_BLOCKS(word) REGISTER(0x40000600U + 4U * (word))
#define PROTECT_BLOCK_SIZE   0x1000U

/* UART (RM 29): the wired bus. Pins as the board has them to its USB interface chip. */
#define UART_START_RX        REGISTER(0x40002000U)
#define UART_START_TX        REGISTER(0x40002008U)
#define UART_RX_READY        REGISTER(0x40002108U)
#define UART_TX_READY        REGISTER(0x4000211CU)
#define UART_ERROR           REGISTER(0x40002124U)
#define UART_INTERRUPTS      REGISTER(0x40002304U) /* write one to enable */
#define UART_ERROR_SOURCE    REGISTER(0x40002480U) /* write one to clear */
#define UART_ENABLE          REGISTER(0x40002500U)
#define UART_PIN_TX          REGISTER(0x4000250CU)
#define UART_PIN_RX          REGISTER(0x40002514U)
#define UART_RX_DATA         REGISTER(0x40002518U)
#define UART_TX_DATA         REGISTER(0x4000251CU)
#define UART_BAUD_RATE       REGISTER(0x40002524U)
#define UART_CONFIGURATION   REGISTER(0x4000256CU) /* 0: 8 bits, no parity, no flow control */
#define UART_INTERRUPT_RX    (1U << 2)
#define UART_INTERRUPT_ERROR (1U << 9)
#define UART_ENABLED         4U
#define UART_115200          0x01D7E000U
#define PIN_BUS_TX           24U
#define PIN_BUS_RX           25U

/* GPIO (RM 14). */
#define GPIO_SET           REGISTER(0x50000508U)
#define GPIO_CLEAR         REGISTER(0x5000050CU)
#define GPIO_SET_DIRECTION REGISTER(0x50000518U) /* of an output */
#define PIN_RELAY          3U                    /* ring 0 of the edge connector */

/* Timers (RM 18): 0 is the clock, 1 the idle tick. */
#define TIMER_CLOCK             0x40008000U
#define TIMER_TICK              0x40009000U
#define TIMER_START(timer)      REGISTER((timer) + 0x000U)
#define TIMER_STOP(timer)       REGISTER((timer) + 0x004U)
#define TIMER_CLEAR(timer)      REGISTER((timer) + 0x00CU)
#define TIMER_CAPTURE(timer)    REGISTER((timer) + 0x040U) /* into TIMER_COMPARE */
#define TIMER_COMPARED(timer)   REGISTER((timer) + 0x140U)
#define TIMER_SHORTCUTS(timer)  REGISTER((timer) + 0x200U)
#define TIMER_INTERRUPTS(timer) REGISTER((timer) + 0x304U) /* write one to enable */
#define TIMER_MODE(timer)       REGISTER((timer) + 0x504U) /* 0: counts time */
#define TIMER_WIDTH(timer)      REGISTER((timer) + 0x508U)
#define TIMER_PRESCALER(timer)  REGISTER((timer) + 0x510U)
#define TIMER_COMPARE(timer)    REGISTER((timer) + 0x540U)
#define TIMER_COMPARE_CLEARS    (1U << 0)
#define TIMER_COMPARE_INTERRUPT (1U << 16)
#define TIMER_16_BITS           0U
#define TIMER_32_BITS           3U
#define TIMER_1_MHZ             4U /* 16 MHz over 2 to this */

/* Thermometer (RM 22): quarters of a degree. */
#define TEMP_START  REGISTER(0x4000C000U)
#define TEMP_STOP   REGISTER(0x4000C004U)
#define TEMP_READY  REGISTER(0x4000C100U)
#define TEMP_OFFSET REGISTER(0x4000C504U) /* undocumented; PAN-028, 31 */
#define TEMP_VALUE  REGISTER(0x4000C508U)

/* Random numbers (RM 20). */
#define RNG_START         REGISTER(0x4000D000U)
#define RNG_STOP          REGISTER(0x4000D004U)
#define RNG_READY         REGISTER(0x4000D100U)
#define RNG_CONFIGURATION REGISTER(0x4000D504U)
#define RNG_VALUE         REGISTER(0x4000D508U)
#define RNG_NO_BIAS       1U

/* Watchdog (RM 19): counts down at 32768 Hz. Nothing stops or changes it once it runs. */
#define WATCHDOG_START     REGISTER(0x40010000U)
#define WATCHDOG_RUNNING   REGISTER(0x40010400U)
#define WATCHDOG_RELOAD    REGISTER(0x40010504U)
#define WATCHDOG_REQUESTS  REGISTER(0x40010508U) /* which of eight have to be made */
#define WATCHDOG_BEHAVIOUR REGISTER(0x4001050CU)
#define WATCHDOG_REQUEST   REGISTER(0x40010600U)
#define WATCHDOG_ASLEEP    (1U << 0) /* runs while the core sleeps; not while a debugger halts it */
#define WATCHDOG_KEY       0x6E524635U
#define WATCHDOG_HZ        32768U

/* Flash controller (RM 6), and the configuration that lies in flash (RM 8). */
#define NVMC_READY            REGISTER(0x4001E400U)
#define NVMC_CONFIGURATION    REGISTER(0x4001E504U)
#define NVMC_ERASE_PAGE       REGISTER(0x4001E508U)
#define NVMC_READ_ONLY        0U
#define NVMC_WRITE            1U
#define NVMC_ERASE            2U
#define UICR_READ_BACK        REGISTER(0x10001004U)
#define UICR_READ_BACK_LOCKED 0xFFFF00FFU /* PALL: 0 is on; PR0 stays as erased */
#define UICR_READ_BACK_PALL   0x0000FF00U

/* System control space of the core. */
#define NVIC_ENABLE        REGISTER(0xE000E100U)
#define NVIC_DISABLE       REGISTER(0xE000E180U)
#define SCB_AIRCR          REGISTER(0xE000ED0CU)
#define AIRCR_KEY          0x05FA0000U
#define AIRCR_SYSTEM_RESET (1U << 2)

/* Interrupt numbers (RM 4.3), those of the peripherals' addresses. */
#define IRQ_UART  2U
#define IRQ_TICK  9U
#define IRQ_COUNT 26U

#endif
