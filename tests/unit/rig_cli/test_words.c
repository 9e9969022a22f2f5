/* Durations and near names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/duration.h"
#include "cli/near_name.h"

static void test_durations_are_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t seconds;
    } rows[] = {{"90", 90},
                {"90s", 90},
                {"5m", 300},
                {"1h", 3600},
                {"0", 0},
                {"007m", 420},
                {"18446744073709551615", UINT64_MAX}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t seconds = 1;
        assert_true(duration_parse(rows[i].text, &seconds));
        assert_true(seconds == rows[i].seconds);
    }
}

static void test_other_text_is_no_duration(void **state)
{
    static const char *const rows[] = {"",
                                       "s",
                                       "m5",
                                       "5 m",
                                       "5mm",
                                       "-5",
                                       "+5",
                                       "1.5h",
                                       " 5",
                                       "5m ",
                                       "5d",
                                       "0x5",
                                       "5\n",
                                       "18446744073709551616",
                                       "18446744073709551615m",
                                       "99999999999999999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t seconds = 77;
        assert_false(duration_parse(rows[i], &seconds));
        assert_true(seconds == 77);
    }
}

static void test_durations_are_written(void **state)
{
    char text[DURATION_TEXT_SIZE];

    (void)state;
    assert_string_equal(duration_format(0, text), "0s");
    assert_string_equal(duration_format(59, text), "59s");
    assert_string_equal(duration_format(300, text), "5m00s");
    assert_string_equal(duration_format(3725, text), "1h02m");
}

static void test_distances(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("", "abc"), 3);
    assert_int_equal(edit_distance("fuzz", "fuzz"), 0);
    assert_int_equal(edit_distance("fuz", "fuzz"), 1);
    assert_int_equal(edit_distance("fzuz", "fuzz"), 1);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
}

static void test_near_names_are_ranked(void **state)
{
    static const char *const names[] = {"settings_log", "modbus_rtu", "modbus_tcp", "tcp"};
    char text[128];

    (void)state;
    assert_int_equal(near_names("modbus_tcq", names, 4, text, sizeof text), 2);
    assert_string_equal(text, "modbus_tcp or modbus_rtu");
    assert_int_equal(near_names("modbus", names, 4, text, sizeof text), 2);
    assert_string_equal(nearest_name("setings_log", names, 4), "settings_log");
    assert_int_equal(near_names("xyzzy", names, 4, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_null(nearest_name("xyzzy", names, 4));
    assert_null(nearest_name("a", names, 0));
}

static void test_near_names_fit(void **state)
{
    static const char *const names[] = {"aaaa", "aaab", "aaac", "aaad"};
    char text[8];
    char long_name[300];

    (void)state;
    assert_int_equal(near_names("aaaa", names, 4, text, sizeof text), 1);
    assert_string_equal(text, "aaaa");
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_true(edit_distance(long_name, "b") <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations_are_read),
        cmocka_unit_test(test_other_text_is_no_duration),
        cmocka_unit_test(test_durations_are_written),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_near_names_are_ranked),
        cmocka_unit_test(test_near_names_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
