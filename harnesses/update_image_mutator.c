#include "update_image_mutator.h"

#include "byte_order.h"
#include "flash_model.h"
#include "image.h"
#include "step_mutator.h"
#include "update_image_input.h"

#include <string.h>

#define SLOT_SIZE (FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE)

/* What a header holds: where, and values on the limits of it. */
static const struct field {
    uint8_t place;
    uint32_t values[8];
} fields[] = {
    {0, {IMAGE_MAGIC, IMAGE_MAGIC + 1U, 0, 0xFFFFFFFFU, IMAGE_MAGIC, IMAGE_PRODUCT, 1, 2}},
    {4,
     {0x00800001U, 0x00800002U, 0x00810001U, 0x007F0001U, 0x00800001U, 0x00000001U, 0x00800000U,
      0xFFFF0001U}},
    {8, {IMAGE_PRODUCT, IMAGE_PRODUCT + 1U, IMAGE_PRODUCT - 1U, 0, 0xFFFFFFFFU, IMAGE_MAGIC, 1, 2}},
    {12,
     {13U * FLASH_SECTOR_SIZE, 29U * FLASH_SECTOR_SIZE, 0, 0xFFFFFFFFU,
      13U * FLASH_SECTOR_SIZE + 1U, 45U * FLASH_SECTOR_SIZE, FLASH_SECTOR_SIZE, 0x80000000U}},
    {16,
     {0, 1, SLOT_SIZE, SLOT_SIZE - IMAGE_HEADER_SIZE, SLOT_SIZE - IMAGE_HEADER_SIZE + 1U,
      0xFFFFFFFFU, 0xFFFFFFFFU - IMAGE_HEADER_SIZE + 1U, 0x80000000U}},
    {24, {0, 1, 2, 3, 4, 5, 0xFFFFFFFFU, 0x7FFFFFFFU}},
    {28, {0, 1, 0x01000000U, 0xFFFFFFFFU, 0, 0, 0, 0}},
    {44, {0, 1, 0x01000000U, 0xFFFFFFFFU, 0, 0, 0, 0}},
    {56, {0, 1, 0x01000000U, 0xFFFFFFFFU, 0, 0, 0, 0}},
    {60, {0, 1, 0x01000000U, 0xFFFFFFFFU, 0, 0, 0, 0}},
};

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0,  1,  2,   3,   4,   8,   12,   16,   20,    24,    28,
                                      60, 63, 64,  65,  127, 128, 511,  512,  513,   1024,  4095,
                                      96, 95, 256, 300, 128, 129, 4096, 4097, 65407, 65408, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

/* Bodies are short, and of few kinds, so that signatures are found in the cache. */
static void build(struct random *random, struct generated_step *step)
{
    static const uint16_t lengths[] = {1, 300, 512, 513};

    generated_step_begin(step, UPDATE_IMAGE_BUILD, UPDATE_IMAGE_BUILD_LENGTH);
    step->body[0] = (uint8_t)random_below(random, 2);
    put_le32(step->body + 1, (uint32_t)random_below(random, 4));
    put_le32(step->body + 5, IMAGE_VERSION(1, 0, 0));
    put_le16(step->body + 9, random_chance(random, 3)
                                 ? (uint16_t)(SLOT_SIZE - IMAGE_HEADER_SIZE)
                                 : lengths[random_below(random, sizeof lengths / sizeof *lengths)]);
    if (random_chance(random, 5)) {
        step->step.options = UPDATE_IMAGE_OTHER_KEY;
    }
}

static void claim(struct random *random, struct generated_step *step)
{
    const struct field *field = &fields[random_below(random, sizeof fields / sizeof *fields)];

    generated_step_begin(step, UPDATE_IMAGE_CLAIM, 5);
    step->body[0] = field->place;
    put_le32(step->body + 1, random_chance(random, 95) ? field->values[random_below(random, 8)]
                                                       : random_next(random));
}

static void alter(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPDATE_IMAGE_ALTER, 2);
    step->body[0] = (uint8_t)random_below(random, IMAGE_HEADER_SIZE);
    step->body[1] = (uint8_t)(1U << random_below(random, 8));
}

static void change_body(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPDATE_IMAGE_BODY, 3);
    put_le16(step->body, limit_number(random));
    step->body[2] = (uint8_t)random_below(random, 4);
}

static void raw(struct random *random, struct generated_step *step)
{
    static const uint8_t start[] = {'H', 'R', 'T', 'I', 1, 0, 128, 0, 'H', 'R', 'T', '1'};

    generated_step_begin(step, UPDATE_IMAGE_RAW, IMAGE_HEADER_SIZE);
    memcpy(step->body, start, sizeof start);
    step->body[random_below(random, IMAGE_HEADER_SIZE)] = (uint8_t)random_below(random, 4);
    step->step.options = random_chance(random, 70) ? UPDATE_IMAGE_SIGNED : 0;
}

static void stored(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPDATE_IMAGE_STORED, 4);
    put_le32(step->body, random_chance(random, 90)
                             ? (uint32_t)random_below(random, 4)
                             : 0xFFFFFFFFU - (uint32_t)random_below(random, 2));
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 35) {
        build(random, &steps[0]);
    } else if (roll < 60) {
        claim(random, &steps[0]);
    } else if (roll < 68) {
        alter(random, &steps[0]);
    } else if (roll < 76) {
        change_body(random, &steps[0]);
    } else if (roll < 80) {
        raw(random, &steps[0]);
    } else if (roll < 90) {
        stored(random, &steps[0]);
    } else {
        generated_step_begin(&steps[0], UPDATE_IMAGE_JUDGE, 1);
        steps[0].body[0] = (uint8_t)random_below(random, 2);
    }
    return 1;
}

/* A signed image with at most one claim that may be wrong, judged. */
static size_t generate_image(struct random *random, struct generated_step *steps)
{
    stored(random, &steps[0]);
    build(random, &steps[1]);
    claim(random, &steps[2]);
    generated_step_begin(&steps[3], UPDATE_IMAGE_JUDGE, 1);
    steps[3].body[0] = steps[1].body[0];
    return 4;
}

size_t update_image_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_image, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
