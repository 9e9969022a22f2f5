/*
 * Random numbers from the chip's thermal noise, freed from bias by the chip (RM 20): one byte in
 * 0.7 ms. Its health test is that of a source that sticks (NIST SP 800-90B, 4.4.1): the same byte six
 * times is as likely as one in 2^40.
 */
#include "hal.h"
#include "peripherals.h"

#include <stdbool.h>

#define MAX_LENGTH  64U
#define DEADLINE_MS 200U /* for all of them */
#define STUCK       6U

static bool next_byte(uint8_t *byte, uint64_t deadline_ms)
{
    while (RNG_READY == 0) {
        if (hal_time_ms() >= deadline_ms) {
            return false;
        }
    }
    *byte = (uint8_t)RNG_VALUE;
    RNG_READY = 0; /* after that the value may be gone (PAN-028, 21) */
    return true;
}

static bool fill(uint8_t *buffer, size_t length)
{
    const uint64_t deadline_ms = hal_time_ms() + DEADLINE_MS;
    uint32_t same = 1;

    for (size_t i = 0; i < length; i++) {
        if (!next_byte(&buffer[i], deadline_ms)) {
            return false;
        }
        same = i > 0 && buffer[i] == buffer[i - 1U] ? same + 1U : 1U;
        if (same >= STUCK) {
            return false;
        }
    }
    return true;
}

int hal_entropy(uint8_t *buffer, size_t length)
{
    bool filled;

    if (length > MAX_LENGTH) {
        return HAL_ERROR_RANGE;
    }
    RNG_CONFIGURATION = RNG_NO_BIAS;
    RNG_READY = 0;
    RNG_START = 1;
    filled = fill(buffer, length);
    RNG_STOP = 1;
    return filled ? HAL_OK : HAL_ERROR_ENTROPY;
}
