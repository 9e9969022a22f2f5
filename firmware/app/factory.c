#include "factory.h"

#include "byte_order.h"
#include "crc.h"

#include <string.h>

/* Layout: magic 4, format 4, device id 16, verifier 52, zeros 12, CRC-32 of all before 4. */
#define MAGIC      0x48545248U /* "HRTH" */
#define FORMAT     1U
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

int factory_load(struct factory_page *page)
{
    uint8_t bytes[FACTORY_PAGE_SIZE];

    if (hal_flash_read(hal_flash_geometry(HAL_FLASH_FACTORY).offset, bytes, sizeof bytes) !=
        HAL_OK) {
        return FACTORY_ERROR_FLASH;
    }
    if (get_le32(bytes) != MAGIC || get_le32(bytes + 4) != FORMAT ||
        get_le32(bytes + AT_CRC) != crc32_ieee(0, bytes, AT_CRC)) {
        return FACTORY_ERROR_INVALID;
    }
    memcpy(page->device_id, bytes + AT_ID, sizeof page->device_id);
    password_verifier_decode(&page->initial_password, bytes + AT_INITIAL);
    return FACTORY_OK;
}

void factory_encode(const struct factory_page *page, uint8_t bytes[FACTORY_PAGE_SIZE])
{
    memset(bytes, 0, FACTORY_PAGE_SIZE);
    put_le32(bytes, MAGIC);
    put_le32(bytes + 4, FORMAT);
    memcpy(bytes + AT_ID, page->device_id, sizeof page->device_id);
    password_verifier_encode(&page->initial_password, bytes + AT_INITIAL);
    put_le32(bytes + AT_CRC, crc32_ieee(0, bytes, AT_CRC));
}
