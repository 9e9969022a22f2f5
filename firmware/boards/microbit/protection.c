#include "protection.h"

#include "factory.h"
#include "flash_controller.h"
#include "hal.h"
#include "memory_map.h"
#include "peripherals.h"

#define BLOCKS_PER_WORD 32U

/* From `begin` to before `end`, whole blocks. */
static void protect(uint32_t begin, uint32_t end)
{
    for (uint32_t block = begin / PROTECT_BLOCK_SIZE; block < end / PROTECT_BLOCK_SIZE; block++) {
        PROTECT_BLOCKS(block / BLOCKS_PER_WORD) = 1U << block % BLOCKS_PER_WORD;
    }
}

void protection_lock_boot(void)
{
    protect(BOOT_BASE, KEPT_BASE);
}

void protection_lock_slot(enum image_slot slot)
{
    const uint32_t begin = slot == IMAGE_SLOT_A ? SLOT_A : SLOT_B;

    protect(begin, begin + SLOT_SIZE);
}

/* Fuses that cannot be read count as blown. */
void protection_lock_debug(void)
{
    enum factory_life_cycle life_cycle;
    const int result = factory_life_cycle(&life_cycle);

    if ((result == FACTORY_OK && life_cycle == FACTORY_LIFE_OPEN) ||
        (UICR_READ_BACK & UICR_READ_BACK_PALL) == 0) {
        return;
    }
    if (flash_controller_write(&UICR_READ_BACK, UICR_READ_BACK & UICR_READ_BACK_LOCKED) != HAL_OK) {
        hal_console_line("boot: read-back protection cannot be programmed");
    }
}
