#include "base/exit_code.h"

#include <stddef.h>

#include "base/rig_error.h"

enum exit_code exit_code_from_error(int error)
{
    switch (error) {
    case RIG_OK:
        return EXIT_CLEAN;
    case RIG_ERROR_USAGE:
    case RIG_ERROR_CONFIGURATION:
    case RIG_ERROR_NOT_FOUND:
        return EXIT_CONFIGURATION;
    case RIG_ERROR_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case RIG_ERROR_DEVICE:
        return EXIT_INCONCLUSIVE; /* nobody judged it: a finding would have been one already */
    default:
        return EXIT_BENCH;
    }
}

enum exit_code exit_code_combine(enum exit_code left, enum exit_code right)
{
    static const enum exit_code precedence[] = {EXIT_INTERRUPTED, EXIT_CONFIGURATION, EXIT_FINDING,
                                                EXIT_BENCH, EXIT_INCONCLUSIVE};
    for (size_t i = 0; i < sizeof precedence / sizeof precedence[0]; i++) {
        if (left == precedence[i] || right == precedence[i]) {
            return precedence[i];
        }
    }
    return EXIT_CLEAN;
}
