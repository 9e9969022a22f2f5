#include "numbered_log.h"

#include "support.h"

#include "byte_order.h"

#include <string.h>

static void spread(uint32_t number, uint8_t *payload, uint16_t size)
{
    put_le32(payload, number);
    for (uint16_t i = 4; i < size; i++) {
        payload[i] = (uint8_t)(number * 7U + i);
    }
}

int numbered_mount(struct numbered_log *numbered)
{
    uint8_t payload[RECORD_LOG_MAX_PAYLOAD];
    uint8_t expected[RECORD_LOG_MAX_PAYLOAD];
    int result;

    memset(payload, 0xA5, sizeof payload);
    memcpy(expected, payload, sizeof expected);
    numbered->number = 0;
    result =
        record_log_mount(&numbered->log, NUMBERED_AREA, NUMBERED_KIND, payload, numbered->size);
    if (result == RECORD_LOG_OK) {
        numbered->number = get_le32(payload);
        spread(numbered->number, expected, numbered->size);
    }
    if (result >= RECORD_LOG_OK) {
        assert_memory_equal(payload, expected, sizeof payload);
    }
    return result;
}

int numbered_append(struct numbered_log *numbered, uint32_t number)
{
    uint8_t payload[RECORD_LOG_MAX_PAYLOAD];
    int result;

    spread(number, payload, numbered->size);
    result = record_log_append(&numbered->log, payload);
    if (result == RECORD_LOG_OK) {
        numbered->number = number;
    }
    return result;
}

void numbered_new(struct numbered_log *numbered, uint16_t size, uint32_t count)
{
    support_new_board();
    memset(numbered, 0, sizeof *numbered);
    numbered->size = size;
    assert_int_equal(numbered_mount(numbered), RECORD_LOG_EMPTY);
    for (uint32_t i = 1; i <= count; i++) {
        assert_int_equal(numbered_append(numbered, i), RECORD_LOG_OK);
    }
}
