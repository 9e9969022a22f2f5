/* demo_image.h: what it makes is what the boot stage of a board accepts, for the slot that was named. */
#include "support.h"

#include "demo_image.h"
#include "mps2_an505_layout.h"
#include "native_layout.h"

#include <string.h>

#define BODY_LENGTH 1000U

static uint8_t body[BODY_LENGTH];
static uint8_t bytes[IMAGE_HEADER_SIZE + BODY_LENGTH];

static void make_body(void)
{
    for (uint32_t i = 0; i < BODY_LENGTH; i++) {
        body[i] = (uint8_t)(i * i);
    }
}

/* Puts `bytes` into a slot of the in-process board, as a flasher would. */
static int verify(enum image_slot slot, struct image_info *info)
{
    memcpy(in_process_change_flash(image_slot_geometry(slot).offset, sizeof bytes), bytes,
           sizeof bytes);
    return image_verify(slot, 0, info);
}

static void given_body_is_signed(void **state)
{
    const struct demo_image image = {.slot = IMAGE_SLOT_B,
                                     .version = IMAGE_VERSION(3, 4, 5),
                                     .security_counter = 6,
                                     .body_length = BODY_LENGTH};
    struct image_info info;

    (void)state;
    support_new_board();
    make_body();
    assert_int_equal(demo_image_sign(&image, body, bytes), 0);
    assert_memory_equal(bytes + IMAGE_HEADER_SIZE, body, sizeof body);
    assert_int_equal(verify(IMAGE_SLOT_B, &info), IMAGE_OK);
    assert_int_equal(info.version, image.version);
    assert_int_equal(info.security_counter, image.security_counter);
    assert_int_equal(verify(IMAGE_SLOT_A, &info), IMAGE_ERROR_SLOT);
}

static void body_in_its_place_is_signed_alike(void **state)
{
    const struct demo_image image = {.slot = IMAGE_SLOT_A, .body_length = BODY_LENGTH};
    uint8_t apart[sizeof bytes];

    (void)state;
    support_new_board();
    make_body();
    assert_int_equal(demo_image_sign(&image, body, apart), 0);
    memcpy(bytes + IMAGE_HEADER_SIZE, body, sizeof body);
    assert_int_equal(demo_image_sign(&image, bytes + IMAGE_HEADER_SIZE, bytes), 0);
    assert_memory_equal(bytes, apart, sizeof bytes);
}

static void slot_is_that_of_the_told_board(void **state)
{
    const struct demo_image image = {.slot = IMAGE_SLOT_A, .body_length = BODY_LENGTH};
    struct image_info info;

    (void)state;
    support_new_board();
    in_process_use_layout(&mps2_an505_layout);
    assert_int_equal(demo_image_make(&image, bytes), 0);
    assert_int_equal(image_check_header(bytes, IMAGE_SLOT_A, 0, &info), IMAGE_OK);
    assert_int_equal(info.slot_address, 1024U * 1024U);
    in_process_use_layout(&native_layout);
    assert_int_equal(image_check_header(bytes, IMAGE_SLOT_A, 0, &info), IMAGE_ERROR_SLOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_body_is_signed),
        cmocka_unit_test(body_in_its_place_is_signed_alike),
        cmocka_unit_test(slot_is_that_of_the_told_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
