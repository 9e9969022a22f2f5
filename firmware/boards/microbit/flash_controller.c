#include "flash_controller.h"

#include "microbit_layout.h"
#include "peripherals.h"

#include <stdbool.h>

#define LOOKS     1000000U /* some 100 ms and more; the longest operation takes 23 ms */
#define WORD_SIZE 4U

static bool settle(void)
{
    for (uint32_t i = 0; i < LOOKS; i++) {
        if (NVMC_READY != 0) {
            return true;
        }
    }
    return false;
}

int flash_controller_write(volatile uint32_t *word, uint32_t value)
{
    bool settled;

    NVMC_CONFIGURATION = NVMC_WRITE;
    settled = settle();
    *word = value;
    settled = settle() && settled;
    NVMC_CONFIGURATION = NVMC_READ_ONLY;
    return settled && *word == value ? HAL_OK : HAL_ERROR_FLASH;
}

static bool is_blank(uint32_t address)
{
    const volatile uint32_t *word = &REGISTER(address);

    for (uint32_t i = 0; i < microbit_layout.sector_size / WORD_SIZE; i++) {
        if (word[i] != UINT32_MAX) {
            return false;
        }
    }
    return true;
}

int flash_controller_erase(uint32_t address)
{
    bool settled;

    NVMC_CONFIGURATION = NVMC_ERASE;
    settled = settle();
    NVMC_ERASE_PAGE = address;
    settled = settle() && settled;
    NVMC_CONFIGURATION = NVMC_READ_ONLY;
    return settled && is_blank(address) ? HAL_OK : HAL_ERROR_FLASH;
}
