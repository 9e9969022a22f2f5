/*
 * Method: QEMU does not say where a region of RAM lies. So 16 random bytes are written to the
 * region's begin through the gdb stub, and looked for at the begin of each page of QEMU's memory that
 * may be written to and not run (so not in its translations); then the region gets its bytes back,
 * and the place has to have them, or it was a copy that QEMU had made of the cookie.
 * No page holds so many of them by chance. Many regions are aliases: places that are known come first.
 */
#include "virtual_probe/guest_ram.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "base/process.h"
#include "base/random.h"
#include "base/text.h"

enum {
    COOKIE = 16,
    PAGE = 4096,
    BATCH = 512, /* pages in one look */
    MAPS_LINE = 512,
    HEX = 16,
};

/* Part of QEMU's memory. */
struct range {
    uint64_t first;
    uint64_t end;
};

/* ---- the process ---- */

static int cannot_look(const struct guest_ram *ram, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "cannot look into the memory of QEMU (process %ld): %s",
                           (long)ram->process, strerror(errno));
}

static bool read_process(const struct guest_ram *ram, uint64_t place, void *bytes, size_t size)
{
    const struct iovec local = {bytes, size};
    const struct iovec remote = {(void *)(uintptr_t)place, size};

    return process_vm_readv(ram->process, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* ---- the search ---- */

/* How many of `count` pages from `place` on could be read, of each the first bytes. */
static size_t read_pages(const struct guest_ram *ram, uint64_t place, size_t count,
                         uint8_t begins[BATCH][COOKIE])
{
    struct iovec local = {begins, count * COOKIE};
    struct iovec remote[BATCH];
    ssize_t size;

    for (size_t i = 0; i < count; i++) {
        remote[i] = (struct iovec){(void *)(uintptr_t)(place + i * PAGE), COOKIE};
    }
    size = process_vm_readv(ram->process, &local, 1, remote, count, 0);
    return size > 0 ? (size_t)size / COOKIE : 0;
}

/* Place of the page that begins with the cookie; 0 when none in the range does. */
static uint64_t search_range(const struct guest_ram *ram, const struct range *range,
                             const uint8_t cookie[COOKIE])
{
    uint8_t begins[BATCH][COOKIE];
    uint64_t place = range->first;

    while (place < range->end) {
        const uint64_t left = (range->end - place) / PAGE;
        const size_t count = left < BATCH ? (size_t)left : BATCH;
        const size_t read = read_pages(ram, place, count, begins);

        for (size_t i = 0; i < read; i++) {
            if (memcmp(begins[i], cookie, COOKIE) == 0) {
                return place + i * PAGE;
            }
        }
        if (read < count) { /* a page that cannot be read: the next range */
            return 0;
        }
        place += count * PAGE;
    }
    return 0;
}

static bool next_range(FILE *maps, struct range *range)
{
    char line[MAPS_LINE];

    while (fgets(line, sizeof(line), maps) != NULL) {
        const char *at = line;

        if (text_take_number(&at, HEX, &range->first) && *at++ == '-' &&
            text_take_number(&at, HEX, &range->end) && strncmp(at, " rw-", 4) == 0) {
            return true;
        }
    }
    return false;
}

static bool holds(const struct guest_ram *ram, uint64_t place, const uint8_t bytes[COOKIE])
{
    uint8_t read[COOKIE];

    return place != 0 && read_process(ram, place, read, COOKIE) && memcmp(read, bytes, COOKIE) == 0;
}

static uint64_t search_known(const struct guest_ram *ram, const uint8_t cookie[COOKIE])
{
    for (size_t i = 0; i < ram->map->count; i++) {
        if (holds(ram, ram->places[i], cookie)) {
            return ram->places[i];
        }
    }
    return 0;
}

static int search_process(const struct guest_ram *ram, const uint8_t cookie[COOKIE],
                          uint64_t *place, struct diagnostic *diagnostic)
{
    char path[64];
    struct range range;
    FILE *maps;

    (void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)ram->process);
    maps = fopen(path, "re");
    if (maps == NULL) {
        return cannot_look(ram, diagnostic);
    }
    while (*place == 0 && next_range(maps, &range)) {
        *place = search_range(ram, &range, cookie);
    }
    return fclose(maps) == 0 ? RIG_OK : cannot_look(ram, diagnostic);
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
    error = search_process(ram, cookie, &ram->places[number], diagnostic);
    restored = gdb_client_write_memory(client, address, before, COOKIE, deadline_ms,
                                       error == RIG_OK ? diagnostic : NULL);
    if (!holds(ram, ram->places[number], before)) {
        ram->places[number] = 0;
    }
    return error == RIG_OK ? restored : error;
}

/* Whether the host lets one process look into the other, before a search that would find nothing. */
static int check_access(const struct guest_ram *ram, struct diagnostic *diagnostic)
{
    struct iovec local = {NULL, 0};
    struct iovec remote = {NULL, 0};

    if (process_vm_readv(ram->process, &local, 1, &remote, 1, 0) < 0) {
        return cannot_look(ram, diagnostic);
    }
    return RIG_OK;
}

int guest_ram_find(struct guest_ram *ram, const struct guest_map *map, pid_t process,
                   struct gdb_client *client, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    memset(ram, 0, sizeof(*ram));
    ram->process = process;
    ram->map = map;
    error = check_access(ram, diagnostic);
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
    return read_process(ram, place + (address - region->first), bytes, size)
               ? RIG_OK
               : cannot_look(ram, diagnostic);
}
