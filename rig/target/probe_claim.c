#include "target/probe_claim.h"

#include <stddef.h>

bool probe_claims_memory_alone(const struct target *target)
{
    return target_find_setting(target, "probe", "claim") != NULL; /* "memory" is its only value */
}

bool probe_erases_flash_alone(const struct target *target)
{
    return target_find_setting(target, "probe", "erase.claim") != NULL; /* likewise "flash" */
}
