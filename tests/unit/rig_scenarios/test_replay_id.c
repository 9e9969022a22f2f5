#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/replay_id.h"
#include "target/power.h"

#define HASH "1f2e3d4c5b6a79880000000000000000000000000000000000000000000000ff"

static void an_id_is_read_back(void **state)
{
    struct replay_id id;
    struct diagnostic diagnostic = {""};
    char text[REPLAY_ID_SIZE];

    (void)state;
    replay_id_format("outage.power-settings", "native", "op:3:torn,seed:7", HASH, text);
    assert_string_equal(text, "outage.power-settings/native/op:3:torn,seed:7@1f2e3d4c5b6a");
    assert_int_equal(replay_id_parse(text, &id, &diagnostic), RIG_OK);
    assert_string_equal(id.scenario, "outage.power-settings");
    assert_string_equal(id.target, "native");
    assert_string_equal(id.word, "op:3:torn,seed:7");
    assert_string_equal(id.hash, "1f2e3d4c5b6a");
    replay_id_format("a.b", "c", "d", "", text);
    assert_int_equal(replay_id_parse(text, &id, &diagnostic), RIG_OK);
    assert_string_equal(id.hash, "");
}

static void what_is_no_id_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "a.b",
        "a.b/c",
        "a.b/c/",
        "/c/d",
        "a.b//d",
        "a.b/c/d e",
        "a.b/c/d/e",
        "a.b/c/d@",
        "a.b/c/d@12",
        "a.b/c/@1f2e3d4c5b6a",
        "a.b/c/d@1F2E3D4C5B6A",
        "a.b/c/d@1f2e3d4c5b6a0",
        "a.b/c/d\n",
        "a.b/c/$(reboot)",
    };
    struct replay_id id;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct diagnostic diagnostic = {""};

        assert_int_equal(replay_id_parse(wrong[i], &id, &diagnostic), RIG_ERROR_USAGE);
        assert_non_null(strstr(diagnostic.text, "is no replay id"));
    }
}

static void a_word_has_its_limit(void **state)
{
    char text[SCENARIO_WORD_MAX + 2];

    (void)state;
    memset(text, 'x', sizeof text);
    text[SCENARIO_WORD_MAX + 1] = '\0';
    assert_false(replay_word_is_valid(text));
    text[SCENARIO_WORD_MAX] = '\0';
    assert_true(replay_word_is_valid(text));
}

static void a_cut_is_read_back(void **state)
{
    const struct power_cut cuts[] = {
        {.kind = POWER_CUT_TIMED, .after_us = 12000},
        {.kind = POWER_CUT_OPERATION, .operation = 0, .moment = POWER_CUT_BEFORE},
        {.kind = POWER_CUT_OPERATION, .operation = 4711, .moment = POWER_CUT_TORN},
        {.kind = POWER_CUT_OPERATION, .operation = 3, .moment = POWER_CUT_AFTER},
    };
    char text[POWER_CUT_TEXT];
    struct power_cut read;

    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        power_cut_format(&cuts[i], text);
        assert_int_equal(power_cut_parse(text, &read), RIG_OK);
        assert_int_equal(read.kind, cuts[i].kind);
        assert_int_equal(read.after_us, cuts[i].after_us);
        assert_int_equal(read.operation, cuts[i].operation);
        assert_int_equal(read.moment, cuts[i].moment);
    }
}

static void what_is_no_cut_is_refused(void **state)
{
    static const char *const wrong[] = {"",       "us:",        "us:-1",       "us:4294967296",
                                        "op:3",   "op:3:",      "op:3:later",  "op::torn",
                                        "3:torn", "op:3:torn ", "op:x:before", "us:1us"};
    struct power_cut cut = {.after_us = 5};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(power_cut_parse(wrong[i], &cut), RIG_ERROR_USAGE);
    assert_int_equal(cut.after_us, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_read_back),        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(a_word_has_its_limit),      cmocka_unit_test(a_cut_is_read_back),
        cmocka_unit_test(what_is_no_cut_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
