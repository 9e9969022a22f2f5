#include "virtual_probe/guest_map.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define CORE_VIEW "AS \"cpu-memory-0\""
#define NEXT_VIEW "FlatView #"
#define GATE      "tz-mpc-upstream" /* hw/misc/tz-mpc.c */

enum { LINE_MAX_SIZE = 256, KIND_SIZE = 16, HEX = 16 };

static enum guest_region_kind kind_of(const char *kind, const char *name)
{
    if (strcmp(kind, "ram") == 0) {
        return GUEST_RAM;
    }
    if (strcmp(kind, "rom") == 0 || strcmp(kind, "romd") == 0) {
        return GUEST_ROM;
    }
    return strcmp(name, GATE) == 0 ? GUEST_GATED : GUEST_DEVICE;
}

static void trim_end(char *text)
{
    size_t size = strlen(text);

    while (size > 0 && text[size - 1] == ' ') {
        text[--size] = '\0';
    }
}

/* The part of a line up to `end`, which is skipped; false when that does not come, or it is too long. */
static bool take_until(const char **line, const char *end, char *text, size_t room)
{
    const char *place = strstr(*line, end);
    const size_t size = place != NULL ? (size_t)(place - *line) : room;

    if (size >= room) {
        return false;
    }
    memcpy(text, *line, size);
    text[size] = '\0';
    *line = place + strlen(end);
    return true;
}

/* What QEMU says behind a region's addresses: " (prio P, KIND): NAME", and perhaps "@OFFSET". */
static bool read_kind(const char *line, struct guest_region *region)
{
    char text[KIND_SIZE];

    if (!take_until(&line, ", ", text, sizeof(text)) ||
        !take_until(&line, "): ", text, sizeof(text))) {
        return false;
    }
    (void)snprintf(region->name, sizeof(region->name), "%.*s", (int)strcspn(line, "@"), line);
    trim_end(region->name);
    region->kind = kind_of(text, region->name);
    return true;
}

/* One line: false when it is none of a region. What lies above 4 GiB no 32-bit core sees. */
static bool read_region(const char *line, struct guest_region *region, bool *is_seen)
{
    uint64_t first = 0;
    uint64_t last = 0;

    line += strspn(line, " ");
    if (!text_take_number(&line, HEX, &first) || *line++ != '-' ||
        !text_take_number(&line, HEX, &last) || first > last || !read_kind(line, region)) {
        return false;
    }
    *is_seen = last <= UINT32_MAX;
    region->first = (uint32_t)first;
    region->last = (uint32_t)last;
    return true;
}

static int add_region(struct guest_map *map, const char *line, struct diagnostic *diagnostic)
{
    struct guest_region region;
    bool is_seen = false;

    if (!read_region(line, &region, &is_seen) || !is_seen) {
        return RIG_OK;
    }
    if (map->count == GUEST_REGIONS_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "QEMU's machine has more than %d regions of memory",
                               GUEST_REGIONS_MAX);
    }
    if (map->count > 0 && region.first <= map->regions[map->count - 1].last) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "QEMU's regions of memory are not in order: %s", region.name);
    }
    map->regions[map->count++] = region;
    return RIG_OK;
}

int guest_map_read(struct guest_map *map, const char *text, struct diagnostic *diagnostic)
{
    const char *line = strstr(text, CORE_VIEW);
    const char *end;
    int error = RIG_OK;

    map->count = 0;
    if (line == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "QEMU's list of memory has no " CORE_VIEW);
    }
    end = strstr(line, NEXT_VIEW);
    while (error == RIG_OK && line != NULL && (end == NULL || line < end)) {
        char copy[LINE_MAX_SIZE];

        (void)snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\r\n"), line);
        error = add_region(map, copy, diagnostic);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (error == RIG_OK && map->count == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's list of memory is empty");
    }
    return error;
}

const struct guest_region *guest_map_find(const struct guest_map *map, uint32_t address,
                                          uint32_t size)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) { /* the first region that does not end before the address */
        const size_t middle = low + (high - low) / 2;

        if (map->regions[middle].last < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == map->count || map->regions[low].first > address ||
        map->regions[low].last - address < size - 1) {
        return NULL;
    }
    return &map->regions[low];
}
