#include "virtual_probe/chip_profile.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/*
 * nRF51822-QFAA, build code H1, as on a BBC micro:bit of the first generation (nRF51 Series Reference
 * Manual, chapters 6 to 8, and 12). QEMU's FICR is that of a part with code from the factory: CLENR0 would
 * make a flash driver take the first 8 KiB for protected.
 */
static const struct chip_word nrf51_words[] = {
    {0x10000028, 0xFFFFFFFF}, /* FICR.CLENR0: no code from the factory */
    {0x1000002C, 0xFFFFFFFF}, /* FICR.PPFC: likewise */
    {0x10000034, 2},          /* FICR.NUMRAMBLOCK */
    {0x10000038, 0x2000},     /* FICR.SIZERAMBLOCK0 */
    {0x1000003C, 0x2000},     /* FICR.SIZERAMBLOCK1 */
    {0x10000040, 0xFFFFFFFF}, /* FICR.SIZERAMBLOCK2 */
    {0x10000044, 0xFFFFFFFF}, /* FICR.SIZERAMBLOCK3 */
    {0x1000005C, 0xFFFF008F}, /* FICR.CONFIGID: HWID, and no firmware */
    {0x10000100, 0xFFFFFFFF}, /* INFO.PART: registers that later series have */
    {0x10000104, 0xFFFFFFFF}, /* INFO.VARIANT */
    {0x40000524, 0x00000003}, /* POWER.RAMON: both blocks are on */
};

/* A protected chip has to be told from others, and can be erased as a whole. */
static const struct chip_range nrf51_spared[] = {
    {0x10000000, 0x1000}, /* FICR */
    {0x10001000, 0x1000}, /* UICR */
    {0x4001E400, 4},      /* NVMC.READY */
    {0x4001E504, 4},      /* NVMC.CONFIG */
    {0x4001E50C, 4},      /* NVMC.ERASEALL */
};

static const struct chip_profile profiles[] = {
    {.name = "none"},
    {"nrf51", nrf51_words, COUNT(nrf51_words), nrf51_spared, COUNT(nrf51_spared)},
};

const struct chip_profile *chip_profile_find(const char *name)
{
    for (size_t i = 0; i < COUNT(profiles); i++) {
        if (strcmp(name, profiles[i].name) == 0) {
            return &profiles[i];
        }
    }
    return NULL;
}

bool chip_profile_word(const struct chip_profile *profile, uint32_t address, uint32_t *value)
{
    for (size_t i = 0; i < profile->word_count; i++) {
        if (profile->words[i].address == address) {
            *value = profile->words[i].value;
            return true;
        }
    }
    return false;
}

bool chip_profile_spares(const struct chip_profile *profile, uint32_t address)
{
    for (size_t i = 0; i < profile->spared_count; i++) {
        if (address - profile->spared[i].first < profile->spared[i].size) {
            return true;
        }
    }
    return false;
}
