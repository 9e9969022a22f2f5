#include "hal.h"

const char *hal_strerror(int error)
{
    switch (error) {
    case HAL_OK:
        return "no error";
    case HAL_ERROR_RANGE:
        return "address, length or alignment out of range";
    case HAL_ERROR_FLASH:
        return "flash operation failed";
    case HAL_ERROR_BUS:
        return "no answer on the bus";
    case HAL_ERROR_ENTROPY:
        return "entropy source failed";
    default:
        return "unknown hardware error";
    }
}
