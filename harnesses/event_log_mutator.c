#include "event_log_mutator.h"

#include "byte_order.h"
#include "event_log.h"
#include "event_log_input.h"
#include "fault.h"
#include "step_mutator.h"

#include <string.h>

#define SLOTS 204U /* of an area */

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0,    1,    2,    3,    7,      8,      9,      39,    40,
                                      47,   101,  102,  103,  203,    204,    205,    4080,  4095,
                                      4096, 4097, 8160, 8191, 0x4556, 0x4555, 0x7FFF, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

static void place_bytes(struct random *random, struct generated_step *step)
{
    size_t length = LOG_PLACE_BYTES_HEADER + 1U + random_below(random, 48);

    generated_step_begin(step, LOG_PLACE_BYTES, length);
    step->body[0] = (uint8_t)random_below(random, 2);
    put_le16(step->body + 1, (uint16_t)(random_below(random, 8192) & ~7U));
    memset(step->body + LOG_PLACE_BYTES_HEADER,
           random_chance(random, 50) ? 0 : (int)random_next(random),
           length - LOG_PLACE_BYTES_HEADER);
}

/* A record whose number and sequence are usually like its neighbours'. */
static void place_record(struct random *random, struct generated_step *step)
{
    const bool users = random_chance(random, 40);
    const uint32_t place = (uint32_t)random_below(random, SLOTS);
    uint8_t *payload = step->body + LOG_PLACE_RECORD_HEADER;

    generated_step_begin(step, LOG_PLACE_RECORD,
                         LOG_PLACE_RECORD_HEADER +
                             (users ? LOG_USER_RECORD_SIZE : LOG_EVENT_RECORD_SIZE));
    step->body[0] = users ? 1 : 0;
    put_le16(step->body + 1, (uint16_t)place);
    put_le32(step->body + 3, random_chance(random, 95)
                                 ? place + 1U
                                 : 0x7FFFFFFDU + (uint32_t)random_below(random, 6));
    step->body[7] = (uint8_t)random_below(random, 3);
    put_le32(payload, random_chance(random, 95) ? place + (uint32_t)random_below(random, 3)
                                                : 0x7FFFFFFEU + (uint32_t)random_below(random, 4));
    payload[4] = (uint8_t)random_below(random, users ? 4 : EVENT_ERASED + 2U);
    put_le32(payload + 8, random_next(random));
}

static void add_events(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, LOG_ADD, LOG_ADD_SIZE);
    step->body[0] = (uint8_t)random_below(random, EVENT_ERASED);
    put_le32(step->body + 1, random_next(random));
    step->body[5] = (uint8_t)random_below(random, 3);
    put_le32(step->body + 6, random_next(random));
    step->body[10] =
        (uint8_t)(random_chance(random, 70) ? random_below(random, 3) : random_next(random));
}

static void next_fault(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, LOG_FAULT, 4);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    step->body[2] = (uint8_t)random_below(random, random_chance(random, 80) ? 6 : 200);
    step->body[3] = (uint8_t)random_next(random);
}

static void read_events(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, LOG_READ, 2);
    put_le16(step->body, (uint16_t)random_below(random, random_chance(random, 70) ? 12 : 220));
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 6) {
        place_bytes(random, &steps[0]);
    } else if (roll < 20) {
        place_record(random, &steps[0]);
    } else if (roll < 50) {
        add_events(random, &steps[0]);
    } else if (roll < 65) {
        next_fault(random, &steps[0]);
        add_events(random, &steps[1]);
        return 2;
    } else if (roll < 80) {
        read_events(random, &steps[0]);
    } else if (roll < 88) {
        generated_step_begin(&steps[0], LOG_ERASE, 0);
    } else if (roll < 93) {
        next_fault(random, &steps[0]);
        generated_step_begin(&steps[1], random_chance(random, 50) ? LOG_ERASE : LOG_RESTART, 0);
        return 2;
    } else {
        generated_step_begin(&steps[0], LOG_RESTART, 0);
    }
    return 1;
}

/* Events up to about the end of a sector; then a fault, and one more. */
static size_t generate_full_sector(struct random *random, struct generated_step *steps)
{
    add_events(random, &steps[0]);
    steps[0].body[10] = LOG_MAX_REPEAT - 1U;
    add_events(random, &steps[1]);
    steps[1].body[10] = (uint8_t)random_below(random, LOG_MAX_REPEAT);
    next_fault(random, &steps[2]);
    add_events(random, &steps[3]);
    return 4;
}

size_t event_log_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_full_sector, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
