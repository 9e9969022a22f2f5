/* Durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/duration.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations_are_read),
        cmocka_unit_test(test_other_text_is_no_duration),
        cmocka_unit_test(test_durations_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
