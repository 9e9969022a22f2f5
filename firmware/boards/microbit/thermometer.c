/*
 * The room's temperature. This board has no TMP105 on its I2C; the chip's own thermometer answers in
 * its place, at its address and in its format. A product would have a sensor outside of its case: the
 * chip is some degrees warmer than the room.
 *
 * Method: a conversion takes 36 us (PS 8.13), and that time is waited, not the event: the emulator has
 * no thermometer, and reads as 0 degrees.
 */
#include "clock.h"
#include "hal.h"
#include "peripherals.h"

#include <stdbool.h>

#define ADDRESS         0x48U
#define TEMPERATURE     0x00U /* the register */
#define CONVERSION_US   50U
#define VALUE_SIGN      0x200U /* ten bits, two's complement (PAN-028, 28) */
#define VALUE_MASK      0x3FFU
#define TMP105_QUARTERS 6U /* 1/16 degree, left-aligned in 16 bits: a quarter is bit 6 */

static uint32_t measure(void)
{
    uint32_t quarters;

    TEMP_OFFSET = 0; /* PAN-028, 31 */
    TEMP_READY = 0;
    TEMP_START = 1;
    clock_wait_us(CONVERSION_US);
    quarters = TEMP_VALUE & VALUE_MASK;
    TEMP_STOP =
        1; /* it would go on drawing current, and this clears the value (PAN-028, 30 and 29) */
    return (quarters & VALUE_SIGN) != 0 ? quarters | ~VALUE_MASK : quarters;
}

int hal_i2c_transfer(uint8_t address, const uint8_t *write, size_t write_length, uint8_t *read,
                     size_t read_length)
{
    uint32_t value;

    if (address != ADDRESS || write_length != 1 || write[0] != TEMPERATURE || read_length != 2) {
        return HAL_ERROR_BUS;
    }
    value = measure() << TMP105_QUARTERS;
    read[0] = (uint8_t)(value >> 8 & 0xFFU);
    read[1] = (uint8_t)(value & 0xFFU);
    return HAL_OK;
}
