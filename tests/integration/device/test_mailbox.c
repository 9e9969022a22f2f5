/*
 * The secure mailbox of a running device, through libmodbus, over each interface: log-in, settings,
 * wrong passwords and their delay, a new password, and what a kill must not change.
 */
#include "mailbox_link.h"

#include "byte_order.h"
#include "settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define LABEL    "label-password-of-a-test"
#define NEW      "a new and better password"
#define WRONG    "not the password"
#define BUS_WAIT 20U /* ms between two looks at the wait */

struct bench {
    struct device_process device;
    enum modbus_link_kind kind;
    modbus_t *modbus;
    struct mailbox_link link;
    struct mailbox_client_answer answer; /* to the last message */
};

static struct bench bench;

static void connect_link(void)
{
    bench.modbus = modbus_link_open(&bench.device, bench.kind);
    mailbox_link_init(&bench.link, bench.modbus, &bench.device);
}

static void set_up(enum modbus_link_kind kind)
{
    bench.kind = kind;
    device_process_create(&bench.device);
    device_process_start(&bench.device, LABEL);
    assert_true(bench.device.is_new);
    assert_string_equal(bench.device.label_password, LABEL);
    connect_link();
}

static int set_up_tcp(void **state)
{
    *state = &bench;
    set_up(MODBUS_LINK_TCP);
    return 0;
}

static int set_up_rtu(void **state)
{
    *state = &bench;
    set_up(MODBUS_LINK_RTU);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    modbus_link_close(bench.modbus);
    device_process_destroy(&bench.device);
    memset(&bench, 0, sizeof bench);
    return 0;
}

static void cut_power_and_restart(void)
{
    modbus_link_close(bench.modbus);
    bench.modbus = NULL;
    device_process_kill(&bench.device);
    device_process_start(&bench.device, NULL);
    connect_link();
}

static void expect_ok(int result)
{
    assert_int_equal(result, MAILBOX_CLIENT_OK);
    assert_int_equal(bench.answer.status, MAILBOX_STATUS_OK);
}

static void expect_refused(int result, enum mailbox_status status)
{
    assert_int_equal(result, MAILBOX_CLIENT_REFUSED);
    assert_int_equal(bench.answer.status, status);
}

static void log_in(const char *password)
{
    expect_ok(mailbox_link_login(&bench.link, password, &bench.answer));
}

static void log_out(void)
{
    expect_ok(mailbox_link_log_out(&bench.link, &bench.answer));
}

static void expect_setting(uint8_t id, const void *value, size_t length)
{
    expect_ok(mailbox_link_get(&bench.link, id, &bench.answer));
    assert_int_equal(bench.answer.length, length);
    assert_memory_equal(bench.answer.payload, value, length);
}

/* The delay that the device asks for before the next log-in. */
static uint32_t hello_wait_ms(void)
{
    expect_ok(mailbox_link_hello(&bench.link, &bench.answer));
    return bench.link.client.wait_ms;
}

static void wait_until_log_in_is_allowed(uint32_t longest_ms)
{
    const uint64_t deadline = device_process_now_ms() + longest_ms;

    while (hello_wait_ms() > 0) {
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(BUS_WAIT);
    }
}

static void test_settings(void **state)
{
    const uint8_t set_point[2] = {205, 0};
    const uint8_t too_hot[2] = {45, 1}; /* 30.1 degrees */
    uint16_t holding;

    (void)state;
    log_in(LABEL);
    expect_ok(mailbox_link_set(&bench.link, SETTING_SET_POINT, set_point, 2, &bench.answer));
    expect_setting(SETTING_SET_POINT, set_point, 2);
    EXPECT_DONE(modbus_read_registers(bench.modbus, 0, 1, &holding), 1);
    assert_int_equal(holding, 205);
    expect_ok(mailbox_link_set(&bench.link, SETTING_NAME, "bed room", 8, &bench.answer));
    expect_setting(SETTING_NAME, "bed room", 8);
    assert_int_equal(mailbox_link_set(&bench.link, SETTING_SET_POINT, too_hot, 2, &bench.answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(bench.answer.status, MAILBOX_STATUS_VALUE);
    assert_int_equal(mailbox_link_get(&bench.link, 200, &bench.answer), MAILBOX_CLIENT_OK);
    assert_int_equal(bench.answer.status, MAILBOX_STATUS_UNKNOWN);
    expect_setting(SETTING_SET_POINT, set_point, 2);
    log_out();
    cut_power_and_restart();
    log_in(LABEL);
    expect_setting(SETTING_SET_POINT, set_point, 2);
    expect_setting(SETTING_NAME, "bed room", 8);
}

static void test_nothing_without_log_in(void **state)
{
    struct mailbox_client copy;
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t length = 0;

    (void)state;
    log_in(LABEL);
    log_out();
    /* A client that goes on although the session is over: its keys were right a moment ago. */
    bench.link.client.state = MAILBOX_CLIENT_OPEN;
    expect_refused(mailbox_link_get(&bench.link, SETTING_NAME, &bench.answer),
                   MAILBOX_STATUS_NO_SESSION);
    /* A client that skips log-in. */
    assert_int_equal(hello_wait_ms(), 0);
    copy = bench.link.client;
    copy.state = MAILBOX_CLIENT_OPEN;
    assert_int_equal(mailbox_client_get_setting(&copy, SETTING_NAME, message, &length),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(mailbox_link_carry(&bench.link, message, length, message), MAILBOX_CLIENT_OK);
    expect_refused(mailbox_client_take_answer(&copy, message, sizeof message, &bench.answer),
                   MAILBOX_STATUS_NO_SESSION);
}

static void test_replayed_and_altered_messages(void **state)
{
    const uint8_t first[2] = {180, 0};
    const uint8_t second[2] = {190, 0};
    uint8_t recorded[MAILBOX_MAX_MESSAGE];
    uint8_t answer[MAILBOX_MAX_MESSAGE];
    size_t length = 0;

    (void)state;
    log_in(LABEL);
    assert_int_equal(mailbox_client_set_setting(&bench.link.client, SETTING_SET_POINT, first, 2,
                                                recorded, &length),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(mailbox_link_carry(&bench.link, recorded, length, answer), MAILBOX_CLIENT_OK);
    expect_ok(mailbox_client_take_answer(&bench.link.client, answer, sizeof answer, &bench.answer));
    expect_ok(mailbox_link_set(&bench.link, SETTING_SET_POINT, second, 2, &bench.answer));

    assert_int_equal(mailbox_link_carry(&bench.link, recorded, length, answer), MAILBOX_CLIENT_OK);
    expect_refused(
        mailbox_client_take_answer(&bench.link.client, answer, sizeof answer, &bench.answer),
        MAILBOX_STATUS_REPLAYED);
    /* The recorded message under a fresh sequence: the sequence is authenticated. */
    put_le32(recorded + 8, bench.link.client.sequence + 1U);
    assert_int_equal(mailbox_link_carry(&bench.link, recorded, length, answer), MAILBOX_CLIENT_OK);
    expect_refused(
        mailbox_client_take_answer(&bench.link.client, answer, sizeof answer, &bench.answer),
        MAILBOX_STATUS_WRONG_PROOF);
    /* Neither ended the session nor took effect. */
    expect_setting(SETTING_SET_POINT, second, 2);
}

/* The client's half of the bargain: an answer that was altered on its way is not believed. */
static void test_altered_answer_is_noticed(void **state)
{
    struct mailbox_client *client = &bench.link.client;
    uint8_t message[MAILBOX_MAX_MESSAGE];
    uint8_t answer[MAILBOX_MAX_MESSAGE];
    size_t length = 0;

    (void)state;
    log_in(LABEL);
    assert_int_equal(mailbox_client_get_setting(client, SETTING_SET_POINT, message, &length),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(mailbox_link_carry(&bench.link, message, length, answer), MAILBOX_CLIENT_OK);
    answer[MAILBOX_HEADER_SIZE] ^= 1U;
    assert_int_equal(mailbox_client_take_answer(client, answer, sizeof answer, &bench.answer),
                     MAILBOX_CLIENT_ERROR_TAG);
    answer[MAILBOX_HEADER_SIZE] ^= 1U;
    answer[8] ^= 1U; /* the sequence: an answer to another message */
    assert_int_equal(mailbox_client_take_answer(client, answer, sizeof answer, &bench.answer),
                     MAILBOX_CLIENT_ERROR_MALFORMED);
    answer[8] ^= 1U;
    expect_ok(mailbox_client_take_answer(client, answer, sizeof answer, &bench.answer));
    assert_int_equal(bench.answer.length, 2);
}

static void test_wrong_passwords_make_the_wait_grow(void **state)
{
    uint32_t after_restart;

    (void)state;
    assert_int_equal(hello_wait_ms(), 0);
    expect_refused(mailbox_link_login(&bench.link, WRONG, &bench.answer),
                   MAILBOX_STATUS_WRONG_PROOF);
    assert_in_range(bench.answer.wait_ms, 800, 1000);
    /* Too early, even with the right password. */
    expect_refused(mailbox_link_login(&bench.link, LABEL, &bench.answer), MAILBOX_STATUS_WAIT);
    assert_in_range(bench.answer.wait_ms, 1, 1000);
    wait_until_log_in_is_allowed(3000);
    expect_refused(mailbox_link_login(&bench.link, WRONG, &bench.answer),
                   MAILBOX_STATUS_WRONG_PROOF);
    assert_in_range(bench.answer.wait_ms, 1800, 2000);
    /* Cutting the power takes nothing of it back (5.1-5). */
    cut_power_and_restart();
    after_restart = hello_wait_ms();
    assert_in_range(after_restart, 1500, 2000);
    expect_refused(mailbox_link_login(&bench.link, LABEL, &bench.answer), MAILBOX_STATUS_WAIT);
    wait_until_log_in_is_allowed(4000);
    log_in(LABEL);
    log_out();
    assert_int_equal(hello_wait_ms(), 0);
}

/* The old password must fail and the new one open, whatever happened since the change. */
static void expect_new_password_counts(void)
{
    expect_refused(mailbox_link_login(&bench.link, LABEL, &bench.answer),
                   MAILBOX_STATUS_WRONG_PROOF);
    wait_until_log_in_is_allowed(3000);
    log_in(NEW);
    log_out();
}

static void test_password_change(void **state)
{
    (void)state;
    log_in(LABEL);
    expect_ok(mailbox_link_set_password(&bench.link, NEW, &bench.answer));
    log_out();
    expect_new_password_counts();
    cut_power_and_restart();
    expect_new_password_counts();
}

/* Whether `text` is anywhere in the device's flash. */
static bool flash_holds(const char *text)
{
    static uint8_t content[(1U << 24) + 1U]; /* the largest flash, and room to see its end */
    size_t size;
    bool found = false;
    FILE *file;

    device_process_refresh_flash(&bench.device);
    file = fopen(bench.device.flash, "rb");
    assert_non_null(file);
    size = fread(content, 1, sizeof content, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(size, 1024, sizeof content - 1U);
    for (size_t i = 0; i + strlen(text) <= size && !found; i++) {
        found = memcmp(content + i, text, strlen(text)) == 0;
    }
    return found;
}

static void test_flash_holds_no_password(void **state)
{
    (void)state;
    log_in(LABEL);
    expect_ok(mailbox_link_set(&bench.link, SETTING_NAME, "bed room", 8, &bench.answer));
    expect_ok(mailbox_link_set_password(&bench.link, NEW, &bench.answer));
    assert_true(flash_holds("bed room")); /* the search can find what is there */
    assert_false(flash_holds(LABEL));
    assert_false(flash_holds(NEW));
}

static void test_one_session_at_a_time(void **state)
{
    modbus_t *other;
    struct mailbox_link intruder;
    uint8_t open = 0;
    int result;

    (void)state;
    if (!device_process_has_network()) {
        skip(); /* there is no other way in */
    }
    other = modbus_link_open(&bench.device, 1 - bench.kind);
    mailbox_link_init(&intruder, other, &bench.device);
    log_in(LABEL);
    result = mailbox_link_hello(&intruder, &bench.answer);
    EXPECT_DONE(modbus_read_input_bits(other, 3, 1, &open), 1);
    modbus_link_close(other);
    expect_refused(result, MAILBOX_STATUS_BUSY);
    assert_in_range(bench.answer.wait_ms, 1, MAILBOX_IDLE_MS);
    assert_int_equal(open, 1);
    expect_setting(SETTING_NAME, "", 0); /* the first session goes on */
}

#define ON_BOTH(function)                                                                          \
    {#function " over TCP", function, set_up_tcp, tear_down, NULL},                                \
    {                                                                                              \
#function " over RTU", function, set_up_rtu, tear_down, NULL                               \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_settings),
        ON_BOTH(test_nothing_without_log_in),
        ON_BOTH(test_replayed_and_altered_messages),
        ON_BOTH(test_altered_answer_is_noticed),
        ON_BOTH(test_wrong_passwords_make_the_wait_grow),
        ON_BOTH(test_password_change),
        {"test_flash_holds_no_password", test_flash_holds_no_password, set_up_rtu, tear_down, NULL},
        ON_BOTH(test_one_session_at_a_time),
    };

    if (!device_process_has_network()) {
        cmocka_set_skip_filter("* over TCP");
    }
    return cmocka_run_group_tests_name("device.mailbox", tests, NULL, NULL);
}
