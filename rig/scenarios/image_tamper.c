#include "scenarios/image_tamper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static const char *const names[TAMPER_KINDS] = {
    [TAMPER_HEAD] = "head", [TAMPER_BODY] = "body",   [TAMPER_TAIL] = "tail",
    [TAMPER_LAST] = "last", [TAMPER_SHORT] = "short", [TAMPER_LONG] = "long",
};

const char *tamper_name(enum tamper_kind kind)
{
    return names[kind];
}

bool tamper_find(const char *name, enum tamper_kind *kind)
{
    for (size_t i = 0; i < TAMPER_KINDS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *kind = (enum tamper_kind)i;
            return true;
        }
    }
    return false;
}

void image_flip(struct file_content *image, size_t at, uint64_t *random, char what[TAMPER_WHAT])
{
    const unsigned bit = (unsigned)random_below(random, 8);

    image->bytes[at] ^= (uint8_t)(1u << bit);
    (void)snprintf(what, TAMPER_WHAT, "bit %u of byte %zu of %zu is turned", bit, at, image->size);
}

static int lengthen(struct file_content *image, uint64_t *random, char what[TAMPER_WHAT])
{
    const size_t more = 1 + (size_t)random_below(random, TAMPER_MORE);
    uint8_t *longer = realloc(image->bytes, image->size + more + 1);

    if (longer == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < more; i++) {
        longer[image->size + i] = (uint8_t)random_next(random);
    }
    image->bytes = longer;
    image->size += more;
    image->bytes[image->size] = 0;
    (void)snprintf(what, TAMPER_WHAT, "%zu bytes follow its end", more);
    return RIG_OK;
}

/* One time in two it is one byte, which a length that is rounded hides. */
static void shorten(struct file_content *image, uint64_t *random, char what[TAMPER_WHAT])
{
    const uint64_t half = image->size / 2;
    const size_t less = random_below(random, 2) == 0 ? 1 : 1 + (size_t)random_below(random, half);

    image->size -= less;
    (void)snprintf(what, TAMPER_WHAT, "its last %zu bytes are missing", less);
}

int image_tamper(struct file_content *image, enum tamper_kind kind, uint64_t *random,
                 char what[TAMPER_WHAT], struct diagnostic *diagnostic)
{
    const size_t size = image->size;

    if (size < TAMPER_SIZE_MIN)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "an update image of %zu bytes is none", size);
    switch (kind) {
    case TAMPER_HEAD:
        image_flip(image, (size_t)random_below(random, TAMPER_HEAD_SIZE), random, what);
        return RIG_OK;
    case TAMPER_TAIL:
        image_flip(image, size - 1 - (size_t)random_below(random, TAMPER_TAIL_SIZE), random, what);
        return RIG_OK;
    case TAMPER_LAST:
        image_flip(image, size - 1, random, what);
        return RIG_OK;
    case TAMPER_SHORT:
        shorten(image, random, what);
        return RIG_OK;
    case TAMPER_LONG:
        return lengthen(image, random, what);
    case TAMPER_BODY:
    default:
        image_flip(image, TAMPER_HEAD_SIZE + (size_t)random_below(random, size - TAMPER_HEAD_SIZE),
                   random, what);
        return RIG_OK;
    }
}
