/* memmem() */
#define _GNU_SOURCE
#include "scenarios/canary.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

enum {
    NUMBERS_MAX = CANARY_SIZE_MAX / 2,
    NUMBERS_MIN = 3, /* of a value that looks like no other */
    OCTETS = 4,
    TEXT_MIN = 8,
    BYTE_BITS = 8,
    CHARACTER_BITS = 6, /* of base64 */
    DIGITS_MAX = 9,
    STEP_MAX = 9,
    ALL_ENCODINGS = (1 << CANARY_ENCODINGS) - 1,
};

static const char *const encoding_names[CANARY_ENCODINGS] = {
    [CANARY_PLAIN] = "plain",
    [CANARY_UTF16_LE] = "UTF-16 LE",
    [CANARY_UTF16_BE] = "UTF-16 BE",
    [CANARY_HEX_LOWER] = "hexadecimal",
    [CANARY_HEX_UPPER] = "hexadecimal, upper case",
    [CANARY_BASE64] = "base64",
    [CANARY_BASE64_1] = "base64 behind 1 byte",
    [CANARY_BASE64_2] = "base64 behind 2 bytes",
    [CANARY_REVERSED] = "reversed",
    [CANARY_SWAPPED] = "swapped in pairs",
    [CANARY_INVERTED] = "inverted",
};

const char *canary_encoding_name(enum canary_encoding encoding)
{
    return encoding_names[encoding];
}

/* ---- encodings ---- */

static size_t encode_wide(const struct canary *canary, size_t at, uint8_t *encoded)
{
    for (size_t i = 0; i < canary->size; i++) {
        encoded[2 * i + at] = canary->bytes[i];
        encoded[2 * i + 1 - at] = 0;
    }
    return 2 * canary->size;
}

static size_t encode_hex(const struct canary *canary, const char *digits, uint8_t *encoded)
{
    for (size_t i = 0; i < canary->size; i++) {
        encoded[2 * i] = (uint8_t)digits[canary->bytes[i] >> 4];
        encoded[2 * i + 1] = (uint8_t)digits[canary->bytes[i] & 0xF];
    }
    return 2 * canary->size;
}

/* Six bits of the canary's, from bit `from` on, the highest first. */
static unsigned take_bits(const struct canary *canary, size_t from)
{
    unsigned bits = 0;

    for (size_t bit = from; bit < from + CHARACTER_BITS; bit++)
        bits =
            bits << 1 | (canary->bytes[bit / BYTE_BITS] >> (BYTE_BITS - 1 - bit % BYTE_BITS) & 1U);
    return bits;
}

/* Only those characters that hold nothing of the `behind` bytes before it, nor of what follows. */
static size_t encode_base64(const struct canary *canary, size_t behind, uint8_t *encoded)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t skipped = behind * BYTE_BITS;
    size_t count = 0;
    size_t from = (skipped + CHARACTER_BITS - 1) / CHARACTER_BITS * CHARACTER_BITS - skipped;

    for (; from + CHARACTER_BITS <= canary->size * BYTE_BITS; from += CHARACTER_BITS)
        encoded[count++] = (uint8_t)characters[take_bits(canary, from)];
    return count;
}

/* Its bytes in another order, or with other bits. */
static size_t encode_bytes(const struct canary *canary, enum canary_encoding encoding,
                           uint8_t *encoded)
{
    const size_t size =
        encoding == CANARY_SWAPPED ? canary->size / 2 * 2 : canary->size; /* whole pairs */

    for (size_t i = 0; i < size; i++) {
        const uint8_t *bytes = canary->bytes;

        encoded[i] = encoding == CANARY_REVERSED   ? bytes[size - 1 - i]
                     : encoding == CANARY_SWAPPED  ? bytes[i ^ 1]
                     : encoding == CANARY_INVERTED ? (uint8_t)~bytes[i]
                                                   : bytes[i];
    }
    return size;
}

size_t canary_encode(const struct canary *canary, enum canary_encoding encoding,
                     uint8_t encoded[CANARY_ENCODED_MAX])
{
    switch (encoding) {
    case CANARY_UTF16_LE:
        return encode_wide(canary, 0, encoded);
    case CANARY_UTF16_BE:
        return encode_wide(canary, 1, encoded);
    case CANARY_HEX_LOWER:
        return encode_hex(canary, "0123456789abcdef", encoded);
    case CANARY_HEX_UPPER:
        return encode_hex(canary, "0123456789ABCDEF", encoded);
    case CANARY_BASE64:
    case CANARY_BASE64_1:
    case CANARY_BASE64_2:
        return encode_base64(canary, (size_t)(encoding - CANARY_BASE64), encoded);
    default:
        return encode_bytes(canary, encoding, encoded);
    }
}

/* ---- search ---- */

bool canary_find(const struct canary *canary, const uint8_t *bytes, size_t size,
                 struct canary_hit *hit)
{
    for (int encoding = 0; encoding < CANARY_ENCODINGS; encoding++) {
        uint8_t encoded[CANARY_ENCODED_MAX];
        const size_t length = canary_encode(canary, (enum canary_encoding)encoding, encoded);
        const uint8_t *found = (canary->encodings & (1U << encoding)) != 0
                                   ? memmem(bytes, size, encoded, length)
                                   : NULL;

        if (found != NULL) {
            *hit = (struct canary_hit){canary, (enum canary_encoding)encoding,
                                       (size_t)(found - bytes)};
            return true;
        }
    }
    return false;
}

size_t canary_count(const struct canary_list *list, const uint8_t *bytes, size_t size,
                    struct canary_hit *first)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct canary_hit hit;

        if (!canary_find(&list->items[i], bytes, size, &hit))
            continue;
        if (count == 0)
            *first = hit;
        count++;
    }
    return count;
}

/* The encodings in which it is found, a bit for each. */
static unsigned find_encodings(const struct canary *canary, const struct canary_image *image)
{
    unsigned encodings = 0;

    for (int encoding = 0; encoding < CANARY_ENCODINGS; encoding++) {
        struct canary one = *canary;
        struct canary_hit hit;

        one.encodings = canary->encodings & 1U << encoding;
        if (canary_find(&one, image->bytes, image->size, &hit))
            encodings |= 1U << encoding;
    }
    return encodings;
}

size_t canary_count_encodings(const struct canary *canary, const uint8_t *bytes, size_t size)
{
    const struct canary_image image = {bytes, size};
    unsigned encodings = find_encodings(canary, &image);
    size_t count = 0;

    for (; encodings != 0; encodings >>= 1)
        count += encodings & 1;
    return count;
}

size_t canary_settle(struct canary_list *list, const struct canary_image *without,
                     const struct canary_image *with)
{
    size_t found = 0;
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct canary canary = list->items[i];
        const unsigned encodings = find_encodings(&canary, with);

        if (!canary.is_certain)
            canary.encodings = encodings & ~find_encodings(&canary, without);
        if (canary.encodings == 0)
            continue;
        found += encodings != 0;
        list->items[kept++] = canary;
    }
    list->count = kept;
    return found;
}

/* ---- making them ---- */

bool canary_add(struct canary_list *list, const char *name, const void *bytes, size_t size,
                bool is_certain)
{
    struct canary *canary;

    if (list->count == CANARIES_MAX || size < CANARY_SIZE_MIN || size > CANARY_SIZE_MAX)
        return false;
    canary = &list->items[list->count];
    *canary = (struct canary){.size = size, .is_certain = is_certain, .encodings = ALL_ENCODINGS};
    (void)snprintf(canary->name, sizeof canary->name, "%s", name);
    memcpy(canary->bytes, bytes, size);
    list->count++;
    return true;
}

void canary_make_text(uint64_t *random, char text[CANARY_TEXT + 1])
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    enum { LETTERS = 26 };

    for (size_t i = 0; i < CANARY_TEXT; i++)
        text[i] = characters[random_below(random, i == 0 ? LETTERS : sizeof characters - 1)];
    text[CANARY_TEXT] = '\0';
}

/* The numbers of a value, at most NUMBERS_MAX; returns how many. */
static size_t take_numbers(const char *value, unsigned numbers[NUMBERS_MAX])
{
    size_t count = 0;

    while (*value != '\0' && count < NUMBERS_MAX) {
        unsigned number = 0;
        unsigned digits = 0;

        if (!isdigit((unsigned char)*value)) {
            value++;
            continue;
        }
        for (; isdigit((unsigned char)*value) && digits < DIGITS_MAX; value++, digits++)
            number = number * 10 + (unsigned)(*value - '0');
        numbers[count++] = number;
    }
    return count;
}

/* Four numbers of a byte each, with dots between them and nothing else. */
static bool is_address(const char *value)
{
    unsigned octets[NUMBERS_MAX];
    unsigned dots = 0;

    if (take_numbers(value, octets) != OCTETS || !isdigit((unsigned char)value[0]))
        return false;
    for (const char *at = value; *at != '\0'; at++) {
        dots += *at == '.';
        if (!isdigit((unsigned char)*at) && (*at != '.' || !isdigit((unsigned char)at[1])))
            return false;
    }
    for (size_t i = 0; i < OCTETS; i++) {
        if (octets[i] > UINT8_MAX)
            return false;
    }
    return dots == OCTETS - 1;
}

bool canary_make_similar(const char *value, uint64_t *random, char similar[ADAPTER_TEXT])
{
    size_t used = 0;
    bool any = false;

    if (is_address(value)) {
        (void)snprintf(
            similar, ADAPTER_TEXT, "10.%u.%u.%u", 16 + (unsigned)random_below(random, 200),
            16 + (unsigned)random_below(random, 200), 16 + (unsigned)random_below(random, 200));
        return true;
    }
    while (*value != '\0' && used + DIGITS_MAX + 2 < ADAPTER_TEXT) {
        unsigned number = 0;
        unsigned digits = 0;

        if (!isdigit((unsigned char)*value)) {
            similar[used++] = *value++;
            continue;
        }
        for (; isdigit((unsigned char)*value) && digits < DIGITS_MAX; value++, digits++)
            number = number * 10 + (unsigned)(*value - '0');
        number += any ? 1 + (unsigned)random_below(random, STEP_MAX) : 1;
        used += (size_t)snprintf(similar + used, ADAPTER_TEXT - used, "%u", number);
        any = true;
    }
    similar[used] = '\0';
    return any;
}

static void add_numbers(struct canary_list *list, const char *name, const unsigned *numbers,
                        size_t count)
{
    uint8_t little[CANARY_SIZE_MAX];
    uint8_t big[CANARY_SIZE_MAX];

    for (size_t i = 0; i < count; i++) {
        if (numbers[i] > UINT16_MAX)
            return;
        little[2 * i] = big[2 * i + 1] = (uint8_t)numbers[i];
        little[2 * i + 1] = big[2 * i] = (uint8_t)(numbers[i] >> BYTE_BITS);
    }
    (void)canary_add(list, name, little, 2 * count, false);
    (void)canary_add(list, name, big, 2 * count, false);
}

void canary_add_value(struct canary_list *list, const char *name, const char *value)
{
    unsigned numbers[NUMBERS_MAX];
    const size_t count = take_numbers(value, numbers);

    if (is_address(value)) {
        const uint8_t octets[OCTETS] = {(uint8_t)numbers[0], (uint8_t)numbers[1],
                                        (uint8_t)numbers[2], (uint8_t)numbers[3]};

        (void)canary_add(list, name, octets, sizeof octets, false);
    } else if (count >= NUMBERS_MIN) {
        add_numbers(list, name, numbers, count);
    }
    if (count >= NUMBERS_MIN && strlen(value) >= TEXT_MIN && strlen(value) <= CANARY_SIZE_MAX)
        (void)canary_add(list, name, value, strlen(value), false);
}
