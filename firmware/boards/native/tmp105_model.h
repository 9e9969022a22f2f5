/*
 * tmp105_model.h - a TMP105 temperature sensor on the I2C bus that knows its temperature register
 * only (Texas Instruments SBOS648, 7.5.2: 12 bits, left-aligned, 1/16 degree Celsius).
 */
#ifndef BOARDS_NATIVE_TMP105_MODEL_H
#define BOARDS_NATIVE_TMP105_MODEL_H

#include "hal.h"

#include <stddef.h>
#include <stdint.h>

#define TMP105_ADDRESS 0x48U /* address pins low */

/*
 * As hal_i2c_transfer(), with the sensor at `temperature` (tenths of a degree Celsius, -400 to
 * 1250). HAL_ERROR_BUS for any transfer but a read of the temperature.
 */
HAL_MUST_CHECK int tmp105_model_transfer(int16_t temperature, uint8_t address, const uint8_t *write,
                                         size_t write_length, uint8_t *read, size_t read_length);

#endif
