/* image.h: which images may run, and what is said of the others. */
#include "support.h"

#include "byte_order.h"
#include "image_builder.h"
#include "test_keys.h"

#include <string.h>

/* Places that a signed header is changed at, before it is signed. */
enum { AT_MAGIC = 0, AT_FORMAT = 4, AT_SIZE = 6, AT_PRODUCT = 8, AT_SLOT = 12, AT_LENGTH = 16 };
enum { AT_VERSION = 20, AT_COUNTER = 24, AT_RESERVED = 60, AT_SIGNATURE = 64 };

#define STORED_COUNTER 5U

static struct image_info untouched;

/* Image for slot B with the stored counter. */
static void genuine(uint8_t header[IMAGE_HEADER_SIZE])
{
    struct image_info info;

    build_image(IMAGE_SLOT_B, STORED_COUNTER, &info, header, NULL);
}

static int check(const uint8_t *header, struct image_info *info)
{
    memset(info, 0xEE, sizeof *info);
    return image_check_header(header, IMAGE_SLOT_B, STORED_COUNTER, info);
}

static void genuine_header_is_accepted_and_read(void **state)
{
    struct image_info built;
    struct image_info read;
    uint8_t header[IMAGE_HEADER_SIZE];

    (void)state;
    support_new_board();
    build_image(IMAGE_SLOT_B, STORED_COUNTER, &built, header, NULL);
    assert_int_equal(check(support_at_edge(header, sizeof header), &read), IMAGE_OK);
    assert_memory_equal(&read, &built, sizeof read);
}

static void header_has_the_documented_layout(void **state)
{
    struct image_info info = {.product = 0x01020304,
                              .slot_address = 0x11121314,
                              .body_length = 0x21222324,
                              .version = IMAGE_VERSION(1, 2, 3),
                              .security_counter = 0x31323334};
    struct image_info read;
    uint8_t header[IMAGE_SIGNED_SIZE];
    uint8_t expected[IMAGE_SIGNED_SIZE];

    (void)state;
    memset(info.body_hash, 0xAB, sizeof info.body_hash);
    image_encode(&info, header);
    assert_int_equal(
        support_from_hex("48525449 0100 8000 04030201 14131211 24232221 03000201 34333231"
                         "ABABABABABABABAB ABABABABABABABAB ABABABABABABABAB ABABABABABABABAB"
                         "00000000",
                         expected, sizeof expected),
        sizeof expected);
    assert_memory_equal(header, expected, sizeof expected);
    image_decode(&read, header);
    assert_memory_equal(&read, &info, sizeof read);
}

/* One number of a header, changed before it is signed. */
static const struct claim {
    size_t place;
    uint32_t value;
    int expected;
} claims[] = {
    {AT_MAGIC, IMAGE_MAGIC + 1U, IMAGE_ERROR_FORMAT},
    {AT_MAGIC, 0xFFFFFFFFU, IMAGE_ERROR_FORMAT},
    {AT_FORMAT, (IMAGE_HEADER_SIZE << 16) | (IMAGE_FORMAT + 1U), IMAGE_ERROR_FORMAT},
    {AT_FORMAT, ((IMAGE_HEADER_SIZE + 1U) << 16) | IMAGE_FORMAT, IMAGE_ERROR_FORMAT},
    {AT_RESERVED, 1, IMAGE_ERROR_FORMAT},
    {AT_PRODUCT, IMAGE_PRODUCT + 1U, IMAGE_ERROR_PRODUCT},
    {AT_PRODUCT, 0, IMAGE_ERROR_PRODUCT},
    {AT_SLOT, 0, IMAGE_ERROR_SLOT},
    {AT_SLOT, 0xFFFFFFFFU, IMAGE_ERROR_SLOT},
    {AT_LENGTH, 0, IMAGE_ERROR_LENGTH},
    {AT_LENGTH, 0xFFFFFFFFU, IMAGE_ERROR_LENGTH},
    {AT_LENGTH, 0xFFFFFFFFU - IMAGE_HEADER_SIZE + 1U, IMAGE_ERROR_LENGTH},
    {AT_LENGTH, FLASH_SLOT_SECTORS *FLASH_SECTOR_SIZE, IMAGE_ERROR_LENGTH},
    {AT_LENGTH, FLASH_SLOT_SECTORS *FLASH_SECTOR_SIZE - IMAGE_HEADER_SIZE + 1U, IMAGE_ERROR_LENGTH},
    {AT_LENGTH, FLASH_SLOT_SECTORS *FLASH_SECTOR_SIZE - IMAGE_HEADER_SIZE, IMAGE_OK},
    {AT_LENGTH, 1, IMAGE_OK},
    {AT_COUNTER, STORED_COUNTER - 1U, IMAGE_ERROR_OLDER},
    {AT_COUNTER, 0, IMAGE_ERROR_OLDER},
    {AT_COUNTER, STORED_COUNTER, IMAGE_OK},
    {AT_COUNTER, 0xFFFFFFFFU, IMAGE_OK},
    {AT_VERSION, 0, IMAGE_OK},
};

static void each_claim_is_judged(void **state)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info info;

    (void)state;
    support_new_board();
    memset(&untouched, 0xEE, sizeof untouched);
    for (size_t i = 0; i < SUPPORT_COUNT(claims); i++) {
        genuine(header);
        put_le32(header + claims[i].place, claims[i].value);
        assert_int_equal(signer_sign_header(test_image_private_key, header), SIGNER_OK);
        assert_int_equal(check(header, &info), claims[i].expected);
        if (claims[i].expected != IMAGE_OK) {
            assert_memory_equal(&info, &untouched, sizeof info);
        }
    }
}

/* Whatever else is wrong with it as well, an unsigned claim is not even looked at. */
static void nothing_counts_without_the_signature(void **state)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info info;

    (void)state;
    support_new_board();
    for (size_t i = 0; i < SUPPORT_COUNT(claims); i++) {
        genuine(header);
        header[AT_SIGNATURE + 5] ^= 1U;
        put_le32(header + claims[i].place, claims[i].value);
        assert_int_equal(check(header, &info), claims[i].expected == IMAGE_ERROR_FORMAT
                                                   ? IMAGE_ERROR_FORMAT
                                                   : IMAGE_ERROR_SIGNATURE);
    }
}

static void any_changed_byte_is_refused(void **state)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info info;

    (void)state;
    support_new_board();
    genuine(header);
    for (size_t i = 0; i < sizeof header; i++) {
        header[i] ^= (uint8_t)(1U << (i % 8U));
        assert_int_not_equal(check(header, &info), IMAGE_OK);
        header[i] ^= (uint8_t)(1U << (i % 8U));
    }
    assert_int_equal(check(header, &info), IMAGE_OK);
}

static void signature_of_another_key_is_refused(void **state)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info info;

    (void)state;
    support_new_board();
    genuine(header);
    assert_int_equal(signer_sign_header(test_unlock_private_key, header), SIGNER_OK);
    assert_int_equal(check(header, &info), IMAGE_ERROR_SIGNATURE);
}

static void image_of_the_other_slot_is_refused(void **state)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info info;

    (void)state;
    support_new_board();
    build_image(IMAGE_SLOT_A, STORED_COUNTER, &info, header, NULL);
    assert_int_equal(check(header, &info), IMAGE_ERROR_SLOT);
    assert_int_equal(image_check_header(header, IMAGE_SLOT_A, STORED_COUNTER, &info), IMAGE_OK);
}

static void slots_are_judged_whole(void **state)
{
    struct image_info info;
    struct image_info built;
    uint8_t header[IMAGE_HEADER_SIZE];

    (void)state;
    support_new_board();
    assert_int_equal(image_verify(IMAGE_SLOT_A, 0, &info), IMAGE_ERROR_FORMAT);
    place_image(IMAGE_SLOT_A, 7);
    place_image(IMAGE_SLOT_B, 8);
    build_image(IMAGE_SLOT_A, 7, &built, header, NULL);
    assert_int_equal(image_verify(IMAGE_SLOT_A, 7, &info), IMAGE_OK);
    assert_memory_equal(&info, &built, sizeof info);
    assert_int_equal(image_verify(IMAGE_SLOT_B, 0, &info), IMAGE_OK);
    assert_int_equal(info.security_counter, 8);
    memset(&info, 0xEE, sizeof info);
    memset(&untouched, 0xEE, sizeof untouched);
    assert_int_equal(image_verify(IMAGE_SLOT_A, 8, &info), IMAGE_ERROR_OLDER);
    spoil_image(IMAGE_SLOT_A);
    assert_int_equal(image_verify(IMAGE_SLOT_A, 7, &info), IMAGE_ERROR_BODY);
    assert_memory_equal(&info, &untouched, sizeof info);
}

/* First and last byte of the body, and the ones around the reads in pieces. */
static void every_part_of_the_body_is_covered(void **state)
{
    static const uint32_t places[] = {0, 1, 511, 512, 513, BUILT_BODY_LENGTH - 1U};
    const uint32_t body = flash_model_geometry(HAL_FLASH_SLOT_B).offset + IMAGE_HEADER_SIZE;
    struct image_info info;

    (void)state;
    support_new_board();
    place_image(IMAGE_SLOT_B, 1);
    for (size_t i = 0; i < SUPPORT_COUNT(places); i++) {
        *in_process_change_flash(body + places[i], 1) ^= 1U;
        assert_int_equal(image_verify(IMAGE_SLOT_B, 0, &info), IMAGE_ERROR_BODY);
        *in_process_change_flash(body + places[i], 1) ^= 1U;
    }
    *in_process_change_flash(body + BUILT_BODY_LENGTH, 1) ^= 1U; /* behind the body */
    assert_int_equal(image_verify(IMAGE_SLOT_B, 0, &info), IMAGE_OK);
}

static void body_that_fills_the_slot_is_accepted(void **state)
{
    const struct hal_flash_geometry slot = flash_model_geometry(HAL_FLASH_SLOT_A);
    struct image_info info = {.product = IMAGE_PRODUCT,
                              .slot_address = slot.offset,
                              .body_length = slot.size - IMAGE_HEADER_SIZE};
    uint8_t header[IMAGE_HEADER_SIZE];

    (void)state;
    support_new_board();
    assert_int_equal(signer_make_header(test_image_private_key, &info,
                                        in_process_flash() + slot.offset + IMAGE_HEADER_SIZE,
                                        header),
                     SIGNER_OK);
    place_header(IMAGE_SLOT_A, header);
    assert_int_equal(image_verify(IMAGE_SLOT_A, 0, &info), IMAGE_OK);
    *in_process_change_flash(slot.offset + slot.size - 1U, 1) = 0;
    assert_int_equal(image_verify(IMAGE_SLOT_A, 0, &info), IMAGE_ERROR_BODY);
}

static void body_check_bounds_what_it_is_told(void **state)
{
    struct image_info info = {.body_length = FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE};

    (void)state;
    support_new_board();
    assert_int_equal(image_verify_body(IMAGE_SLOT_B, &info), IMAGE_ERROR_BODY);
    info.body_length = 0;
    assert_int_equal(image_verify_body(IMAGE_SLOT_B, &info), IMAGE_ERROR_BODY);
}

static void unreadable_flash_is_reported(void **state)
{
    struct image_info info;

    (void)state;
    support_new_board();
    place_image(IMAGE_SLOT_B, 1);
    for (uint32_t read = 0; read < 3; read++) {
        support_fail_read(read);
        assert_int_equal(image_verify(IMAGE_SLOT_B, 0, &info), IMAGE_ERROR_FLASH);
        assert_true(support_read_failed());
    }
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {IMAGE_OK,
                                IMAGE_ERROR_FLASH,
                                IMAGE_ERROR_FORMAT,
                                IMAGE_ERROR_SIGNATURE,
                                IMAGE_ERROR_PRODUCT,
                                IMAGE_ERROR_SLOT,
                                IMAGE_ERROR_LENGTH,
                                IMAGE_ERROR_OLDER,
                                IMAGE_ERROR_BODY};

    (void)state;
    support_check_texts(image_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_header_is_accepted_and_read),
        cmocka_unit_test(header_has_the_documented_layout),
        cmocka_unit_test(each_claim_is_judged),
        cmocka_unit_test(nothing_counts_without_the_signature),
        cmocka_unit_test(any_changed_byte_is_refused),
        cmocka_unit_test(signature_of_another_key_is_refused),
        cmocka_unit_test(image_of_the_other_slot_is_refused),
        cmocka_unit_test(slots_are_judged_whole),
        cmocka_unit_test(every_part_of_the_body_is_covered),
        cmocka_unit_test(body_that_fills_the_slot_is_accepted),
        cmocka_unit_test(body_check_bounds_what_it_is_told),
        cmocka_unit_test(unreadable_flash_is_reported),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
