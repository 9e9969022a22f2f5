#include "boot_state_mutator.h"

#include "boot_state_input.h"
#include "byte_order.h"
#include "fault.h"
#include "image.h"
#include "step_mutator.h"

#include <string.h>

/* As in a record of boot_state.h. */
#define RECORD_SIZE 20U
enum { AT_ACTIVE = 2, AT_TRIAL = 3, AT_COUNTER = 4, AT_EPOCH = 8, AT_ERASE_PENDING = 12 };

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {
        0,  1,   2,   3,   4,    5,  7,  8,    16,   40,   47,     48,     0x80,   84,     85,
        86, 169, 170, 300, 4095, 64, 63, 4096, 8191, 8192, 0x4253, 0x7FFF, 0xFFFF, 0x5348, 128};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

/* Counters that lie close together, so that images are older, equal and newer. */
static uint32_t some_counter(struct random *random)
{
    if (random_chance(random, 3)) {
        return 0xFFFFFFFFU - (uint32_t)random_below(random, 2);
    }
    return (uint32_t)(3U + random_below(random, 4));
}

static void place_bytes(struct random *random, struct generated_step *step)
{
    size_t length = BOOT_PLACE_BYTES_HEADER + 1U + random_below(random, 64);

    generated_step_begin(step, BOOT_PLACE_BYTES, length);
    put_le16(step->body, (uint16_t)(random_below(random, 8192) & ~7U));
    memset(step->body + BOOT_PLACE_BYTES_HEADER,
           random_chance(random, 50) ? 0 : (int)random_below(random, 256),
           length - BOOT_PLACE_BYTES_HEADER);
}

static void place_record(struct random *random, struct generated_step *step)
{
    uint8_t *record;

    generated_step_begin(step, BOOT_PLACE_RECORD, BOOT_PLACE_RECORD_HEADER + RECORD_SIZE);
    record = step->body + BOOT_PLACE_RECORD_HEADER;
    put_le16(step->body, (uint16_t)(random_chance(random, 50) ? 83U + random_below(random, 2)
                                                              : random_below(random, 171)));
    put_le32(step->body + 2, random_chance(random, 95)
                                 ? (uint32_t)(1U + random_below(random, 60))
                                 : (0x7FFFFFFDU + (uint32_t)random_below(random, 5)));
    step->body[6] = (uint8_t)(random_chance(random, 60) ? 2U : random_below(random, 3));
    put_le16(record, 1);
    record[AT_ACTIVE] = (uint8_t)random_below(random, 2);
    record[AT_TRIAL] = (uint8_t)random_below(random, 3);
    put_le32(record + AT_COUNTER, some_counter(random));
    put_le32(record + AT_EPOCH, (uint32_t)random_below(random, 3));
    record[AT_ERASE_PENDING] = random_chance(random, 20) ? 1 : 0;
    if (random_chance(random, 10)) {
        record[random_below(random, RECORD_SIZE)] = (uint8_t)random_next(random);
    }
}

static enum boot_image some_image(struct random *random)
{
    enum boot_image what = (enum boot_image)random_below(random, BOOT_IMAGE_COUNT);

    if (random_chance(random, 60)) {
        what = BOOT_IMAGE_GENUINE;
    } else if (what == BOOT_IMAGE_LONGEST && random_chance(random, 90)) {
        what = BOOT_IMAGE_BODY; /* a slot that is full takes a hundred times as long to hash */
    }
    return what;
}

static void place_image(struct random *random, struct generated_step *step)
{
    static const uint8_t start[] = {'H', 'R', 'T', 'I', 1, 0, 128, 0};
    const enum boot_image what = some_image(random);
    const size_t bytes = what == BOOT_IMAGE_BYTES ? IMAGE_HEADER_SIZE : 2U;

    generated_step_begin(step, BOOT_PLACE_IMAGE, BOOT_PLACE_IMAGE_HEADER + bytes);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)what;
    put_le32(step->body + 2, some_counter(random));
    if (what == BOOT_IMAGE_BYTES) {
        memcpy(step->body + BOOT_PLACE_IMAGE_HEADER, start, sizeof start);
    } else {
        put_le16(step->body + BOOT_PLACE_IMAGE_HEADER, (uint16_t)random_next(random));
    }
}

static void next_fault(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, BOOT_NEXT_FAULT, 4);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    step->body[2] = (uint8_t)random_below(random, 4);
    step->body[3] = (uint8_t)random_below(random, 8);
}

static void single(struct random *random, struct generated_step *step)
{
    static const uint8_t kinds[] = {BOOT_START, BOOT_START, BOOT_CONFIRM, BOOT_ACTIVATE};

    generated_step_begin(step, kinds[random_below(random, sizeof kinds)], 1);
    step->body[0] = (uint8_t)random_below(random, 2);
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 6) {
        place_bytes(random, &steps[0]);
    } else if (roll < 22) {
        place_record(random, &steps[0]);
    } else if (roll < 48) {
        place_image(random, &steps[0]);
    } else if (roll < 75) {
        single(random, &steps[0]);
    } else {
        next_fault(random, &steps[0]);
        single(random, &steps[1]);
        return 2;
    }
    return 1;
}

/* Two slots, the state, and a start: what most histories begin with. */
static size_t generate_situation(struct random *random, struct generated_step *steps)
{
    place_record(random, &steps[0]);
    place_image(random, &steps[1]);
    steps[1].body[0] = 0;
    place_image(random, &steps[2]);
    steps[2].body[0] = 1;
    generated_step_begin(&steps[3], BOOT_START, 0);
    return 4;
}

size_t boot_state_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_situation, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
