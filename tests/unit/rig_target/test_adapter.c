#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "target/adapter.h"
#include "target/hearth_setting.h"
#include "target/modbus_client.h"

static struct diagnostic diagnostic;

static int never(void *self, struct adapter_identity *identity, int64_t deadline_ms,
                 struct diagnostic *unused)
{
    (void)self;
    (void)identity;
    (void)deadline_ms;
    (void)unused;
    return RIG_OK;
}

static const struct adapter_driver bare = {.identity = never};

static void a_missing_verb_is_said(void **state)
{
    const struct adapter none = {NULL, NULL, ""};
    const struct adapter poor = {&bare, NULL, ""};
    struct adapter_identity identity;
    struct adapter_answer answer;

    (void)state;
    assert_false(adapter_exists(&none));
    assert_false(adapter_can(&none, 0));
    assert_int_equal(adapter_identity(&none, &identity, 0, &diagnostic), RIG_ERROR_USAGE);
    assert_string_equal(diagnostic.text, "the target has no adapter");
    assert_true(adapter_can(&poor, 0));
    assert_int_equal(adapter_identity(&poor, &identity, 0, &diagnostic), RIG_OK);
    assert_int_equal(adapter_erase(&poor, &answer, 0, &diagnostic), RIG_ERROR_USAGE);
    assert_string_equal(diagnostic.text, "the target's adapter has no verb 'erase'");
    assert_int_equal(answer.outcome, ADAPTER_REFUSED);
}

static void outcomes_have_names(void **state)
{
    (void)state;
    assert_string_equal(adapter_outcome_name(ADAPTER_ACCEPTED), "accepted");
    assert_string_equal(adapter_outcome_name(ADAPTER_BUSY), "busy");
    assert_string_equal(adapter_outcome_name((enum adapter_outcome)99), "unknown");
}

static void differences_of_dumps(void **state)
{
    static const struct adapter_dump before = {
        3, {{"open", "1", true}, {"closed", "2", false}, {"gone", "3", false}}};
    struct adapter_dump after = before;

    (void)state;
    assert_null(adapter_dump_difference(&before, &after, false));
    (void)snprintf(after.settings[0].value, sizeof after.settings[0].value, "9");
    assert_string_equal(adapter_dump_difference(&before, &after, false), "open");
    assert_null(adapter_dump_difference(&before, &after, true));
    after.count = 2;
    assert_string_equal(adapter_dump_difference(&before, &after, true), "gone");
    assert_string_equal(adapter_dump_difference(&after, &before, true), "gone");
    assert_string_equal(adapter_dump_value(&before, "closed"), "2");
    assert_null(adapter_dump_value(&after, "gone"));
}

static void the_checksum_of_a_serial_line(void **state)
{
    /* Over Serial Line V1.02, appendix B: a frame of address 2 and function 7 ends with 41 12. */
    const uint8_t frame[] = {0x02, 0x07};

    (void)state;
    assert_int_equal(modbus_crc(frame, sizeof frame), 0x1241);
    assert_int_equal(modbus_crc(frame, 0), 0xFFFF);
}

static void go_round(const char *name, const char *text, size_t size)
{
    const struct hearth_setting *setting = hearth_setting_find(name);
    uint8_t bytes[HEARTH_SETTING_VALUE];
    char back[ADAPTER_TEXT] = "";
    size_t encoded = 0;

    assert_non_null(setting);
    if (!hearth_setting_encode(setting, text, bytes, &encoded)) {
        fail_msg("%s: '%s' is not encoded", name, text);
    }
    assert_int_equal(encoded, size);
    assert_true(hearth_setting_decode(setting, bytes, encoded, back));
    assert_string_equal(back, text);
}

static void values_go_round(void **state)
{
    (void)state;
    go_round("set_point", "-32768", 2);
    go_round("set_point", "32767", 2);
    go_round("mode", "65535", 2);
    go_round("consent", "255", 1);
    go_round("schedule", "0:-1,65535:-32768,65535:-32768,65535:-32768", 16);
    go_round("name", "", 0);
    go_round("name", "Anna's \\x5c \\x00\\x7f\\xff room", 17);
    go_round("address", "0.255.1.2", 4);
}

static void what_is_no_value_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"set_point", "32768"},
        {"set_point", ""},
        {"set_point", " 1"},
        {"set_point", "1 "},
        {"set_point", "+1"},
        {"mode", "-1"},
        {"consent", "256"},
        {"schedule", "1:2,3:4"},
        {"schedule", "1:2,3:4,5:6,7:8,"},
        {"address", "1.2.3"},
        {"address", "1.2.3.256"},
        {"address", "1.2.3.4.5"},
        {"name", "\\"},
        {"name", "\\x"},
        {"name", "\\x1"},
        {"name", "\\xgg"},
        {"name", "\\n"},
        {"name", "1234567890123456789012345678901234567890123456789012345678901234 65"}};
    uint8_t bytes[HEARTH_SETTING_VALUE];
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (hearth_setting_encode(hearth_setting_find(wrong[i][0]), wrong[i][1], bytes, &size)) {
            fail_msg("%s: '%s' is encoded", wrong[i][0], wrong[i][1]);
        }
    }
    assert_null(hearth_setting_find("colour"));
}

static void a_value_of_a_wrong_length_is_refused(void **state)
{
    const uint8_t bytes[HEARTH_SETTING_VALUE] = {0};
    char text[ADAPTER_TEXT];

    (void)state;
    for (size_t i = 0; i < hearth_setting_count(); i++) {
        const struct hearth_setting *setting = hearth_setting_at(i);

        if (setting->kind != HEARTH_TEXT) {
            assert_false(hearth_setting_decode(setting, bytes, 0, text));
            assert_false(hearth_setting_decode(setting, bytes, 3, text));
        }
        assert_false(
            hearth_setting_decode(setting, bytes, sizeof bytes, text)); /* 256 characters */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_verb_is_said),
        cmocka_unit_test(outcomes_have_names),
        cmocka_unit_test(differences_of_dumps),
        cmocka_unit_test(the_checksum_of_a_serial_line),
        cmocka_unit_test(values_go_round),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(a_value_of_a_wrong_length_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
