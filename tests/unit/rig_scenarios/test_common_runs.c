#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "scenarios/common_runs.h"

enum { SIZE = 4096 };

static void fill(uint8_t *bytes, size_t size, uint64_t seed)
{
    memset(bytes, 0xFF, SIZE);
    random_bytes(&seed, bytes, size);
}

static size_t count_common(const uint8_t *one, const uint8_t *other)
{
    const struct run_image image = {one, SIZE, NULL, 0};
    const struct run_image other_image = {other, SIZE, NULL, 0};
    struct common_runs found;

    assert_int_equal(common_runs_find(&image, &other_image, &found), RIG_OK);
    return found.count;
}

static void different_images_have_nothing_in_common(void **state)
{
    uint8_t one[SIZE];
    uint8_t other[SIZE];

    (void)state;
    fill(one, 1000, 1);
    fill(other, 1000, 2);
    assert_int_equal(count_common(one, other), 0);
    memset(one, 0xFF, SIZE);
    assert_int_equal(count_common(one, other), 0);
    assert_int_equal(count_common(one, one), 0); /* erased: no secret */
}

static void a_shared_secret_is_found_anywhere(void **state)
{
    uint8_t one[SIZE];
    uint8_t other[SIZE];
    const struct run_image image = {one, SIZE, NULL, 0};
    const struct run_image other_image = {other, SIZE, NULL, 0};
    struct common_runs found;

    (void)state;
    fill(one, 1000, 1);
    fill(other, 1000, 2);
    memcpy(other + 2001, one + 300, COMMON_RUN_BYTES);
    assert_int_equal(common_runs_find(&image, &other_image, &found), RIG_OK);
    assert_int_equal(found.count, COMMON_RUN_BYTES);
    assert_int_equal(found.at, 300);
    assert_int_equal(found.at_other, 2001);
    other[2001 + 7] ^= 1;
    assert_int_equal(count_common(one, other), 0);
    memcpy(other + SIZE - 32, one + 500, 32);
    assert_int_equal(count_common(one, other), 32);
}

static void places_that_are_left_out_do_not_count(void **state)
{
    const struct byte_range slot = {300, 400};
    uint8_t one[SIZE];
    struct common_runs found;

    (void)state;
    fill(one, 400, 1);
    {
        const struct run_image image = {one, SIZE, &slot, 1};

        assert_int_equal(common_runs_find(&image, &image, &found), RIG_OK);
        assert_int_equal(found.count, 300);
        assert_int_equal(common_runs_first(&image), 0);
    }
}

static void text_and_counters_are_no_secrets(void **state)
{
    (void)state;
    assert_false(common_run_is_secret((const uint8_t *)"aaaaaaaabbbbbbbb"));
    assert_false(common_run_is_secret((const uint8_t *)"\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"));
    assert_true(common_run_is_secret((const uint8_t *)"\x9a\x11\x7f\x03\xc4\x5e\x28\xb1"
                                                      "\x60\xd2\x4a\xef\x86\x33\x1c\x75"));
}

static void certificates_are_seen_by_their_form(void **state)
{
    static const uint8_t certificate[] = {0x30, 0x82, 1, 0x10, 0x30, 0x82, 0, 0xB0};
    static const uint8_t other[] = {0x30, 0x82, 1, 0x10, 2, 1}; /* a SEQUENCE of something else */
    struct byte_range ranges[2];
    uint8_t bytes[600];

    (void)state;
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes + 10, certificate, sizeof certificate);
    memcpy(bytes + 300, other, sizeof other);
    memcpy(bytes + 590, certificate, sizeof certificate); /* goes beyond the end */
    assert_int_equal(common_runs_certificates(bytes, sizeof bytes, ranges, 2), 1);
    assert_int_equal(ranges[0].from, 10);
    assert_int_equal(ranges[0].to, 10 + 4 + 0x110);
    assert_int_equal(common_runs_certificates(bytes, sizeof bytes, ranges, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(different_images_have_nothing_in_common),
        cmocka_unit_test(a_shared_secret_is_found_anywhere),
        cmocka_unit_test(places_that_are_left_out_do_not_count),
        cmocka_unit_test(text_and_counters_are_no_secrets),
        cmocka_unit_test(certificates_are_seen_by_their_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
