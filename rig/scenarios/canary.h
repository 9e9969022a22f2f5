/**
 * Canaries: data that a trial gives to a device as a user's, and looks for in its flash after an erase,
 * plain and in the encodings in which firmware keeps data. Pure functions.
 */
#ifndef RIG_SCENARIOS_CANARY_H
#define RIG_SCENARIOS_CANARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/adapter.h"

enum {
    CANARY_SIZE_MIN = 4, /**< bytes; of less, chance finds too many */
    CANARY_SIZE_MAX = 48,
    CANARY_NAME = 48,
    CANARY_TEXT = 16, /**< random characters of one that is text */
    CANARY_ENCODED_MAX = 2 * CANARY_SIZE_MAX,
    CANARIES_MAX = 64,
};

/** How it may stand in flash. */
enum canary_encoding {
    CANARY_PLAIN,
    CANARY_UTF16_LE,
    CANARY_UTF16_BE,
    CANARY_HEX_LOWER,
    CANARY_HEX_UPPER,
    CANARY_BASE64, /**< RFC 4648, and so the next two: behind 0, 1 or 2 bytes of something else */
    CANARY_BASE64_1,
    CANARY_BASE64_2,
    CANARY_REVERSED, /**< the last byte first */
    CANARY_SWAPPED,  /**< the bytes of each pair swapped */
    CANARY_INVERTED, /**< each bit */
    CANARY_ENCODINGS,
};

struct canary {
    char name[CANARY_NAME]; /**< what it is: a setting's name, "password", "address" */
    uint8_t bytes[CANARY_SIZE_MAX];
    size_t size;
    bool is_certain;    /**< looks like nothing else: random, and long */
    unsigned encodings; /**< that are looked for, a bit for each */
};

struct canary_list {
    struct canary items[CANARIES_MAX];
    size_t count;
};

/** Where one was found. */
struct canary_hit {
    const struct canary *canary;
    enum canary_encoding encoding;
    size_t at;
};

/** "plain", "UTF-16 LE" ... */
const char *canary_encoding_name(enum canary_encoding encoding);

/** Writes the bytes that stand for it; returns how many. */
size_t canary_encode(const struct canary *canary, enum canary_encoding encoding,
                     uint8_t encoded[CANARY_ENCODED_MAX]);

/** Looks for one in each of its encodings. */
bool canary_find(const struct canary *canary, const uint8_t *bytes, size_t size,
                 struct canary_hit *hit);

/** How many of the list are found; *first is the first one, if any. */
size_t canary_count(const struct canary_list *list, const uint8_t *bytes, size_t size,
                    struct canary_hit *first);

/** Adds one of `size` bytes (CANARY_SIZE_MIN to CANARY_SIZE_MAX). False: no room, or another size. */
bool canary_add(struct canary_list *list, const char *name, const void *bytes, size_t size,
                bool is_certain);

/** In how many of its encodings it is found. */
size_t canary_count_encodings(const struct canary *canary, const uint8_t *bytes, size_t size);

/** A flash image. */
struct canary_image {
    const uint8_t *bytes;
    size_t size;
};

/**
 * Keeps of the less certain ones those that are in the flash of `with`, which has the user's data,
 * and not in that of `without`, which has not yet; and these only in the encodings that they were found
 * in. Returns how many of all that are kept are found in `with`.
 */
size_t canary_settle(struct canary_list *list, const struct canary_image *without,
                     const struct canary_image *with);

/** Random text of lower case letters and digits that begins with a letter: a name, or a host's. */
void canary_make_text(uint64_t *random, char text[CANARY_TEXT + 1]);

/**
 * Another value of the same form: each number in `value` a little greater, four numbers that are an
 * IPv4 address a private one. False when there is no number.
 */
bool canary_make_similar(const char *value, uint64_t *random, char similar[ADAPTER_TEXT]);

/**
 * Adds what a value of several numbers is likely to be in flash: 16 bits for each, in either byte
 * order, or a byte for each of four numbers with dots between them; and its text. Less certain ones.
 */
void canary_add_value(struct canary_list *list, const char *name, const char *value);

#endif
