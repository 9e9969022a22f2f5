#include "tmp105_model.h"

#define TEMPERATURE_REGISTER 0x00U
#define STEPS_PER_DEGREE     16
#define TENTHS_PER_DEGREE    10
#define UNUSED_LOW_BITS      16 /* a factor: four bits */

int tmp105_model_transfer(int16_t temperature, uint8_t address, const uint8_t *write,
                          size_t write_length, uint8_t *read, size_t read_length)
{
    const int steps = temperature * STEPS_PER_DEGREE / TENTHS_PER_DEGREE;
    const unsigned raw = (unsigned)(steps * UNUSED_LOW_BITS) & 0xFFFFU;

    if (address != TMP105_ADDRESS || write_length != 1 || write[0] != TEMPERATURE_REGISTER ||
        read_length != 2) {
        return HAL_ERROR_BUS;
    }
    read[0] = (uint8_t)(raw >> 8);
    read[1] = (uint8_t)(raw & 0xFFU);
    return HAL_OK;
}
