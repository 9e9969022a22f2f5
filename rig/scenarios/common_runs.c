#include "scenarios/common_runs.h"

#include <stdlib.h>
#include <string.h>

/*
 * Method: the places of all runs of `other` that look random are kept in a hash table, by an FNV-1a hash
 * of the run; each run of `image` is looked up there. Flash is mostly erased or text, so that few runs
 * count. A table of places, open addressing: half of it stays empty.
 */

struct table {
    size_t *places; /* of runs of `other`, plus 1; 0: empty */
    size_t mask;
};

bool common_run_is_secret(const uint8_t *bytes)
{
    unsigned repeated = 0;

    for (size_t i = 1; i < COMMON_RUN_BYTES; i++) {
        repeated += memchr(bytes, bytes[i], i) != NULL;
        if (repeated > COMMON_RUN_BYTES - COMMON_RUN_DISTINCT)
            return false;
    }
    return true;
}

/* The end of the range that leaves out a run at `at`; 0 when none does. */
static size_t left_out_until(const struct run_image *image, size_t at)
{
    for (size_t i = 0; i < image->left_out_count; i++) {
        const struct byte_range *range = &image->left_out[i];

        if (at < range->to && at + COMMON_RUN_BYTES > range->from)
            return range->to;
    }
    return 0;
}

/* The first run that counts at or after `at`; the image's size when there is none. */
static size_t next_run(const struct run_image *image, size_t at)
{
    while (at + COMMON_RUN_BYTES <= image->size) {
        const size_t until = left_out_until(image, at);

        if (until != 0)
            at = until;
        else if (common_run_is_secret(image->bytes + at))
            return at;
        else
            at++;
    }
    return image->size;
}

size_t common_runs_first(const struct run_image *image)
{
    return next_run(image, 0);
}

static size_t hash_of(const uint8_t *bytes)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);

    for (size_t i = 0; i < COMMON_RUN_BYTES; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return (size_t)(hash ^ (hash >> 32));
}

static size_t count_runs(const struct run_image *image)
{
    size_t count = 0;

    for (size_t at = next_run(image, 0); at < image->size; at = next_run(image, at + 1))
        count++;
    return count;
}

static int fill(struct table *table, const struct run_image *image)
{
    const size_t runs = count_runs(image);
    size_t size = 16;

    while (size < 2 * runs)
        size *= 2;
    table->mask = size - 1;
    table->places = calloc(size, sizeof *table->places);
    if (table->places == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t at = next_run(image, 0); at < image->size; at = next_run(image, at + 1)) {
        size_t slot = hash_of(image->bytes + at) & table->mask;

        while (table->places[slot] != 0)
            slot = (slot + 1) & table->mask;
        table->places[slot] = at + 1;
    }
    return RIG_OK;
}

/* Where `other` has the run; false when it has not. */
static bool look_up(const struct table *table, const struct run_image *other, const uint8_t *run,
                    size_t *at)
{
    size_t slot = hash_of(run) & table->mask;

    for (; table->places[slot] != 0; slot = (slot + 1) & table->mask) {
        *at = table->places[slot] - 1;
        if (memcmp(other->bytes + *at, run, COMMON_RUN_BYTES) == 0)
            return true;
    }
    return false;
}

int common_runs_find(const struct run_image *image, const struct run_image *other,
                     struct common_runs *found)
{
    struct table table = {0};
    size_t counted_until = 0;
    size_t at_other = 0;
    int error = fill(&table, other);

    *found = (struct common_runs){0};
    if (error != RIG_OK)
        return error;
    for (size_t at = next_run(image, 0); at < image->size; at = next_run(image, at + 1)) {
        if (!look_up(&table, other, image->bytes + at, &at_other))
            continue;
        if (found->count == 0) {
            found->at = at;
            found->at_other = at_other;
        }
        found->count += at + COMMON_RUN_BYTES - (at > counted_until ? at : counted_until);
        counted_until = at + COMMON_RUN_BYTES;
    }
    free(table.places);
    return RIG_OK;
}

enum {
    SEQUENCE = 0x30,
    LENGTH_IN_TWO = 0x82,
    HEADER = 4, /* tag, form of the length, length */
};

/* The size of a SEQUENCE with a length in two bytes at `bytes`, header included; 0: there is none. */
static size_t sequence_size(const uint8_t *bytes, size_t size)
{
    size_t length;

    if (size < HEADER || bytes[0] != SEQUENCE || bytes[1] != LENGTH_IN_TWO)
        return 0;
    length = (size_t)bytes[2] << 8 | bytes[3];
    return HEADER + length <= size ? HEADER + length : 0;
}

size_t common_runs_certificates(const uint8_t *bytes, size_t size, struct byte_range *ranges,
                                size_t limit)
{
    size_t count = 0;

    for (size_t at = 0; at < size && count < limit; at++) {
        const size_t outer = sequence_size(bytes + at, size - at);

        if (outer == 0 || sequence_size(bytes + at + HEADER, outer - HEADER) == 0)
            continue;
        ranges[count++] = (struct byte_range){at, at + outer};
        at += outer - 1;
    }
    return count;
}
