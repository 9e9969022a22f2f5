/*
 * The boot stage: decides, and starts the application, or stays as the recovery device (boot.h). It
 * never changes after the factory.
 */
#include "board.h"
#include "boot.h"
#include "boot_line.h"
#include "crypto_pool.h"
#include "device.h"
#include "hal.h"
#include "memory_map.h"
#include "mpu.h"
#include "peripherals.h"
#include "retained.h"
#include "startup.h"

#include <string.h>

#define CRYPTO_POOL_SIZE (12U * 1024U)

_Static_assert(IMAGE_HEADER_SIZE == BODY_OFFSET, "the body begins behind the header");

/* For signatures, and for a session of the mailbox in recovery. */
static uint8_t crypto_pool[CRYPTO_POOL_SIZE] __attribute__((aligned(8)));
static struct device device;

/* This stage has no network. */
void ethernet_interrupt(void)
{
}

void stage_protect(void)
{
    mpu_start(MPU_BOOT);
}

/* Nothing may run: the watchdog ends this, and all is tried again. */
static _Noreturn void wait_for_the_watchdog(const char *why)
{
    hal_console_line(why);
    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    for (;;) {
        hal_idle();
    }
}

/* Update only, over the wired bus. */
static _Noreturn void recover(const struct boot_handover *decision)
{
    if (device_start(&device, decision) != DEVICE_OK) {
        wait_for_the_watchdog("boot: recovery cannot start");
    }
    for (;;) {
        device_poll(&device);
        if (device_wants_restart(&device)) {
            retained_reset(HAL_RESET_SOFTWARE);
        }
        hal_idle();
    }
}

/* To the application's own reset handler, as if it came from a reset, but with interrupts masked. */
static _Noreturn void start_application(enum image_slot slot)
{
    const uint32_t base = slot == IMAGE_SLOT_A ? SLOT_A : SLOT_B;
    const uint32_t *vectors = (const uint32_t *)(uintptr_t)(base + VECTORS_OFFSET);
    const uint32_t stack = vectors[0];
    const uint32_t entry = vectors[1];

    SYSTICK_CONTROL = 0;
    __asm volatile("cpsid i" ::: "memory");
    mpu_stop();
    __asm volatile("msr msplim, %2\n"
                   "msr msp, %0\n"
                   "bx %1\n" ::"r"(stack),
                   "r"(entry), "r"(0)
                   : "memory");
    for (;;) {
    }
}

static void print_decision(const struct boot_handover *decision)
{
    char line[BOOT_LINE_SIZE];

    boot_line(decision, line);
    hal_console_line(line);
}

_Noreturn void stage_main(void)
{
    struct boot_handover decision;

    retained_begin();
    board_start();
    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    hal_console_line(boot_cause_line(hal_reset_cause()));
    crypto_pool_start(crypto_pool, sizeof crypto_pool);
    if (boot_run(&decision) != BOOT_OK) {
        wait_for_the_watchdog("boot: boot state cannot be read");
    }
    print_decision(&decision);
    if (decision.recovery) {
        recover(&decision);
    }
    retained_hand_over(&decision);
    hal_watchdog_kick();
    start_application(decision.slot);
}
