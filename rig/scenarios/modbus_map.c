#include "scenarios/modbus_map.h"

#include <string.h>

enum { MODE_OFF, MODE_ON, MODE_SCHEDULE };

static const struct modbus_map hearth = {
    .coils = 2,
    .discrete_inputs = 4,
    .inputs = 14,
    .holding = 12,
    .open_count = 2,
    .open = {{"set_point", 50, 300}, {"mode", MODE_OFF, MODE_SCHEDULE}},
    .mailbox = 0x1000,
    .mailbox_count = 121,
    .identification = 3,
};

const struct modbus_map *modbus_map_hearth(void)
{
    return &hearth;
}

const struct modbus_map *modbus_map_of(const struct target *target)
{
    const char *driver = target_find_setting(target, "adapter", "driver");

    return driver != NULL && strcmp(driver, "hearth") == 0 ? &hearth : NULL;
}

uint16_t modbus_map_write_coils(uint16_t mode, unsigned mask, unsigned bits)
{
    const unsigned before = (mode != MODE_OFF ? 1u : 0u) | (mode == MODE_SCHEDULE ? 2u : 0u);
    const unsigned after = (before & ~mask) | (bits & mask);

    if ((after & 1u) == 0)
        return MODE_OFF;
    return (after & 2u) != 0 ? MODE_SCHEDULE : MODE_ON;
}
