/* The boot stage of this board: boot_stage.h, and the jump into the application. */
#include "board.h"
#include "boot_stage.h"
#include "crypto_pool.h"
#include "memory_map.h"
#include "protection.h"
#include "retained.h"
#include "startup.h"
#include "tick.h"

_Static_assert(IMAGE_HEADER_SIZE == BODY_OFFSET, "the body begins behind the header");

/* For signatures, and for a session of the mailbox in recovery. */
static uint8_t crypto_pool[CRYPTO_POOL_SIZE] __attribute__((aligned(8)));

/* To the application's own reset handler, as if it came from a reset, but with interrupts masked. */
static _Noreturn void start_application(enum image_slot slot)
{
    const uint32_t base = slot == IMAGE_SLOT_A ? SLOT_A : SLOT_B;
    const uint32_t *vectors = (const uint32_t *)(uintptr_t)(base + BODY_OFFSET);
    const uint32_t stack = vectors[0];
    const uint32_t entry = vectors[1];

    tick_stop();
    __asm volatile("cpsid i\n"
                   "msr msp, %0\n"
                   "bx %1\n" ::"r"(stack),
                   "r"(entry)
                   : "memory");
    for (;;) {
    }
}

_Noreturn void stage_main(void)
{
    enum image_slot slot;

    retained_begin(board_reset_cause());
    protection_lock_boot();
    protection_lock_debug();
    board_start();
    crypto_pool_start(crypto_pool, sizeof crypto_pool);
    slot = boot_stage_decide();
    protection_lock_slot(slot);
    start_application(slot);
}
