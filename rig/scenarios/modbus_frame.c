#include "scenarios/modbus_frame.h"

#include <stdio.h>
#include <string.h>

enum { CRC_SIZE = 2, MBAP_LENGTH = 4, MBAP_LENGTH_END = 6 };

static void put16(uint8_t *bytes, size_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

size_t modbus_frame_head(const struct modbus_bus *bus)
{
    return bus->kind == MODBUS_RTU ? 1 : MODBUS_MBAP;
}

void modbus_frame_seal(const struct modbus_bus *bus, struct modbus_frame *frame)
{
    uint16_t crc;

    if (bus->kind != MODBUS_RTU || frame->size <= CRC_SIZE)
        return;
    crc = modbus_crc(frame->bytes, frame->size - CRC_SIZE);
    frame->bytes[frame->size - 2] = (uint8_t)crc;
    frame->bytes[frame->size - 1] = (uint8_t)(crc >> 8);
}

void modbus_frame_wrap(const struct modbus_bus *bus, uint8_t unit, uint16_t transaction,
                       const uint8_t *pdu, size_t size, struct modbus_frame *frame)
{
    const size_t head = modbus_frame_head(bus);

    *frame = (struct modbus_frame){.what = frame->what};
    memcpy(frame->bytes + head, pdu, size);
    frame->bytes[head - 1] = unit;
    frame->size = head + size;
    if (bus->kind == MODBUS_TCP) {
        put16(frame->bytes, transaction);
        put16(frame->bytes + MBAP_LENGTH, head + size - MBAP_LENGTH_END);
    } else {
        frame->size += CRC_SIZE;
        modbus_frame_seal(bus, frame);
    }
}

void modbus_frame_take_session(const struct modbus_bus *bus, struct modbus_frame *frame,
                               uint32_t session)
{
    if (frame->session_at == 0)
        return;
    for (size_t i = 0; i < 4; i++)
        frame->bytes[frame->session_at + i] = (uint8_t)(session >> (8 * i));
    modbus_frame_seal(bus, frame);
}

void modbus_frame_format(const struct modbus_frame *frame, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < frame->size; i++) {
        if (used + 6 > size) {
            (void)snprintf(text + used, size - used, "...");
            return;
        }
        (void)snprintf(text + used, size - used, "%02x", frame->bytes[i]);
        used += 2;
    }
}
