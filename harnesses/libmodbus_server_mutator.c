#include "libmodbus_server_mutator.h"

#include "byte_order.h"
#include "history.h"
#include "libmodbus_server_input.h"
#include "step_mutator.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_SIZE                                                                                 \
    400U /* bytes; longer inputs are possible, that they are rare keeps the fuzzer fast */

/* One input in so many may be judged strictly (SETUP_STRICT_KEY). */
#define STRICT_ONE_IN           50000U
#define STRICT_ONE_IN_UNGUARDED 20U

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {
        0,    1,    2,    7,    8,    9,      15,     16,     17,     99,     100,   121,   122,
        123,  124,  125,  126,  127,  128,    246,    247,    250,    255,    256,   0x130, 1968,
        1969, 2000, 2001, 2047, 2048, 0x7FFF, 0x8000, 0xFF00, 0xFFF0, 0xFFFE, 0xFFFF};

    return random_chance(random, 10) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

/* An address near the first ones that the tables of the mapping offer. */
static uint16_t address(struct random *random)
{
    static const uint16_t firsts[] = {0, 1, 100, 0x130, 0x7FFF, 0x8000, 0xFFF0, 0xFFFF};

    if (random_chance(random, 20)) {
        return limit_number(random);
    }
    return (uint16_t)(firsts[random_chance(random, 60) ? 0 : random_below(random, 8)] +
                      random_below(random, 18));
}

static uint16_t quantity(struct random *random)
{
    return random_chance(random, 60) ? (uint16_t)(1U + random_below(random, 16))
                                     : limit_number(random);
}

/* A byte count that usually fits, and as many values as it says. */
static size_t add_values(struct random *random, uint8_t *count, size_t needed)
{
    size_t bytes = needed <= 250U ? needed : random_below(random, 256);

    if (random_chance(random, 15)) {
        bytes =
            random_chance(random, 50) ? bytes + random_below(random, 3) : random_below(random, 256);
    }
    *count = (uint8_t)bytes;
    bytes = *count;
    for (size_t i = 0; i < bytes; i++) {
        count[1U + i] = (uint8_t)random_next(random);
    }
    return 1U + bytes;
}

static size_t fill_pdu(struct random *random, uint8_t function, uint8_t *pdu)
{
    const uint16_t number = quantity(random);

    pdu[0] = function;
    put_be16(pdu + 1, address(random));
    put_be16(pdu + 3, number);
    switch (function) {
    case 5:
        put_be16(pdu + 3, random_chance(random, 80) ? (uint16_t)(random_below(random, 2) * 0xFF00U)
                                                    : number);
        return 5;
    case 15:
        return 5U + add_values(random, pdu + 5, (number + 7U) / 8U);
    case 16:
        return 5U + add_values(random, pdu + 5, 2U * (size_t)number);
    case 22:
        put_be16(pdu + 5, (uint16_t)random_next(random));
        return 7;
    case 23: {
        const uint16_t written = quantity(random);

        put_be16(pdu + 5, address(random));
        put_be16(pdu + 7, written);
        return 9U + add_values(random, pdu + 9, 2U * (size_t)written);
    }
    default:
        return function <= 6 ? 5 : 1;
    }
}

static void request(struct random *random, struct generated_step *step)
{
    static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 15, 15, 16, 16, 17, 22, 23, 23};
    const uint8_t function = random_chance(random, 93)
                                 ? functions[random_below(random, sizeof functions)]
                                 : (uint8_t)random_next(random);

    generated_step_begin(step, PEER_REQUEST, 0);
    step->step.length = fill_pdu(random, function, step->body);
    if (random_chance(random, 10)) {
        step->step.options = HISTORY_SPLIT;
    }
    if (random_chance(random, 10)) {
        const uint8_t one = (uint8_t)(PEER_BROADCAST << random_below(random, 4));

        step->step.options = (uint8_t)(step->step.options | one);
    }
}

/* A whole request as raw bytes with something wrong in its framing. */
static void bytes(struct random *random, struct generated_step *step)
{
    uint8_t *body = step->body;

    generated_step_begin(step, PEER_BYTES, 1U + random_below(random, 20));
    for (size_t i = 0; i < step->step.length; i++) {
        body[i] = (uint8_t)random_next(random);
    }
    if (random_chance(random, 60) && step->step.length >= 8) {
        put_be16(body + 2, 0);
        put_be16(body + 4, random_chance(random, 50) ? (uint16_t)(step->step.length - 6U)
                                                     : limit_number(random));
        body[7] = (uint8_t)(1U + random_below(random, 23));
    }
}

static void event(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, LINK_EVENT, 2);
    step->body[0] = (uint8_t)random_below(random, LINK_EVENT_COUNT);
    step->body[1] = (uint8_t)random_below(random, 12);
}

static void silence(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, PEER_SILENCE, 2);
    put_le16(step->body, (uint16_t)random_below(random, 2500));
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    const size_t roll = random_below(random, 100);

    if (roll < 80) {
        request(random, &steps[0]);
    } else if (roll < 86) {
        bytes(random, &steps[0]);
    } else if (roll < 94) {
        event(random, &steps[0]);
    } else {
        silence(random, &steps[0]);
    }
    return 1;
}

/* What makes the next request come in a difficult moment. */
static size_t generate_trouble(struct random *random, struct generated_step *steps)
{
    event(random, &steps[0]);
    request(random, &steps[1]);
    return 2;
}

static void setup(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, SERVER_SETUP, SETUP_LENGTH);
    for (size_t i = 0; i < SETUP_LENGTH; i++) {
        step->body[i] = (uint8_t)random_next(random);
    }
    /* Usually an area begins at 0 and has 16 values, usually there is no recovery. */
    for (size_t i = SETUP_FIRST_AREA; i < SETUP_STRICT; i++) {
        step->body[i] = random_chance(random, 60) ? 0 : step->body[i];
    }
    if (random_chance(random, 60)) {
        step->body[SETUP_FLAGS] &= SETUP_RTU | SETUP_ROOMY;
    }
}

/* Puts a setup first, in place of one that is there. */
static size_t replace_setup(struct random *random, uint8_t *data, size_t size, size_t max_size)
{
    struct generated_step made;
    struct history_step first;
    size_t behind = 0;
    size_t length = HISTORY_STEP_HEADER + SETUP_LENGTH;
    size_t used = 0;

    setup(random, &made);
    if (!history_next(data, size, &behind, &first) || (unsigned)first.kind != SERVER_SETUP) {
        behind = 0;
    }
    if (length > max_size) {
        return size;
    }
    if (size - behind > max_size - length) {
        size = max_size - length + behind;
    }
    memmove(data + length, data + behind, size - behind);
    /* There is room. */
    (void)history_append(data, &used, max_size, &made.step);
    return length + (size - behind);
}

/*
 * LIBMODBUS_SERVER_GUARD in the environment: "all" for measurements, which have no use for findings;
 * "off" to see the known defects.
 */
static size_t strict_one_in(void)
{
    static size_t one_in = 0;

    if (one_in == 0) {
        const char *guard = getenv("LIBMODBUS_SERVER_GUARD");

        one_in = STRICT_ONE_IN;
        if (guard != NULL && strcmp(guard, "all") == 0) {
            one_in = SIZE_MAX;
        } else if (guard != NULL && strcmp(guard, "off") == 0) {
            one_in = STRICT_ONE_IN_UNGUARDED;
        }
    }
    return one_in;
}

static void set_strict(struct random *random, uint8_t *data, size_t size)
{
    const size_t one_in = strict_one_in();
    struct history_step first;
    size_t position = 0;

    if (history_next(data, size, &position, &first) && (unsigned)first.kind == SERVER_SETUP &&
        first.length >= SETUP_LENGTH) {
        const bool strict = one_in != SIZE_MAX && random_below(random, one_in) == 0;

        put_be16(data + (first.body - data) + SETUP_STRICT, strict ? SETUP_STRICT_KEY : 0);
    }
}

size_t libmodbus_server_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_trouble, .number = limit_number};
    struct random random = random_from(seed ^ 0x6C6D6221U);

    if (max_size > USUAL_SIZE && !random_chance(&random, 5)) {
        max_size = USUAL_SIZE;
    }
    size = size < max_size ? size : max_size;
    if (random_chance(&random, 12)) {
        size = replace_setup(&random, data, size, max_size);
    } else {
        size = step_mutate(&source, data, size, max_size, seed);
    }
    set_strict(&random, data, size);
    return size;
}
