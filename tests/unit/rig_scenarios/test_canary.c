#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/canary.h"

static struct canary canary_of(const char *text)
{
    struct canary_list list = {.count = 0};

    assert_true(canary_add(&list, "test", text, strlen(text), true));
    return list.items[0];
}

static void expect_encoded(const char *text, enum canary_encoding encoding, const char *expected)
{
    const struct canary canary = canary_of(text);
    uint8_t encoded[CANARY_ENCODED_MAX];

    assert_int_equal(canary_encode(&canary, encoding, encoded), strlen(expected));
    assert_memory_equal(encoded, expected, strlen(expected));
}

static void encodes(void **state)
{
    const struct canary canary = canary_of("abcd");
    uint8_t encoded[CANARY_ENCODED_MAX];

    (void)state;
    expect_encoded("abcd", CANARY_PLAIN, "abcd");
    expect_encoded("abcd", CANARY_HEX_LOWER, "61626364");
    expect_encoded("klmn", CANARY_HEX_LOWER, "6b6c6d6e");
    expect_encoded("klmn", CANARY_HEX_UPPER, "6B6C6D6E");
    expect_encoded("abcd", CANARY_REVERSED, "dcba");
    expect_encoded("abcd", CANARY_SWAPPED, "badc");
    expect_encoded("abcde", CANARY_SWAPPED, "badc");
    assert_int_equal(canary_encode(&canary, CANARY_UTF16_LE, encoded), 8);
    assert_memory_equal(encoded, "a\0b\0c\0d\0", 8);
    assert_int_equal(canary_encode(&canary, CANARY_UTF16_BE, encoded), 8);
    assert_memory_equal(encoded, "\0a\0b\0c\0d", 8);
    assert_int_equal(canary_encode(&canary, CANARY_INVERTED, encoded), 4);
    assert_memory_equal(encoded, "\x9e\x9d\x9c\x9b", 4);
}

/* base64("canary") is Y2FuYXJ5, of "xcanary" eGNhbmFyeQ==, of "xycanaryz" eHljYW5hcnl6. */
static void encodes_base64_at_each_alignment(void **state)
{
    (void)state;
    expect_encoded("canary", CANARY_BASE64, "Y2FuYXJ5");
    expect_encoded("canary", CANARY_BASE64_1, "NhbmFye");
    expect_encoded("canary", CANARY_BASE64_2, "jYW5hcn");
}

static void finds_in_each_encoding(void **state)
{
    const struct canary canary = canary_of("k3jx8q0zv5canary");

    (void)state;
    for (int encoding = 0; encoding < CANARY_ENCODINGS; encoding++) {
        uint8_t flash[256];
        struct canary_hit hit;

        memset(flash, 0xFF, sizeof flash);
        assert_false(canary_find(&canary, flash, sizeof flash, &hit));
        (void)canary_encode(&canary, (enum canary_encoding)encoding, flash + 77);
        assert_true(canary_find(&canary, flash, sizeof flash, &hit));
        assert_int_equal(hit.encoding, encoding);
        assert_int_equal(hit.at, 77);
        assert_int_equal(canary_count_encodings(&canary, flash, sizeof flash), 1);
    }
}

static void finds_at_both_ends_and_not_beyond(void **state)
{
    const struct canary canary = canary_of("abcdefgh");
    struct canary_hit hit;
    uint8_t flash[16] = {0};

    (void)state;
    memcpy(flash, canary.bytes, canary.size);
    assert_true(canary_find(&canary, flash, sizeof flash, &hit));
    assert_true(canary_find(&canary, flash, 8, &hit));
    assert_false(canary_find(&canary, flash, 7, &hit));
    memcpy(flash + 8, canary.bytes, canary.size);
    flash[0] = 'x';
    assert_true(canary_find(&canary, flash, sizeof flash, &hit));
    assert_int_equal(hit.at, 8);
}

/* One that is certain stays whatever happens; another only where it tells something. */
static void settles(void **state)
{
    struct canary_list list = {.count = 0};
    const uint8_t without_bytes[16] = {0, 10, 20, 30, 40, 0};
    uint8_t with_bytes[32] = {0, 10, 20, 30, 40, 0};
    const struct canary_image without = {without_bytes, sizeof without_bytes};
    const struct canary_image with = {with_bytes, sizeof with_bytes};

    (void)state;
    with_bytes[8] = 8; /* {5, 6, 7, 8}, reversed */
    with_bytes[9] = 7;
    with_bytes[10] = 6;
    with_bytes[11] = 5;
    assert_true(canary_add(&list, "was there", "\x0a\x14\x1e\x28", 4, false));
    assert_true(canary_add(&list, "is new", "\5\6\7\10", 4, false));
    assert_true(canary_add(&list, "is not there", "\11\12\13\14", 4, false));
    assert_true(canary_add(&list, "certain", "certainly", 9, true));
    assert_int_equal(canary_settle(&list, &without, &with), 1);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].name, "is new");
    assert_int_equal(list.items[0].encodings, 1U << CANARY_REVERSED);
    assert_string_equal(list.items[1].name, "certain");
}

static void refuses_what_is_no_canary(void **state)
{
    struct canary_list list = {.count = 0};
    const char long_one[CANARY_SIZE_MAX + 1] = {0};

    (void)state;
    assert_false(canary_add(&list, "short", "abc", 3, true));
    assert_false(canary_add(&list, "long", long_one, sizeof long_one, true));
    while (list.count < CANARIES_MAX)
        assert_true(canary_add(&list, "fits", "abcd", 4, true));
    assert_false(canary_add(&list, "too many", "abcd", 4, true));
}

static void makes_similar_values(void **state)
{
    char similar[ADAPTER_TEXT];
    uint64_t random = 7;

    (void)state;
    assert_true(canary_make_similar("200", &random, similar));
    assert_string_equal(similar, "201");
    assert_true(canary_make_similar("360:210,540:180", &random, similar));
    assert_string_not_equal(similar, "360:210,540:180");
    assert_int_equal(strcspn(similar, ":"), 3);
    assert_true(canary_make_similar("0.0.0.0", &random, similar));
    assert_memory_equal(similar, "10.", 3);
    assert_true(canary_make_similar("1.2.3", &random, similar));
    assert_memory_equal(similar, "2.", 2);
    assert_true(canary_make_similar("1.2.3.256", &random, similar));
    assert_memory_equal(similar, "2.", 2);
    assert_false(canary_make_similar("no number", &random, similar));
    assert_false(canary_make_similar("", &random, similar));
}

static void adds_values_as_flash_may_hold_them(void **state)
{
    struct canary_list list = {.count = 0};
    struct canary_hit hit;
    const uint8_t schedule[] = {0x69, 0x01, 0xD2, 0x00, 0x1C, 0x02, 0xB4, 0x00};

    (void)state;
    canary_add_value(&list, "schedule", "361:210,540:180");
    assert_int_equal(canary_count(&list, schedule, sizeof schedule, &hit),
                     2); /* the other: swapped */
    list.count = 0;
    canary_add_value(&list, "address", "10.20.30.40");
    assert_int_equal(canary_count(&list, (const uint8_t *)"\12\24\36\50", 4, &hit), 1);
    list.count = 0;
    canary_add_value(&list, "number", "200");
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes),
        cmocka_unit_test(encodes_base64_at_each_alignment),
        cmocka_unit_test(finds_in_each_encoding),
        cmocka_unit_test(finds_at_both_ends_and_not_beyond),
        cmocka_unit_test(settles),
        cmocka_unit_test(refuses_what_is_no_canary),
        cmocka_unit_test(makes_similar_values),
        cmocka_unit_test(adds_values_as_flash_may_hold_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
