#include "factory.h"

#include "byte_order.h"
#include "crc.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Body: magic 4, format 4, device id 16, verifier 52, zeros 12, CRC-32 of all before 4. */
#define MAGIC      0x48545248U /* "HRTH" */
#define FORMAT     2U
#define BODY_SIZE  (FACTORY_PAGE_SIZE - FACTORY_BODY)
#define AT_ID      8U
#define AT_INITIAL 24U
#define AT_CRC     88U

const char *factory_strerror(int error)
{
    switch (error) {
    case FACTORY_OK:
        return "no error";
    case FACTORY_ERROR_FLASH:
        return "factory page cannot be read";
    case FACTORY_ERROR_INVALID:
        return "device is not provisioned, or its factory page is damaged";
    default:
        return "unknown factory page error";
    }
}

static bool is_blown(const uint8_t *fuse, uint8_t erased_value)
{
    for (size_t i = 0; i < FACTORY_FUSE_SIZE; i++) {
        if (fuse[i] != erased_value) {
            return true;
        }
    }
    return false;
}

static enum factory_life_cycle read_fuses(const uint8_t bytes[FACTORY_BODY], uint8_t erased_value)
{
    if (is_blown(bytes + FACTORY_FUSE_DECOMMISSIONED, erased_value)) {
        return FACTORY_LIFE_DECOMMISSIONED;
    }
    return is_blown(bytes + FACTORY_FUSE_CLOSED, erased_value) ? FACTORY_LIFE_CLOSED
                                                               : FACTORY_LIFE_OPEN;
}

int factory_life_cycle(enum factory_life_cycle *life_cycle)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(HAL_FLASH_FACTORY);
    uint8_t fuses[FACTORY_BODY];

    *life_cycle = FACTORY_LIFE_DECOMMISSIONED;
    if (hal_flash_read(geometry.offset, fuses, sizeof fuses) != HAL_OK) {
        return FACTORY_ERROR_FLASH;
    }
    *life_cycle = read_fuses(fuses, geometry.erased_value);
    return FACTORY_OK;
}

int factory_load(struct factory_page *page)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(HAL_FLASH_FACTORY);
    uint8_t bytes[FACTORY_PAGE_SIZE];
    const uint8_t *body = bytes + FACTORY_BODY;

    if (hal_flash_read(geometry.offset, bytes, sizeof bytes) != HAL_OK) {
        return FACTORY_ERROR_FLASH;
    }
    if (get_le32(body) != MAGIC || get_le32(body + 4) != FORMAT ||
        get_le32(body + AT_CRC) != crc32_ieee(0, body, AT_CRC)) {
        return FACTORY_ERROR_INVALID;
    }
    memcpy(page->device_id, body + AT_ID, sizeof page->device_id);
    password_verifier_decode(&page->initial_password, body + AT_INITIAL);
    page->life_cycle = read_fuses(bytes, geometry.erased_value);
    return FACTORY_OK;
}

void factory_encode(const struct factory_page *page, uint8_t bytes[FACTORY_PAGE_SIZE])
{
    uint8_t *body = bytes + FACTORY_BODY;

    memset(bytes, hal_flash_geometry(HAL_FLASH_FACTORY).erased_value, FACTORY_BODY);
    if (page->life_cycle != FACTORY_LIFE_OPEN) {
        memset(bytes + FACTORY_FUSE_CLOSED, 0, FACTORY_FUSE_SIZE);
    }
    if (page->life_cycle == FACTORY_LIFE_DECOMMISSIONED) {
        memset(bytes + FACTORY_FUSE_DECOMMISSIONED, 0, FACTORY_FUSE_SIZE);
    }
    memset(body, 0, BODY_SIZE);
    put_le32(body, MAGIC);
    put_le32(body + 4, FORMAT);
    memcpy(body + AT_ID, page->device_id, sizeof page->device_id);
    password_verifier_encode(&page->initial_password, body + AT_INITIAL);
    put_le32(body + AT_CRC, crc32_ieee(0, body, AT_CRC));
}
