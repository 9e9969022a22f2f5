/*
 * Entry of NAME.mutator.so, which afl-fuzz loads: the harness's own mutator, as libFuzzer uses it,
 * behind the interface of AFL++'s custom mutators (docs/custom_mutators.md in its sources).
 * HARNESS_MAX_LENGTH in the environment limits the length of what is made, in bytes.
 */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

#define EXPORT          __attribute__((visibility("default")))
#define MAX_INPUT_SIZE  (1024U * 1024U) /* afl-fuzz takes none longer */
#define INPUTS_OF_ENTRY 256U            /* as many as AFL++'s own mutations make of an entry */
#define MAX_PIECE       32U             /* bytes that one byte-level mutation touches */

struct mutator {
    struct random random;
    size_t max_size;
    uint8_t data[MAX_INPUT_SIZE];
};

void *afl_custom_init(void *afl, unsigned seed);
unsigned afl_custom_fuzz_count(void *mutator, const uint8_t *data, size_t size);
size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t max_size);
void afl_custom_deinit(void *mutator);

/* ---- byte-level mutations ---- */

static struct random byte_random = {1};

static size_t remove_piece(uint8_t *data, size_t size)
{
    size_t at = random_below(&byte_random, size);
    size_t left = size - at;
    size_t length = 1 + random_below(&byte_random, left < MAX_PIECE ? left : MAX_PIECE);

    if (length >= size) {
        return size;
    }
    memmove(data + at, data + at + length, size - at - length);
    return size - length;
}

/* Inserts bytes of one value, or a piece of the input itself. */
static size_t insert_piece(uint8_t *data, size_t size, size_t room)
{
    uint8_t piece[MAX_PIECE];
    size_t at = random_below(&byte_random, size + 1);
    size_t length = 1 + random_below(&byte_random, room < MAX_PIECE ? room : MAX_PIECE);

    memset(piece, (int)(random_next(&byte_random) & 0xff), sizeof piece);
    if (length <= size && random_chance(&byte_random, 50)) {
        memcpy(piece, data + random_below(&byte_random, size - length + 1), length);
    }
    memmove(data + at + length, data + at, size - at);
    memcpy(data + at, piece, length);
    return size + length;
}

static void change_byte(uint8_t *data, size_t size)
{
    static const uint8_t limits[] = {0x00, 0x01, 0x10, 0x20, 0x7d, 0x7f, 0x80, 0xfe, 0xff};
    uint8_t *byte = &data[random_below(&byte_random, size)];

    switch (random_below(&byte_random, 4)) {
    case 0:
        *byte ^= (uint8_t)(1U << random_below(&byte_random, 8));
        break;
    case 1:
        *byte = (uint8_t)random_next(&byte_random);
        break;
    case 2:
        *byte = limits[random_below(&byte_random, sizeof limits)];
        break;
    default:
        *byte = (uint8_t)(*byte + random_below(&byte_random, 33) - 16);
        break;
    }
}

size_t harness_mutate_bytes(uint8_t *data, size_t size, size_t max_size)
{
    if (size < max_size && (size == 0 || random_chance(&byte_random, 15))) {
        return insert_piece(data, size, max_size - size);
    }
    if (size > 1 && random_chance(&byte_random, 15)) {
        return remove_piece(data, size);
    }
    if (size > 0) {
        change_byte(data, size);
    }
    return size;
}

/* ---- what afl-fuzz calls ---- */

static size_t max_size_from_environment(void)
{
    const char *text = getenv("HARNESS_MAX_LENGTH");
    unsigned long size = text != NULL ? strtoul(text, NULL, 10) : 0;

    return size >= 1 && size < MAX_INPUT_SIZE ? size : MAX_INPUT_SIZE;
}

EXPORT void *afl_custom_init(void *afl, unsigned seed)
{
    struct mutator *mutator = malloc(sizeof *mutator);

    (void)afl;
    if (mutator != NULL) {
        mutator->random = random_from(seed);
        mutator->max_size = max_size_from_environment();
        byte_random = random_from(~seed);
    }
    return mutator; /* afl-fuzz gives up at NULL */
}

/* 0: no stage of custom mutations for this entry, only AFL++'s own. */
EXPORT unsigned afl_custom_fuzz_count(void *mutator, const uint8_t *data, size_t size)
{
    (void)mutator;
    (void)data;
    (void)size;
    return harness_mutate != NULL ? INPUTS_OF_ENTRY : 0;
}

EXPORT size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out,
                              uint8_t *other, size_t other_size, size_t max_size)
{
    struct mutator *self = mutator;
    size_t limit = max_size < self->max_size ? max_size : self->max_size;

    (void)other;
    (void)other_size;
    if (size > limit) {
        size = limit;
    }
    memcpy(self->data, data, size);
    *out = self->data;
    return harness_mutate(self->data, size, limit, random_next(&self->random));
}

EXPORT void afl_custom_deinit(void *mutator)
{
    free(mutator);
}
