#include "crc.h"

#define CRC16_POLYNOMIAL 0xA001U
#define CRC32_POLYNOMIAL 0xEDB88320U

/* Without a branch, of which a fuzzer's coverage would see every bit. */
static uint32_t all_ones_if(uint32_t bit)
{
    return 0U - bit;
}

uint16_t crc16_modbus(const uint8_t *data, size_t length)
{
    uint16_t crc = 0xFFFF;

    for (size_t i = 0; i < length; i++) {
        crc = (uint16_t)(crc ^ data[i]);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc >> 1) ^ (CRC16_POLYNOMIAL & all_ones_if(crc & 1U)));
        }
    }
    return crc;
}

uint32_t crc32_ieee(uint32_t previous, const uint8_t *data, size_t length)
{
    uint32_t crc = ~previous;

    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (CRC32_POLYNOMIAL & all_ones_if(crc & 1U));
        }
    }
    return ~crc;
}
