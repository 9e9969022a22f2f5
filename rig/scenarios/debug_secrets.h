/**
 * Keys that outlive their erasure: bytes in a dump of RAM that look random, that flash held before an erase,
 * and that it does not hold behind it. Pure functions.
 */
#ifndef RIG_SCENARIOS_DEBUG_SECRETS_H
#define RIG_SCENARIOS_DEBUG_SECRETS_H

#include <stddef.h>

#include "base/file.h"
#include "base/rig_error.h"

struct debug_secrets {
    size_t count;    /**< bytes of RAM that lie in a run of such */
    size_t at;       /**< of the first one, in RAM */
    size_t at_flash; /**< where flash held it */
};

/** The flashes are of one size; else RIG_ERROR_USAGE. RIG_OK or RIG_ERROR_NO_MEMORY. */
int debug_secrets_find(const struct file_content *memory, const struct file_content *before,
                       const struct file_content *after,
                       struct debug_secrets *secrets) RIG_MUST_CHECK;

#endif
