#include "virtual_probe/chip_bus.h"

enum { WORD = 4, BYTE_BITS = 8 };

/* A word that the chip has otherwise than the guest, or part of it. */
static bool read_profile(const struct chip_bus *bus, const struct memory_access *access,
                         uint32_t *value)
{
    const uint32_t offset = access->address % WORD;
    uint32_t word = 0;

    if (!chip_profile_word(bus->lock->profile, access->address - offset, &word)) {
        return false;
    }
    *value = word >> BYTE_BITS * offset;
    return true;
}

bool chip_bus_read(const struct chip_bus *bus, const struct memory_access *access, uint32_t *value)
{
    if (chip_lock_hides(bus->lock, access->address)) {
        *value = 0;
        return true;
    }
    return read_profile(bus, access, value) || bus->rest.read(bus->rest.context, access, value);
}

bool chip_bus_write(const struct chip_bus *bus, const struct memory_access *access, uint32_t value)
{
    return chip_lock_drops(bus->lock, access->address) ||
           bus->rest.write(bus->rest.context, access, value);
}
