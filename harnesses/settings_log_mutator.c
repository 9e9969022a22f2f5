#include "settings_log_mutator.h"

#include "byte_order.h"
#include "fault.h"
#include "settings_codec.h"
#include "settings_log_input.h"
#include "step_mutator.h"

#include <string.h>

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0,    1,    2,    7,      8,      15,     16,
                                      30,   49,   50,   120,    156,    300,    1439,
                                      1440, 4095, 4096, 0x4154, 0x5345, 0x7FFF, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

static void place_bytes(struct random *random, struct generated_step *step)
{
    size_t length = PLACE_BYTES_HEADER + 1U + random_below(random, 64);

    generated_step_begin(step, PLACE_BYTES, length);
    step->body[0] = (uint8_t)random_below(random, 2);
    put_le16(step->body + 1, (uint16_t)(random_below(random, 8192) & ~7U));
    memset(step->body + PLACE_BYTES_HEADER,
           random_chance(random, 50) ? 0 : (int)random_next(random), length - PLACE_BYTES_HEADER);
}

/* A record of settings that are usually in range, usually with a sequence like its neighbours'. */
static void place_record(struct random *random, struct generated_step *step)
{
    struct settings settings;

    generated_step_begin(step, PLACE_RECORD, PLACE_RECORD_HEADER + SETTINGS_RECORD_SIZE);
    put_le16(step->body, (uint16_t)random_below(random, 46));
    put_le32(step->body + 2, random_chance(random, 90)
                                 ? (uint32_t)(1U + random_below(random, 60))
                                 : (uint32_t)((random_chance(random, 50) ? 0x7FFFFFFDU : 0xFFFDU) +
                                              random_below(random, 6)));
    step->body[6] = (uint8_t)random_below(random, 3);
    settings_defaults(&settings);
    settings.set_point = (int16_t)(SETTINGS_MIN_SET_POINT + random_below(random, 250));
    settings_encode(&settings, step->body + PLACE_RECORD_HEADER);
    if (random_chance(random, 20)) {
        size_t at = PLACE_RECORD_HEADER + random_below(random, SETTINGS_RECORD_SIZE);
        step->body[at] = (uint8_t)random_next(random);
    }
}

static void change_setting(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, CHANGE_SETTING, 3);
    step->body[0] = (uint8_t)(1U + random_below(random, 4));
    put_le16(step->body + 1, (uint16_t)random_below(random, 310));
}

static void next_fault(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, NEXT_FAULT, 4);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    step->body[2] = (uint8_t)random_below(random, 4);
    step->body[3] = (uint8_t)random_below(random, 24);
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 15) {
        place_bytes(random, &steps[0]);
    } else if (roll < 35) {
        place_record(random, &steps[0]);
    } else if (roll < 60) {
        change_setting(random, &steps[0]);
    } else if (roll < 75) {
        next_fault(random, &steps[0]);
        change_setting(random, &steps[1]);
        return 2;
    } else if (roll < 90) {
        generated_step_begin(&steps[0], COUNT_ATTEMPT, 1);
        steps[0].body[0] = (uint8_t)random_below(random, 2);
    } else {
        generated_step_begin(&steps[0], START_AGAIN, 0);
    }
    return 1;
}

/* Records that fill a sector to its end, so that the next change has to erase. */
static size_t generate_full_sector(struct random *random, struct generated_step *steps)
{
    place_record(random, &steps[0]);
    put_le16(steps[0].body, (uint16_t)(random_chance(random, 50) ? 21 : 43));
    put_le32(steps[0].body + 2, 61);
    next_fault(random, &steps[1]);
    change_setting(random, &steps[2]);
    return 3;
}

size_t settings_log_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_full_sector, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
