#include "boot_state_seeds.h"

#include "boot_state.h"
#include "boot_state_input.h"
#include "byte_order.h"
#include "history.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SEED 1024U
#define STORED   3U /* security counter of most states */

static uint8_t seed[MAX_SEED];
static size_t seed_size;

static void add(enum boot_state_step kind, const void *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)(int)kind, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        abort();
    }
}

/* The record at `place` with sequence number place + 1, settled. */
static void record(uint16_t place, enum image_slot active, enum boot_trial trial)
{
    const struct boot_state state = {
        .active = active, .trial = trial, .security_counter = STORED, .unlock_epoch = 1};
    uint8_t body[BOOT_PLACE_RECORD_HEADER + BOOT_STATE_RECORD_SIZE];

    put_le16(body, place);
    put_le32(body + 2, place + 1U);
    body[6] = 2;
    boot_state_encode(&state, body + BOOT_PLACE_RECORD_HEADER);
    add(BOOT_PLACE_RECORD, body, sizeof body);
}

static void image(enum image_slot slot, enum boot_image what, uint32_t counter)
{
    uint8_t body[BOOT_PLACE_IMAGE_HEADER] = {(uint8_t)slot, (uint8_t)what};

    put_le32(body + 2, counter);
    add(BOOT_PLACE_IMAGE, body, sizeof body);
}

static void start(void)
{
    add(BOOT_START, NULL, 0);
}

static void fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    add(BOOT_NEXT_FAULT, body, sizeof body);
}

static void activate(void)
{
    static const uint8_t slot;

    add(BOOT_ACTIVATE, &slot, 1);
}

/* An older image in A that runs, a newer one staged in B. */
static void staged(void)
{
    record(84, IMAGE_SLOT_A, BOOT_NO_TRIAL);
    image(IMAGE_SLOT_A, BOOT_IMAGE_GENUINE, STORED);
    image(IMAGE_SLOT_B, BOOT_IMAGE_GENUINE, STORED + 1U);
    start();
}

static void trials(void (*save)(const char *harness, const char *name, const uint8_t *data,
                                size_t size))
{
    staged();
    activate();
    start();
    add(BOOT_CONFIRM, NULL, 0);
    start();
    save("boot_state", "confirmed", seed, seed_size);
    seed_size = 0;
    staged();
    activate();
    start();
    start();
    start();
    save("boot_state", "reverted", seed, seed_size);
    seed_size = 0;
    staged();
    fault(0, 1, 1, 0);
    activate();
    start();
    fault(0, 1, 1, 0);
    start();
    fault(0, 0, 0, 0);
    start();
    save("boot_state", "power-cuts", seed, seed_size);
    seed_size = 0;
    staged();
    activate();
    fault(1, 0, 0, 0);
    start();
    fault(1, 2, 1, 0);
    start();
    fault(0, 2, 1, 0);
    add(BOOT_CONFIRM, NULL, 0);
    save("boot_state", "flash-errors", seed, seed_size);
    seed_size = 0;
}

void boot_state_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                                   size_t size))
{
    static const uint8_t junk[] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8};

    seed_size = 0;
    trials(save);
    record(0, IMAGE_SLOT_B, BOOT_TRIAL_ASKED);
    image(IMAGE_SLOT_A, BOOT_IMAGE_GENUINE, STORED);
    for (int what = BOOT_IMAGE_BODY; what < BOOT_IMAGE_COUNT; what++) {
        image(IMAGE_SLOT_B, (enum boot_image)what, STORED);
        start();
    }
    save("boot_state", "images", seed, seed_size);
    seed_size = 0;
    record(2, IMAGE_SLOT_B, BOOT_TRIAL_STARTED);
    image(IMAGE_SLOT_A, BOOT_IMAGE_GENUINE, STORED - 1U);
    image(IMAGE_SLOT_B, BOOT_IMAGE_GENUINE, STORED + 1U);
    start();
    save("boot_state", "no-way-back", seed, seed_size);
    seed_size = 0;
    image(IMAGE_SLOT_A, BOOT_IMAGE_BODY, STORED);
    image(IMAGE_SLOT_B, BOOT_IMAGE_OTHER_KEY, STORED);
    start();
    image(IMAGE_SLOT_A, BOOT_IMAGE_GENUINE, STORED);
    activate();
    start();
    save("boot_state", "recovery", seed, seed_size);
    seed_size = 0;
    add(BOOT_PLACE_BYTES, junk, sizeof junk);
    image(IMAGE_SLOT_B, BOOT_IMAGE_GENUINE, STORED);
    start();
    image(IMAGE_SLOT_A, BOOT_IMAGE_LONGEST, STORED);
    save("boot_state", "junk", seed, seed_size);
}
