#include "erase_state_mutator.h"

#include "boot_state.h"
#include "byte_order.h"
#include "erase_state_input.h"
#include "fault.h"
#include "settings_codec.h"
#include "step_mutator.h"

#include <string.h>

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0,    1,    2,    3,    7,      8,      15,     16,     21,
                                      22,   44,   62,   63,   102,    0x5342, 0x5345, 0x5545, 4088,
                                      4095, 4096, 4104, 8191, 0x00FF, 0x7FFF, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

static void place_bytes(struct random *random, struct generated_step *step)
{
    size_t length = ERASE_PLACE_BYTES_HEADER + 1U + random_below(random, 48);

    generated_step_begin(step, ERASE_PLACE_BYTES, length);
    step->body[0] = (uint8_t)random_below(random, ERASE_AREAS);
    put_le16(step->body + 1, (uint16_t)(random_below(random, 8192) & ~7U));
    memset(step->body + ERASE_PLACE_BYTES_HEADER,
           random_chance(random, 50) ? 0 : (int)random_next(random),
           length - ERASE_PLACE_BYTES_HEADER);
}

static size_t encode_boot_state(struct random *random, uint8_t *payload)
{
    const struct boot_state state = {.active = (enum image_slot)random_below(random, 2),
                                     .trial = (enum boot_trial)random_below(random, 3),
                                     .security_counter = (uint32_t)random_below(random, 9),
                                     .unlock_epoch = (uint32_t)random_below(random, 9),
                                     .erase_pending = random_chance(random, 50)};

    boot_state_encode(&state, payload);
    return BOOT_STATE_RECORD_SIZE;
}

static size_t encode_settings(struct random *random, uint8_t *payload)
{
    struct settings settings;

    settings_defaults(&settings);
    settings.set_point = (int16_t)(SETTINGS_MIN_SET_POINT + random_below(random, 250));
    settings_encode(&settings, payload);
    return SETTINGS_RECORD_SIZE;
}

static void place_record(struct random *random, struct generated_step *step)
{
    const uint8_t area = (uint8_t)random_below(random, ERASE_AREAS);
    const uint16_t slot = (uint16_t)random_below(random, area == 0 ? 46 : 146);
    uint8_t payload[SETTINGS_RECORD_SIZE] = {0};
    size_t length = 12;

    if (area == 0) {
        length = encode_settings(random, payload);
    } else if (area == 1) {
        put_le32(payload, (uint32_t)random_below(random, 60));
        put_le32(payload + 8, random_next(random));
        payload[4] = 2;
    } else {
        length = encode_boot_state(random, payload);
    }
    generated_step_begin(step, ERASE_PLACE_RECORD, ERASE_PLACE_RECORD_HEADER + length);
    step->body[0] = area;
    put_le16(step->body + 1, slot);
    put_le32(step->body + 3, random_chance(random, 96)
                                 ? slot + 1U
                                 : 0x7FFFFFFDU + (uint32_t)random_below(random, 6));
    step->body[7] = (uint8_t)random_below(random, 3);
    memcpy(step->body + ERASE_PLACE_RECORD_HEADER, payload, length);
}

static void use(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, ERASE_USE, 2);
    step->body[0] = (uint8_t)random_below(random, random_chance(random, 70) ? 3 : 32);
    step->body[1] = (uint8_t)random_below(random, random_chance(random, 70) ? 3 : 64);
}

/* An erase has 8 operations: the mark, 4 sectors, the mark. */
static void next_fault(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, ERASE_FAULT, 4);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    step->body[2] = (uint8_t)random_below(random, 9);
    step->body[3] = (uint8_t)random_next(random);
}

/* The user's data, one to three faults that wait, and the erase that takes them. */
static size_t generate_cut_erase(struct random *random, struct generated_step *steps)
{
    const size_t waiting = random_below(random, STEP_SOURCE_MOST - 1U);

    for (size_t i = 0; i < waiting; i++) {
        next_fault(random, &steps[i]);
    }
    use(random, &steps[waiting]);
    generated_step_begin(&steps[waiting + 1U], ERASE_BEGIN, 0);
    return waiting + 2U;
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 8) {
        place_bytes(random, &steps[0]);
    } else if (roll < 28) {
        place_record(random, &steps[0]);
    } else if (roll < 40) {
        use(random, &steps[0]);
    } else if (roll < 55) {
        next_fault(random, &steps[0]);
    } else if (roll < 75) {
        return generate_cut_erase(random, steps);
    } else if (roll < 80) {
        generated_step_begin(&steps[0], ERASE_ATTEMPT, 0);
    } else if (roll < 90) {
        generated_step_begin(&steps[0], ERASE_BEGIN, 0);
    } else {
        generated_step_begin(&steps[0], ERASE_RESTART, 0);
    }
    return 1;
}

size_t erase_state_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_cut_erase, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
