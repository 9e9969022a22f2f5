/*
 * peripherals.h - registers of the board that the drivers use, by their Secure aliases.
 *
 * Sources: Arm AN505 (FPGA image for MPS2+), CMSDK TRM (DDI0479) for UART and watchdog, SSE-200 TRM
 * (101104) for the system control block, SMSC LAN9118 data sheet, Armv8-M ARM (DDI0553) for the core.
 */
#ifndef MPS2_AN505_PERIPHERALS_H
#define MPS2_AN505_PERIPHERALS_H

#include <stdint.h>

/* A register at an address. */
#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#define CPU_CLOCK_HZ 20000000U

/* UARTs (CMSDK APB UART): 0 is the wired bus, 1 the console. */
#define UART_BUS              0x50200000U
#define UART_CONSOLE          0x50201000U
#define UART_DATA(uart)       REGISTER((uart) + 0x00U)
#define UART_STATE(uart)      REGISTER((uart) + 0x04U)
#define UART_CONTROL(uart)    REGISTER((uart) + 0x08U)
#define UART_INTERRUPT(uart)  REGISTER((uart) + 0x0CU) /* write one to clear */
#define UART_DIVIDER(uart)    REGISTER((uart) + 0x10U)
#define UART_STATE_TX_FULL    (1U << 0)
#define UART_STATE_RX_FULL    (1U << 1)
#define UART_CONTROL_TX       (1U << 0)
#define UART_CONTROL_RX       (1U << 1)
#define UART_CONTROL_RX_EVENT (1U << 3)
#define UART_INTERRUPT_RX     (1U << 1)

/* Watchdog (CMSDK APB watchdog), clocked with the processor: an NMI when the counter first reaches
 * zero, a reset at the second time unless the first was cleared. */
#define WATCHDOG_LOAD       REGISTER(0x50081000U)
#define WATCHDOG_CONTROL    REGISTER(0x50081008U)
#define WATCHDOG_CLEAR      REGISTER(0x5008100CU)
#define WATCHDOG_LOCK       REGISTER(0x50081C00U)
#define WATCHDOG_UNLOCK_KEY 0x1ACCE551U
#define WATCHDOG_INTERRUPT  (1U << 0)
#define WATCHDOG_RESET      (1U << 1)

/* FPGAIO: LEDs, and a counter of clock cycles that never stops. */
#define FPGAIO_LEDS    REGISTER(0x50302000U)
#define FPGAIO_COUNTER REGISTER(0x50302018U)

/* I2C on Arduino shield 1: two lines, set and cleared by software. */
#define I2C_LINES REGISTER(0x5020D000U) /* read: level; write one to release */
#define I2C_PULL  REGISTER(0x5020D004U) /* write one to pull down */
#define I2C_SCL   (1U << 0)
#define I2C_SDA   (1U << 1)

/* Debug authentication (SSE-200 system control block). */
#define SECDBG_SET 0x50021004U

/* System control space of the core. */
#define SYSTICK_CONTROL  REGISTER(0xE000E010U)
#define SYSTICK_RELOAD   REGISTER(0xE000E014U)
#define SYSTICK_VALUE    REGISTER(0xE000E018U)
#define NVIC_ENABLE(irq) REGISTER(0xE000E100U + 4U * ((irq) / 32U))
#define SCB_VTOR         REGISTER(0xE000ED08U)
#define SCB_AIRCR        REGISTER(0xE000ED0CU)
#define SCB_SHCSR        REGISTER(0xE000ED24U)
#define SCB_CFSR         REGISTER(0xE000ED28U)
#define SCB_HFSR         REGISTER(0xE000ED2CU)
#define SCB_MMFAR        REGISTER(0xE000ED34U)
#define SCB_BFAR         REGISTER(0xE000ED38U)
#define MPU_CONTROL      REGISTER(0xE000ED94U)
#define MPU_REGION       REGISTER(0xE000ED98U)
#define MPU_BASE         REGISTER(0xE000ED9CU)
#define MPU_LIMIT        REGISTER(0xE000EDA0U)
#define MPU_ATTRIBUTES   REGISTER(0xE000EDC0U)

#define SYSTICK_HAS_TICKED   (1U << 16) /* COUNTFLAG: since the last look */
#define AIRCR_KEY            0x05FA0000U
#define AIRCR_SYSTEM_RESET   (1U << 2)
#define SHCSR_FAULTS_ENABLED (7U << 16) /* MemManage, BusFault, UsageFault */

/* Interrupt numbers (AN505, 3.6). */
#define IRQ_UART_BUS_RX 32U
#define IRQ_ETHERNET    48U
#define IRQ_COUNT       49U

#define IRQ_ENABLE(irq) (NVIC_ENABLE(irq) = 1U << ((irq) % 32U))

#endif
