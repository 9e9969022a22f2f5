/* telemetry.h: what readings look like as text, which commands are obeyed, and that all others leave
 * the settings alone. */
#include "support.h"

#include "settings_codec.h"
#include "telemetry.h"

#include <stdio.h>
#include <string.h>

#define UNTOUCHED 12345

static void every_error_has_a_text(void **state)
{
    static const int codes[] = {TELEMETRY_OK,
                                TELEMETRY_ERROR_TOO_LONG,
                                TELEMETRY_ERROR_SYNTAX,
                                TELEMETRY_ERROR_MEMBER,
                                TELEMETRY_ERROR_RANGE,
                                TELEMETRY_ERROR_PRECISION,
                                TELEMETRY_ERROR_STORAGE,
                                TELEMETRY_ERROR_NO_BROKER};

    (void)state;
    support_check_texts(telemetry_strerror, codes, SUPPORT_COUNT(codes));
}

static void expect_text(const struct telemetry_reading *reading, const char *expected)
{
    char text[TELEMETRY_MAX_TEXT];

    memset(text, 'x', sizeof text);
    assert_int_equal(telemetry_encode(reading, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void a_reading_is_one_flat_object(void **state)
{
    struct telemetry_reading reading = {
        .number = 7, .uptime_s = 420, .temperature = 205, .set_point = 210, .heating = true};

    (void)state;
    expect_text(&reading, "{\"number\":7,\"uptime_s\":420,\"temperature\":20.5,\"set_point\":21.0,"
                          "\"heating\":true,\"sensor_fault\":false,\"frost_protection\":false,"
                          "\"dropped\":0}");
    reading.temperature = -5;
    reading.heating = false;
    reading.frost_protection = true;
    reading.dropped = 3;
    expect_text(&reading, "{\"number\":7,\"uptime_s\":420,\"temperature\":-0.5,\"set_point\":21.0,"
                          "\"heating\":false,\"sensor_fault\":false,\"frost_protection\":true,"
                          "\"dropped\":3}");
    reading.sensor_fault = true;
    expect_text(&reading, "{\"number\":7,\"uptime_s\":420,\"temperature\":null,\"set_point\":21.0,"
                          "\"heating\":false,\"sensor_fault\":true,\"frost_protection\":true,"
                          "\"dropped\":3}");
}

static void the_longest_reading_fits(void **state)
{
    const struct telemetry_reading reading = {.number = UINT32_MAX,
                                              .uptime_s = UINT32_MAX,
                                              .dropped = UINT32_MAX,
                                              .temperature = INT16_MIN,
                                              .set_point = INT16_MIN};

    (void)state;
    expect_text(&reading, "{\"number\":4294967295,\"uptime_s\":4294967295,\"temperature\":-3276.8,"
                          "\"set_point\":-3276.8,\"heating\":false,\"sensor_fault\":false,"
                          "\"frost_protection\":false,\"dropped\":4294967295}");
}

static int parse(const char *text, int16_t *set_point)
{
    const size_t length = strlen(text);

    return telemetry_command_parse(support_at_edge((const uint8_t *)text, length), length,
                                   set_point);
}

static void commands_are_obeyed(void **state)
{
    static const struct {
        const char *text;
        int16_t set_point;
    } rows[] = {
        {"{\"set_point\":21.5}", 215},
        {"{\"set_point\": 21}", 210},
        {" \t\r\n{ \"set_point\" \n:\t5.0 }\r\n ", 50},
        {"{\"set_point\":5}", 50},
        {"{\"set_point\":30.0}", 300},
        {"{\"set_point\":29.9}", 299},
    };

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        int16_t set_point = UNTOUCHED;
        assert_int_equal(parse(rows[i].text, &set_point), TELEMETRY_OK);
        assert_int_equal(set_point, rows[i].set_point);
    }
}

static const struct {
    const char *text;
    int error;
} refused[] = {
    {"", TELEMETRY_ERROR_SYNTAX},
    {" ", TELEMETRY_ERROR_SYNTAX},
    {"21.5", TELEMETRY_ERROR_SYNTAX},
    {"[]", TELEMETRY_ERROR_SYNTAX},
    {"{", TELEMETRY_ERROR_SYNTAX},
    {"{}", TELEMETRY_ERROR_MEMBER},
    {"{}}", TELEMETRY_ERROR_SYNTAX},
    {"{\"", TELEMETRY_ERROR_SYNTAX},
    {"{set_point:21}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\"", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\"}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21}x", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21}{\"set_point\":22}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":\"21\"}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":null}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":true}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":{}}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":[21]}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":+21}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":021}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":.5}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21.}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21,5}", TELEMETRY_ERROR_MEMBER},
    {"{\"set_point\":21e0}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21.0e0}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21x5}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21 1}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":NaN}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21,}", TELEMETRY_ERROR_MEMBER},
    {"{,\"set_point\":21}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":21,\"set_point\":22}", TELEMETRY_ERROR_MEMBER},
    {"{\"set_point\":21,\"mode\":0}", TELEMETRY_ERROR_MEMBER},
    {"{\"mode\":0,\"set_point\":21}", TELEMETRY_ERROR_MEMBER},
    {"{\"\":21}", TELEMETRY_ERROR_MEMBER},
    {"{\"set_poin\":21}", TELEMETRY_ERROR_MEMBER},
    {"{\"set_point \":21}", TELEMETRY_ERROR_MEMBER},
    {"{\"Set_point\":21}", TELEMETRY_ERROR_MEMBER},
    {"{\"set_p\\u006fint\":21}", TELEMETRY_ERROR_MEMBER},
    {"{'set_point':21}", TELEMETRY_ERROR_SYNTAX},
    {"\xEF\xBB\xBF{\"set_point\":21}", TELEMETRY_ERROR_SYNTAX},
    {"{\"set_point\":4.9}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":30.1}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":0}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":-0.0}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":-21}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":429496729620.0}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":65556}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":429496750.6}", TELEMETRY_ERROR_RANGE},
    {"{\"set_point\":21.50}", TELEMETRY_ERROR_PRECISION},
    {"{\"set_point\":21.05}", TELEMETRY_ERROR_PRECISION},
};

static void all_else_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(refused); i++) {
        int16_t set_point = UNTOUCHED;
        int result = parse(refused[i].text, &set_point);
        if (result != refused[i].error || set_point != UNTOUCHED) {
            fail_msg("%s: %s", refused[i].text, telemetry_strerror(result));
        }
    }
}

/* A zero is a byte like any other, and does not end the text. */
static void a_zero_byte_is_refused(void **state)
{
    static const uint8_t text[] = "{\"set_point\":21}"; /* with its zero */
    int16_t set_point = UNTOUCHED;

    (void)state;
    assert_int_equal(telemetry_command_parse(text, sizeof text, &set_point),
                     TELEMETRY_ERROR_SYNTAX);
    assert_int_equal(set_point, UNTOUCHED);
}

/* Every beginning of a right command, with its memory ending there. */
static void a_part_of_a_command_is_refused(void **state)
{
    static const char whole[] = "{\"set_point\":21.5}";
    int16_t set_point = UNTOUCHED;

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1U; length++) {
        assert_int_not_equal(
            telemetry_command_parse(support_at_edge((const uint8_t *)whole, length), length,
                                    &set_point),
            TELEMETRY_OK);
        assert_int_equal(set_point, UNTOUCHED);
    }
}

static void the_length_has_a_limit(void **state)
{
    uint8_t text[TELEMETRY_MAX_COMMAND + 1U];
    static const char command[] = "{\"set_point\":21}";
    int16_t set_point = UNTOUCHED;

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, command, sizeof command - 1U);
    assert_int_equal(telemetry_command_parse(text, sizeof text, &set_point),
                     TELEMETRY_ERROR_TOO_LONG);
    assert_int_equal(set_point, UNTOUCHED);
    assert_int_equal(telemetry_command_parse(text, TELEMETRY_MAX_COMMAND, &set_point),
                     TELEMETRY_OK);
    assert_int_equal(set_point, 210);
}

static int apply(struct settings_store *settings, const char *text)
{
    return telemetry_command_apply(settings, (const uint8_t *)text, strlen(text));
}

static void a_command_changes_the_set_point_for_good(void **state)
{
    struct settings_store settings;
    struct settings expected;

    (void)state;
    support_new_board();
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    expected = settings.current;
    expected.set_point = 185;
    assert_int_equal(apply(&settings, "{\"set_point\":18.5}"), TELEMETRY_OK);
    assert_memory_equal(&settings.current, &expected, sizeof expected);
    in_process_power_on();
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    assert_int_equal(settings.current.set_point, 185);
}

static void a_refused_command_changes_nothing(void **state)
{
    struct settings_store settings;
    struct settings before;

    (void)state;
    support_new_board();
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    before = settings.current;
    support_watch_flash();
    for (size_t i = 0; i < SUPPORT_COUNT(refused); i++) {
        assert_int_equal(apply(&settings, refused[i].text), refused[i].error);
    }
    assert_memory_equal(&settings.current, &before, sizeof before);
    assert_int_equal(support_flash.count, 0);
}

static void act_on_command(void *state)
{
    (void)apply(state, "{\"set_point\":18.5}");
}

/* Old or new, in flash as in memory. */
static const char *check_old_or_new(void *state, enum fault_kind kind)
{
    struct settings_store *settings = state;
    struct settings_store read_again;

    if (settings_start(&read_again) != SETTINGS_OK) {
        return "settings cannot be read";
    }
    if (read_again.current.set_point != 200 && read_again.current.set_point != 185) {
        return "neither the old set-point nor the new one";
    }
    if (kind == FAULT_FLASH_ERROR && settings->current.set_point != read_again.current.set_point) {
        return "memory differs from flash";
    }
    return NULL;
}

static void every_flash_operation_may_fail(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};
    struct settings_store settings;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &settings,
                                            .state_size = sizeof settings,
                                            .act = act_on_command,
                                            .check = check_old_or_new,
                                            .kind = kinds[i],
                                            .erase_step = 64};
        support_new_board();
        assert_int_equal(settings_start(&settings), SETTINGS_OK);
        (void)support_sweep(&trial);
    }
}

static void a_failing_flash_is_reported(void **state)
{
    struct settings_store settings;

    (void)state;
    support_new_board();
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    flash_model_arm(&in_process_board.flash, (struct fault){.kind = FAULT_FLASH_ERROR});
    assert_int_equal(apply(&settings, "{\"set_point\":18.5}"), TELEMETRY_ERROR_STORAGE);
    assert_int_equal(settings.current.set_point, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_text),
        cmocka_unit_test(a_reading_is_one_flat_object),
        cmocka_unit_test(the_longest_reading_fits),
        cmocka_unit_test(commands_are_obeyed),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(a_zero_byte_is_refused),
        cmocka_unit_test(a_part_of_a_command_is_refused),
        cmocka_unit_test(the_length_has_a_limit),
        cmocka_unit_test(a_command_changes_the_set_point_for_good),
        cmocka_unit_test(a_refused_command_changes_nothing),
        cmocka_unit_test(every_flash_operation_may_fail),
        cmocka_unit_test(a_failing_flash_is_reported),
    };

    return cmocka_run_group_tests_name("firmware.telemetry", tests, NULL, NULL);
}
