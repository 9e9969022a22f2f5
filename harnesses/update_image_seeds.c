#include "update_image_seeds.h"

#include "byte_order.h"
#include "flash_model.h"
#include "history.h"
#include "image.h"
#include "update_image_input.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SEED  1024U
#define SLOT_A    0U
#define SLOT_B    1U
#define SLOT_SIZE (FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE)

static uint8_t seed[MAX_SEED];
static size_t seed_size;

static void add(enum update_image_step kind, uint8_t options, const void *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)(int)kind, .options = options, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        abort();
    }
}

static void build(uint8_t slot, uint32_t counter, uint16_t length, uint8_t options)
{
    uint8_t body[UPDATE_IMAGE_BUILD_LENGTH] = {slot};

    put_le32(body + 1, counter);
    put_le32(body + 5, IMAGE_VERSION(1, 0, 0));
    put_le16(body + 9, length);
    add(UPDATE_IMAGE_BUILD, options, body, sizeof body);
}

static void claim(uint8_t place, uint32_t value)
{
    uint8_t body[5] = {place};

    put_le32(body + 1, value);
    add(UPDATE_IMAGE_CLAIM, 0, body, sizeof body);
}

static void alter(uint8_t place, uint8_t mask)
{
    const uint8_t body[2] = {place, mask};

    add(UPDATE_IMAGE_ALTER, 0, body, sizeof body);
}

static void change_body(uint16_t offset, uint8_t value)
{
    uint8_t body[3] = {0, 0, value};

    put_le16(body, offset);
    add(UPDATE_IMAGE_BODY, 0, body, sizeof body);
}

static void stored(uint32_t counter)
{
    uint8_t body[4];

    put_le32(body, counter);
    add(UPDATE_IMAGE_STORED, 0, body, sizeof body);
}

/* The bytes of a genuine header's start, and nothing after it. */
static void raw(uint8_t options, size_t length)
{
    uint8_t header[IMAGE_HEADER_SIZE] = {'H', 'R', 'T', 'I', 1, 0, 128, 0, 'H', 'R', 'T', '1'};

    add(UPDATE_IMAGE_RAW, options, header, length);
}

static void judge(uint8_t slot)
{
    add(UPDATE_IMAGE_JUDGE, 0, &slot, 1);
}

/* One image each: what is done to a genuine one for slot A with counter 3, which is stored. */
static const struct {
    const char *name;
    uint8_t place; /* of the claim */
    uint32_t value;
} claims[] = {
    {"product", 8, IMAGE_PRODUCT + 1U},
    {"other-slot", 12, 29U * FLASH_SECTOR_SIZE},
    {"length-zero", 16, 0},
    {"length-largest", 16, 0xFFFFFFFFU},
    {"length-of-slot", 16, SLOT_SIZE},
    {"length-one-too-long", 16, SLOT_SIZE - IMAGE_HEADER_SIZE + 1U},
    {"length-that-wraps", 16, 0xFFFFFFFFU - IMAGE_HEADER_SIZE + 1U},
    {"older", 24, 2},
    {"newest", 24, 0xFFFFFFFFU},
    {"other-format", 4, 0x00800002U},
    {"reserved", 60, 1},
};

void update_image_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                                     size_t size))
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        seed_size = 0;
        stored(3);
        build(SLOT_A, 3, 300, 0);
        claim(claims[i].place, claims[i].value);
        judge(SLOT_A);
        save("update_image", claims[i].name, seed, seed_size);
    }
    seed_size = 0;
    stored(3);
    build(SLOT_A, 3, 300, 0);
    judge(SLOT_A);
    build(SLOT_B, 4, 1, 0);
    judge(SLOT_B);
    build(SLOT_B, 4, SLOT_SIZE - IMAGE_HEADER_SIZE, 0);
    judge(SLOT_B);
    save("update_image", "genuine", seed, seed_size);
    seed_size = 0;
    build(SLOT_A, 0, 600, 0);
    change_body(599, 7);
    judge(SLOT_A);
    build(SLOT_A, 0, 600, 0);
    change_body(512, 7);
    judge(SLOT_A);
    save("update_image", "body", seed, seed_size);
    seed_size = 0;
    build(SLOT_A, 0, 64, 0);
    alter(64, 1);
    judge(SLOT_A);
    build(SLOT_A, 0, 64, 0);
    alter(127, 0x80);
    judge(SLOT_A);
    build(SLOT_A, 0, 64, 0);
    alter(24, 1);
    judge(SLOT_A);
    build(SLOT_A, 0, 64, UPDATE_IMAGE_OTHER_KEY);
    judge(SLOT_A);
    save("update_image", "signature", seed, seed_size);
    seed_size = 0;
    raw(0, IMAGE_HEADER_SIZE);
    judge(SLOT_A);
    raw(UPDATE_IMAGE_SIGNED, IMAGE_HEADER_SIZE);
    judge(SLOT_A);
    raw(0, 12);
    save("update_image", "raw", seed, seed_size);
}
