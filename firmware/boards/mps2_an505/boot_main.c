/* The boot stage of this board: boot_stage.h, and the jump into the application. */
#include "board.h"
#include "boot_stage.h"
#include "crypto_pool.h"
#include "memory_map.h"
#include "mpu.h"
#include "peripherals.h"
#include "retained.h"
#include "startup.h"

#define CRYPTO_POOL_SIZE (12U * 1024U)

_Static_assert(IMAGE_HEADER_SIZE == BODY_OFFSET, "the body begins behind the header");

/* For signatures, and for a session of the mailbox in recovery. */
static uint8_t crypto_pool[CRYPTO_POOL_SIZE] __attribute__((aligned(8)));

/* This stage has no network. */
void ethernet_interrupt(void)
{
}

void stage_protect(void)
{
    mpu_start(MPU_BOOT);
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

_Noreturn void stage_main(void)
{
    retained_begin(HAL_RESET_PIN);
    board_start();
    crypto_pool_start(crypto_pool, sizeof crypto_pool);
    start_application(boot_stage_decide());
}
