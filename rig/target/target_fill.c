#include "target/target_fill.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_ROOM = 256 };

bool target_is_to_fill(const char *value)
{
    return strstr(value, TARGET_FILL_IN) != NULL;
}

bool target_are_to_fill(const struct text_list *values)
{
    for (size_t i = 0; i < values->count; i++) {
        if (target_is_to_fill(values->items[i])) {
            return true;
        }
    }
    return false;
}

int target_check_filled(const struct target *target, struct diagnostic *diagnostic)
{
    char names[NAMES_ROOM] = "";
    size_t used = 0;

    for (size_t i = 0; i < target->setting_count && used < sizeof(names); i++) {
        if (target_are_to_fill(&target->settings[i].values)) {
            const int length = snprintf(names + used, sizeof(names) - used, "%s%s",
                                        used > 0 ? ", " : "", target->settings[i].name);

            used = length < 0 ? sizeof(names) : used + (size_t)length;
        }
    }
    return used == 0 ? RIG_OK
                     : diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                       "%s: fill in %s, here or in a bench file that --bench names",
                                       target->path, names);
}
