/*
 * Method: QEMU does not say where a region of RAM lies. So 16 random bytes are written to the
 * region's begin through the gdb stub, and looked for at the begin of each page of QEMU's memory that
 * may be written to and not run (so not in its translations); then the region gets its bytes back,
 * and the place has to have them, or it was a copy that QEMU had made of the cookie.
 * No page holds so many of them by chance. Many regions are aliases: places that are known come first.
 */
#include "virtual_probe/guest_ram.h"

#include <inttypes.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "emulator/process_memory.h"

enum { COOKIE = PROCESS_MEMORY_COOKIE };

static uint64_t search_known(const struct guest_ram *ram, const uint8_t cookie[COOKIE])
{
    for (size_t i = 0; i < ram->map->count; i++) {
        if (process_memory_holds(ram->process, ram->places[i], cookie)) {
            return ram->places[i];
        }
    }
    return 0;
}

/* The place of one region, whose first bytes are changed meanwhile. */
static int find_region(struct guest_ram *ram, size_t number, struct gdb_client *client,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const uint32_t address = ram->map->regions[number].first;
    uint8_t before[COOKIE];
    uint8_t cookie[COOKIE];
    uint64_t seed = (uint64_t)process_clock_ms() << 32 | address;
    int restored;
    int error = gdb_client_read_memory(client, address, before, COOKIE, deadline_ms, diagnostic);

    random_bytes(&seed, cookie, sizeof(cookie));
    if (error == RIG_OK) {
        error = gdb_client_write_memory(client, address, cookie, COOKIE, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error == RIG_ERROR_NOT_FOUND ? RIG_OK : error;
    }
    ram->places[number] = search_known(ram, cookie);
    if (ram->places[number] == 0) {
        error = process_memory_find(ram->process, cookie, &ram->places[number], diagnostic);
    }
    restored = gdb_client_write_memory(client, address, before, COOKIE, deadline_ms,
                                       error == RIG_OK ? diagnostic : NULL);
    if (!process_memory_holds(ram->process, ram->places[number], before)) {
        ram->places[number] = 0;
    }
    return error == RIG_OK ? restored : error;
}

int guest_ram_find(struct guest_ram *ram, const struct guest_map *map, pid_t process,
                   struct gdb_client *client, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    memset(ram, 0, sizeof(*ram));
    ram->process = process;
    ram->map = map;
    error = process_memory_check(process, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < map->count; i++) {
        if (map->regions[i].kind != GUEST_DEVICE) {
            error = find_region(ram, i, client, deadline_ms, diagnostic);
        }
    }
    return error;
}

int guest_ram_read(const struct guest_ram *ram, uint32_t address, void *bytes, size_t size,
                   struct diagnostic *diagnostic)
{
    const struct guest_region *region = guest_map_find(ram->map, address, (uint32_t)size);
    const uint64_t place = region != NULL ? ram->places[region - ram->map->regions] : 0;

    if (place == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                               "there is no RAM at 0x%08" PRIx32 " that is known", address);
    }
    return process_memory_read(ram->process, place + (address - region->first), bytes, size,
                               diagnostic);
}
