/*
 * Method: QEMU does not say where a region of RAM lies. So 16 random bytes are written to the
 * region's begin through the gdb stub, and looked for at the begin of each page of QEMU's memory that
 * may be written to and not run (so not in its translations); then the region gets its bytes back,
 * and the place has to have them, or it was a copy that QEMU had made of the cookie. The stub's own
 * buffer would follow along, and in one start of some hundred it lies at the begin of a page: the next
 * 16 bytes of the region are written after the cookie, so that the buffer holds them instead.
 * No page holds so many of them by chance. Many regions are aliases: places that are known come first.
 */
#include "virtual_probe/guest_ram.h"

#include <inttypes.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "emulator/process_memory.h"

enum {
    COOKIE = PROCESS_MEMORY_COOKIE,
    MARK = 2 * COOKIE, /* the cookie, and what drives it out of the stub's buffer */
};

static uint64_t search_known(const struct guest_ram *ram, const uint8_t cookie[COOKIE])
{
    for (size_t i = 0; i < ram->map->count; i++) {
        if (process_memory_holds(ram->process, ram->places[i], cookie)) {
            return ram->places[i];
        }
    }
    return 0;
}

/* In two packets: the stub's buffer is left with the second half. */
static int write_mark(struct gdb_client *client, uint32_t address, const uint8_t mark[MARK],
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int error =
        gdb_client_write_memory(client, address, mark, COOKIE, deadline_ms, diagnostic);

    return error == RIG_OK ? gdb_client_write_memory(client, address + COOKIE, mark + COOKIE,
                                                     COOKIE, deadline_ms, diagnostic)
                           : error;
}

static int search(struct guest_ram *ram, size_t number, const uint8_t cookie[COOKIE],
                  struct diagnostic *diagnostic)
{
    ram->places[number] = search_known(ram, cookie);
    return ram->places[number] != 0
               ? RIG_OK
               : process_memory_find(ram->process, cookie, &ram->places[number], diagnostic);
}

/* The place of one region, whose first bytes are changed meanwhile. */
static int find_region(struct guest_ram *ram, size_t number, struct gdb_client *client,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const uint32_t address = ram->map->regions[number].first;
    uint8_t before[MARK];
    uint8_t mark[MARK];
    uint64_t seed = (uint64_t)process_clock_ms() << 32 | address;
    int restored;
    int error = gdb_client_read_memory(client, address, before, MARK, deadline_ms, diagnostic);

    random_bytes(&seed, mark, sizeof(mark));
    if (error == RIG_OK) {
        error = write_mark(client, address, mark, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error == RIG_ERROR_NOT_FOUND ? RIG_OK : error;
    }
    error = search(ram, number, mark, diagnostic);
    restored =
        write_mark(client, address, before, deadline_ms, error == RIG_OK ? diagnostic : NULL);
    if (!process_memory_holds(ram->process, ram->places[number], before)) {
        ram->places[number] = 0;
    }
    return error == RIG_OK ? restored : error;
}

static bool has_room(const struct guest_region *region)
{
    return region->kind != GUEST_DEVICE && region->last - region->first >= MARK - 1;
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
        if (has_room(&map->regions[i])) {
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
