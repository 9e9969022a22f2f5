#include "base/rig_error.h"

const char *rig_strerror(int error)
{
    switch (error) {
    case RIG_OK:
        return "no error";
    case RIG_ERROR_USAGE:
        return "wrong usage";
    case RIG_ERROR_CONFIGURATION:
        return "wrong configuration";
    case RIG_ERROR_NOT_FOUND:
        return "not found";
    case RIG_ERROR_BENCH:
        return "the bench failed";
    case RIG_ERROR_TIMEOUT:
        return "timed out";
    case RIG_ERROR_INTERRUPTED:
        return "interrupted";
    case RIG_ERROR_NO_MEMORY:
        return "out of memory";
    case RIG_ERROR_DEVICE:
        return "the device failed";
    default:
        return "unknown error";
    }
}
