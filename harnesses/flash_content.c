#include "flash_content.h"

#include "byte_order.h"
#include "crc.h"
#include "in_process.h"
#include "record_log.h"

#include <string.h>

#define RECORD_HEAD 16U /* as in record_log.c: kind, size, sequence, CRC, spare */
#define BEGUN       0x55U

void flash_content_place(enum hal_flash_area area, uint32_t offset, const uint8_t *bytes,
                         size_t length)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(area);

    offset %= geometry.size;
    if (length > geometry.size - offset) {
        length = geometry.size - offset;
    }
    if (length > 0) {
        memcpy(in_process_change_flash(geometry.offset + offset, length), bytes, length);
    }
}

static uint8_t mark_byte(uint8_t mark)
{
    if (mark == 0) {
        return FLASH_ERASED;
    }
    return mark == 1 ? BEGUN : 0;
}

void flash_content_place_record(const struct flash_record *record)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(record->area);
    const uint32_t unit = geometry.program_unit;
    const uint32_t body = (RECORD_HEAD + record->payload_size + unit - 1U) / unit * unit;
    const uint32_t slots = geometry.sector_size / (body + unit);
    const uint32_t slot = record->slot % (slots * (geometry.size / geometry.sector_size));
    uint8_t bytes[RECORD_HEAD + RECORD_LOG_MAX_PAYLOAD] = {0};
    uint8_t *place;

    put_le16(bytes, record->kind);
    put_le16(bytes + 2, record->payload_size);
    put_le32(bytes + 4, record->sequence);
    memcpy(bytes + RECORD_HEAD, record->payload, record->payload_size);
    put_le32(bytes + 8, crc32_ieee(crc32_ieee(0, bytes, 8), record->payload, record->payload_size));

    place = in_process_change_flash(geometry.offset + slot / slots * geometry.sector_size +
                                        slot % slots * (body + unit),
                                    (size_t)body + unit);
    memset(place, FLASH_ERASED, body);
    memcpy(place, bytes, (size_t)RECORD_HEAD + record->payload_size);
    memset(place + body, mark_byte(record->mark), unit);
}

bool flash_content_is_blank(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(area);
    const uint8_t *bytes = in_process_flash() + geometry.offset;

    return bytes[0] == geometry.erased_value && memcmp(bytes, bytes + 1, geometry.size - 1U) == 0;
}
