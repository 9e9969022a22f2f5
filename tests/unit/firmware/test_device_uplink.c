/* device_uplink.h: the uplink inside a device, driven as a board's transport would. */
#include "support.h"

#include "device_uplink.h"
#include "settings_store.h"

#include <string.h>

#define COMMAND "{\"set_point\":21.5}"
#define MINUTES 10U

static struct device device;

static int set_up(void **state)
{
    (void)state;
    support_new_device(&device);
    device_poll(&device);
    return 0;
}

static void allow(const char *broker)
{
    struct settings draft = device.settings.current;

    memset(draft.broker, 0, sizeof draft.broker);
    memcpy(draft.broker, broker, strlen(broker));
    draft.telemetry_consent = true;
    assert_int_equal(settings_commit(&device.settings, &draft), SETTINGS_OK);
}

static void begin_to_connect(void)
{
    allow("broker.example:8884");
    assert_int_equal(device_uplink_poll(&device), UPLINK_NOTHING);
    in_process_advance(UPLINK_START_SPREAD_MS);
    assert_int_equal(device_uplink_poll(&device), UPLINK_CONNECT);
}

static void connect(void)
{
    begin_to_connect();
    device_uplink_report(&device, UPLINK_CONNECTED);
}

static int command(const char *text)
{
    const size_t length = strlen(text);

    in_process_board.last_line = "";
    return device_uplink_command(&device, support_at_edge((const uint8_t *)text, length), length);
}

static void expect_refused(const char *text, int error)
{
    const int16_t set_point = device.settings.current.set_point;

    support_watch_flash();
    assert_int_equal(command(text), error);
    assert_int_equal(device.settings.current.set_point, set_point);
    assert_int_equal(support_flash.count, 0); /* no event either */
    assert_string_equal(in_process_board.last_line, "uplink: a command was refused");
}

/* Nobody drives it: no reading is taken, and it says off. */
static void a_board_without_a_network_gathers_nothing(void **state)
{
    (void)state;
    allow("broker.example");
    for (unsigned i = 0; i < MINUTES; i++) {
        in_process_advance(UPLINK_READING_PERIOD_MS);
        device_poll(&device);
    }
    assert_int_equal(device.uplink.state, UPLINK_OFF);
    assert_int_equal(device.uplink.last_number, 0);
    assert_false(device.link_up);
}

static void a_reading_is_of_this_device_and_leaves_once_acknowledged(void **state)
{
    static const char expected[] =
        "{\"number\":1,\"uptime_s\":61,\"temperature\":18.5,\"set_point\":20.0,"
        "\"heating\":true,\"sensor_fault\":false,\"frost_protection\":false,\"dropped\":0}";
    char text[TELEMETRY_MAX_TEXT];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(device_uplink_reading(&device, text), 0);
    assert_string_equal(text, "");
    in_process_board.temperature = 185;
    in_process_advance(61000);
    device_poll(&device);
    connect();
    assert_int_equal(device_uplink_poll(&device), UPLINK_PUBLISH);
    assert_int_equal(device_uplink_reading(&device, text), sizeof expected - 1U);
    assert_string_equal(text, expected);
    device_uplink_report(&device, UPLINK_ACKNOWLEDGED);
    assert_int_equal(device_uplink_reading(&device, text), 0);
    assert_int_equal(device.uplink.acknowledged, 1);
}

static void events_are_of_the_moment(void **state)
{
    (void)state;
    connect();
    in_process_advance(UPLINK_HOLD_MS - 1U);
    device_uplink_report(&device, UPLINK_LOST);
    assert_int_equal(device.uplink.failures, 1);
}

static void nothing_leaves_in_recovery(void **state)
{
    const struct boot_handover recovery = {.recovery = true};

    (void)state;
    allow("broker.example");
    in_process_power_on();
    assert_int_equal(device_start(&device, &recovery), DEVICE_OK);
    for (unsigned i = 0; i < MINUTES; i++) {
        in_process_advance(UPLINK_READING_PERIOD_MS);
        assert_int_equal(device_uplink_poll(&device), UPLINK_NOTHING);
    }
    assert_int_equal(device.uplink.last_number, 0);
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
}

static void a_start_forgets_link_and_readings(void **state)
{
    (void)state;
    connect();
    device_set_link(&device, true);
    assert_true(device.link_up);
    support_restart(&device);
    assert_false(device.link_up);
    assert_int_equal(device.uplink.state, UPLINK_OFF);
    assert_int_equal(device.uplink.count, 0);
    device_set_link(&device, true);
    device_set_link(&device, false);
    assert_false(device.link_up);
}

static void an_erase_ends_the_uplink(void **state)
{
    char text[TELEMETRY_MAX_TEXT];

    (void)state;
    connect();
    assert_int_equal(device_uplink_poll(&device), UPLINK_PUBLISH);
    assert_int_equal(device_erase(&device), DEVICE_OK);
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
    assert_int_equal(device_uplink_poll(&device), UPLINK_CLOSE);
    assert_int_equal(device_uplink_reading(&device, text), 0);
    for (unsigned i = 0; i < MINUTES; i++) {
        in_process_advance(UPLINK_READING_PERIOD_MS);
        assert_int_equal(device_uplink_poll(&device), UPLINK_NOTHING);
    }
    assert_int_equal(device.uplink.state, UPLINK_OFF);
    assert_int_equal(device.uplink.count, 0);
}

static void a_command_sets_the_set_point_for_good(void **state)
{
    (void)state;
    connect();
    assert_int_equal(command(COMMAND), TELEMETRY_OK);
    assert_string_equal(in_process_board.last_line, "");
    assert_int_equal(device.settings.current.set_point, 215);
    support_restart(&device);
    assert_int_equal(device.settings.current.set_point, 215);
}

static void a_refused_command_changes_nothing_and_is_one_line(void **state)
{
    (void)state;
    connect();
    expect_refused("", TELEMETRY_ERROR_SYNTAX);
    expect_refused("{\"mode\":0}", TELEMETRY_ERROR_MEMBER);
    expect_refused("{\"set_point\":30.1}", TELEMETRY_ERROR_RANGE);
    expect_refused("{\"set_point\":21.55}", TELEMETRY_ERROR_PRECISION);
}

static void a_command_that_flash_refuses_is_a_refused_one(void **state)
{
    (void)state;
    connect();
    flash_model_arm(&in_process_board.flash, (struct fault){.kind = FAULT_FLASH_ERROR});
    assert_int_equal(command(COMMAND), TELEMETRY_ERROR_STORAGE);
    assert_int_equal(device.settings.current.set_point, 200);
    assert_string_equal(in_process_board.last_line, "uplink: a command was refused");
}

/* Brokers may send what they retained before they say that the connection stands. */
static void commands_are_taken_from_the_attempt_to_the_end(void **state)
{
    (void)state;
    allow("broker.example:8884");
    assert_int_equal(device_uplink_poll(&device), UPLINK_NOTHING);
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
    begin_to_connect();
    assert_int_equal(command("{\"set_point\":21}"), TELEMETRY_OK);
    device_uplink_report(&device, UPLINK_CONNECTED);
    assert_int_equal(command("{\"set_point\":22}"), TELEMETRY_OK);
    assert_int_equal(device_uplink_poll(&device), UPLINK_PUBLISH);
    assert_int_equal(command("{\"set_point\":23}"), TELEMETRY_OK);
    device_uplink_report(&device, UPLINK_LOST);
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
    assert_int_equal(device.settings.current.set_point, 230);
}

/* Also in the turn in which the user has changed his mind and the connection is still there. */
static void only_the_broker_that_is_wanted_may_command(void **state)
{
    struct settings draft;

    (void)state;
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
    connect();
    allow("other.example");
    expect_refused(COMMAND, TELEMETRY_ERROR_NO_BROKER);
    allow("broker.example:8884");
    assert_int_equal(command(COMMAND), TELEMETRY_OK);
    draft = device.settings.current;
    draft.telemetry_consent = false;
    assert_int_equal(settings_commit(&device.settings, &draft), SETTINGS_OK);
    expect_refused("{\"set_point\":20}", TELEMETRY_ERROR_NO_BROKER);
    assert_int_equal(device_uplink_poll(&device), UPLINK_CLOSE);
    expect_refused("{\"set_point\":20}", TELEMETRY_ERROR_NO_BROKER);
}

#define DEVICE_TEST(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(a_board_without_a_network_gathers_nothing),
        DEVICE_TEST(a_reading_is_of_this_device_and_leaves_once_acknowledged),
        DEVICE_TEST(events_are_of_the_moment),
        DEVICE_TEST(nothing_leaves_in_recovery),
        DEVICE_TEST(a_start_forgets_link_and_readings),
        DEVICE_TEST(an_erase_ends_the_uplink),
        DEVICE_TEST(a_command_sets_the_set_point_for_good),
        DEVICE_TEST(a_refused_command_changes_nothing_and_is_one_line),
        DEVICE_TEST(a_command_that_flash_refuses_is_a_refused_one),
        DEVICE_TEST(commands_are_taken_from_the_attempt_to_the_end),
        DEVICE_TEST(only_the_broker_that_is_wanted_may_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
