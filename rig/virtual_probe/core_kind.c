#include "virtual_probe/core_kind.h"

#include <stddef.h>

enum { PART_SHIFT = 4, PART_MASK = 0xFFF };

/* From the cores' technical reference manuals: Arm 100230 (M33), 100165 (M3), 100166 (M4), DDI 0432 (M0). */
static const struct core_kind kinds[] = {
    {"Cortex-M33", 0xD21, true, true, 8, true, 4, 0x84770001},
    {"Cortex-M4", 0xC24, false, true, 6, false, 4, 0x24770011},
    {"Cortex-M3", 0xC23, false, true, 6, false, 4, 0x24770011},
    {"Cortex-M0", 0xC20, false, false, 4, false, 2, 0x04770021},
};

const struct core_kind *core_kind_find(uint32_t cpuid)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].part_number == (cpuid >> PART_SHIFT & PART_MASK)) {
            return &kinds[i];
        }
    }
    return NULL;
}
