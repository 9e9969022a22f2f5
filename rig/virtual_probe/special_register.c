#include "virtual_probe/special_register.h"

/* SYSm (DDI 0553, C2.4.103, table of special registers); the bit of a Non-secure one. */
enum {
    SYSM_MSP = 0x08,
    SYSM_PSP = 0x09,
    SYSM_MSPLIM = 0x0A,
    SYSM_PSPLIM = 0x0B,
    SYSM_PRIMASK = 0x10,
    SYSM_BASEPRI = 0x11,
    SYSM_FAULTMASK = 0x13,
    SYSM_CONTROL = 0x14,
    NON_SECURE = 0x80,
};

/* Numbers of DCRSR. */
enum {
    NUMBER_MSP = 0x11,
    NUMBER_PSP = 0x12,
    NUMBER_MASKS = 0x14,
    NUMBER_MASKS_SECURE = 0x22,
    NUMBER_MASKS_NON_SECURE = 0x23,
};

static const uint32_t whole = UINT32_MAX;

/* Of Armv8-M with the Security Extension: one special register each. */
static const struct {
    uint8_t number;
    uint8_t sysm;
} banked[] = {
    {0x18, SYSM_MSP | NON_SECURE},
    {0x19, SYSM_PSP | NON_SECURE},
    {0x1A, SYSM_MSP},
    {0x1B, SYSM_PSP},
    {0x1C, SYSM_MSPLIM},
    {0x1D, SYSM_PSPLIM},
    {0x1E, SYSM_MSPLIM | NON_SECURE},
    {0x1F, SYSM_PSPLIM | NON_SECURE},
};

static void add(struct special_register *special, unsigned sysm, uint8_t shift, uint32_t mask)
{
    special->parts[special->count++] = (struct special_part){(uint8_t)sysm, shift, mask};
}

static void add_masks(struct special_register *special, unsigned bank, bool has_main)
{
    add(special, SYSM_PRIMASK | bank, 0, 0x1);
    if (has_main) {
        add(special, SYSM_BASEPRI | bank, 8, 0xFF);
        add(special, SYSM_FAULTMASK | bank, 16, 0x1);
    }
    add(special, SYSM_CONTROL | bank, 24, 0xFF);
}

static bool find_banked(unsigned number, bool has_main, struct special_register *special)
{
    for (size_t i = 0; i < sizeof(banked) / sizeof(banked[0]); i++) {
        if (banked[i].number == number) {
            add(special, banked[i].sysm, 0, whole);
            return true;
        }
    }
    if (number == NUMBER_MASKS_SECURE || number == NUMBER_MASKS_NON_SECURE) {
        add_masks(special, number == NUMBER_MASKS_SECURE ? 0 : NON_SECURE, has_main);
        return true;
    }
    return false;
}

bool special_register_find(unsigned number, bool has_main, bool is_v8,
                           struct special_register *special)
{
    special->count = 0;
    switch (number) {
    case NUMBER_MSP:
        add(special, SYSM_MSP, 0, whole);
        return true;
    case NUMBER_PSP:
        add(special, SYSM_PSP, 0, whole);
        return true;
    case NUMBER_MASKS:
        add_masks(special, 0, has_main);
        return true;
    default:
        return is_v8 && find_banked(number, has_main, special);
    }
}

void special_register_read_code(uint8_t number, uint8_t code[SPECIAL_CODE])
{
    const uint8_t read[SPECIAL_CODE] = {0xEF, 0xF3, number, 0x80};

    for (size_t i = 0; i < SPECIAL_CODE; i++) {
        code[i] = read[i];
    }
}

void special_register_write_code(uint8_t number, uint8_t code[SPECIAL_CODE])
{
    const uint8_t write[SPECIAL_CODE] = {0x80, 0xF3, number, 0x88};

    for (size_t i = 0; i < SPECIAL_CODE; i++) {
        code[i] = write[i];
    }
}
