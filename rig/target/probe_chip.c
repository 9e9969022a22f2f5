#include "target/probe_chip.h"

int probe_chip_read(const struct target *target, const struct chip_profile **profile,
                    struct diagnostic *diagnostic)
{
    const char *name = target_find_setting(target, "probe", "chip");

    *profile = chip_profile_find(name != NULL ? name : "none");
    return *profile != NULL
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                 "'%s' is no part that the virtual probe knows; it knows nrf51",
                                 name);
}
