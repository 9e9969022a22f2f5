#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/near_name.h"

static void measures_distances(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("", "abc"), 3);
    assert_int_equal(edit_distance("fuzz", "fuzz"), 0);
    assert_int_equal(edit_distance("fuz", "fuzz"), 1);
    assert_int_equal(edit_distance("fzuz", "fuzz"), 1);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
}

static void ranks_near_names(void **state)
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

static void cuts_what_does_not_fit(void **state)
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
        cmocka_unit_test(measures_distances),
        cmocka_unit_test(ranks_near_names),
        cmocka_unit_test(cuts_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
