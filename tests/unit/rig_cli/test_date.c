/* Days of the calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/date.h"

static void test_days_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        int64_t end;
    } days[] = {
        {"1970-01-01", 86400},
        {"2000-02-29", 951868800},
        {"2026-12-31", 1798761600},
        {"9999-12-31", 253402300800},
    };
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char text[DATE_PHRASE_SIZE];
        int64_t end = 0;
        assert_true(date_parse(days[i].text, &end));
        assert_int_equal(end, days[i].end);
        assert_string_equal(date_phrase(end, text), days[i].text);
    }
}

static void test_what_is_no_day_is_refused(void **state)
{
    static const char *const words[] = {"",           "2026",       "2026-12",     "2026-12-32",
                                        "2026-00-10", "2026-13-01", "2027-02-29",  "1900-02-29",
                                        "1969-12-31", "2026-1-1",   "2026-12-31Z", "31.12.2026",
                                        "2026/12/31", "-026-12-31", "2026-+1-01"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int64_t end = -1;
        if (date_parse(words[i], &end))
            fail_msg("'%s' was read", words[i]);
        assert_int_equal(end, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_are_read_and_written),
        cmocka_unit_test(test_what_is_no_day_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
