/*
 * Each verb of the adapter of Hearth against hearth-native, by the local bus and by the network.
 */
#include "native_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor_wait.h"

enum {
    VERB_MS = 20000,
    SHORT_MS = 1000, /* for a device that does not answer */
    PAUSE_MS = 10,
    HEADER = 128,
};

static struct native_device device;
static struct diagnostic diagnostic;

static int64_t in(int64_t milliseconds)
{
    return process_clock_ms() + milliseconds;
}

static void expect_ok(int error)
{
    if (error != RIG_OK) {
        fail_msg("%s: %s", rig_strerror(error), diagnostic.text);
    }
}

static int set_up(void **state)
{
    (void)state;
    diagnostic_clear(&diagnostic);
    native_device_create(&device);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    native_device_destroy(&device);
    return 0;
}

static void expect_set(const char *name, const char *value, enum adapter_outcome outcome)
{
    struct adapter_answer answer;

    expect_ok(adapter_set(&device.adapter, name, value, &answer, in(VERB_MS), &diagnostic));
    if (answer.outcome != outcome) {
        fail_msg("%s = %s: %s: %s", name, value, adapter_outcome_name(answer.outcome),
                 answer.reason);
    }
}

static struct adapter_answer login(enum adapter_channel channel, const char *password)
{
    struct adapter_answer answer;

    expect_ok(adapter_login(&device.adapter, channel, password, &answer, in(VERB_MS), &diagnostic));
    return answer;
}

static struct adapter_identity who(void)
{
    struct adapter_identity identity;

    expect_ok(adapter_identity(&device.adapter, &identity, in(VERB_MS), &diagnostic));
    return identity;
}

/* ---- reading ---- */

static void health_by_both_channels(void **state)
{
    (void)state;
    for (int channel = 0; channel < ADAPTER_CHANNELS; channel++) {
        struct adapter_health health;

        expect_ok(adapter_health(&device.adapter, (enum adapter_channel)channel, &health,
                                 in(VERB_MS), &diagnostic));
        assert_true(health.ok && health.function_ok && health.has_link && health.has_uplink);
        assert_false(health.uplink_connected);
        assert_in_range(health.uptime_s, 0, 20);
        assert_string_equal(health.reset_cause, "power-on");
    }
}

static void starts_rise_where_the_device_counts_them(void **state)
{
    struct adapter_health before;
    struct adapter_health after;

    (void)state;
    expect_ok(adapter_health(&device.adapter, ADAPTER_NETWORK, &before, in(VERB_MS), &diagnostic));
    native_device_cut(&device);
    native_device_start(&device);
    expect_ok(adapter_health(&device.adapter, ADAPTER_NETWORK, &after, in(VERB_MS), &diagnostic));
    assert_int_equal(before.has_starts, after.has_starts);
    if (before.has_starts) {
        assert_true(after.starts > before.starts);
    }
}

static void identity_with_and_without_password(void **state)
{
    struct adapter_identity identity = who();

    (void)state;
    assert_string_equal(identity.product, "hearth");
    assert_string_equal(identity.version, "1.0.0");
    assert_string_equal(identity.slot, "a");
    assert_string_equal(identity.device_id, device.device_id);
    assert_false(identity.on_trial);
    device.adapter.password[0] = '\0';
    assert_string_equal(who().version, "");
}

/* ---- settings ---- */

static void settings_go_round(void **state)
{
    static const char *const values[][2] = {
        {"set_point", "-1"}, /* refused: see below */
        {"set_point", "225"},
        {"mode", "2"},
        {"hysteresis", "12"},
        {"frost_limit", "80"},
        {"schedule", "1:50,2:300,3:100,1439:200"},
        {"name", "back\\x5cslash"},
        {"address", "192.0.2.7"},
        {"broker", "broker.example:8883"},
        {"consent", "1"},
    };
    static struct adapter_dump before;
    static struct adapter_dump after;

    (void)state;
    expect_ok(adapter_dump(&device.adapter, &before, in(VERB_MS), &diagnostic));
    assert_int_equal(before.count, 9);
    assert_null(adapter_dump_difference(&before, &before, false));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        expect_set(values[i][0], values[i][1], i == 0 ? ADAPTER_REFUSED : ADAPTER_ACCEPTED);
    }
    native_device_cut(&device);
    native_device_start(&device);
    expect_ok(adapter_dump(&device.adapter, &after, in(VERB_MS), &diagnostic));
    for (size_t i = 1; i < sizeof values / sizeof values[0]; i++) {
        assert_string_equal(adapter_dump_value(&after, values[i][0]), values[i][1]);
    }
    assert_string_equal(adapter_dump_difference(&before, &after, false), "set_point");
    assert_string_equal(adapter_dump_difference(&before, &after, true), "hysteresis");
}

static void a_value_that_is_none_never_leaves(void **state)
{
    struct adapter_answer answer;

    (void)state;
    assert_int_equal(adapter_set(&device.adapter, "colour", "1", &answer, in(VERB_MS), &diagnostic),
                     RIG_ERROR_USAGE);
    assert_int_equal(
        adapter_set(&device.adapter, "mode", "warm", &answer, in(VERB_MS), &diagnostic),
        RIG_ERROR_USAGE);
}

/* ---- log-in ---- */

static void log_in_by_both_channels(void **state)
{
    (void)state;
    for (int channel = 0; channel < ADAPTER_CHANNELS; channel++) {
        for (int i = 0; i < 2; i++) { /* twice: the first one was logged out */
            assert_int_equal(login((enum adapter_channel)channel, device.adapter.password).outcome,
                             ADAPTER_ACCEPTED);
        }
    }
}

static void a_wrong_password_is_refused_and_waited_out(void **state)
{
    struct adapter_answer answer = login(ADAPTER_NETWORK, "wrong");
    const int64_t start = process_clock_ms();

    (void)state;
    assert_int_equal(answer.outcome, ADAPTER_REFUSED);
    assert_string_equal(answer.reason, "wrong proof");
    answer = login(ADAPTER_LOCAL, device.adapter.password);
    assert_int_equal(answer.outcome, ADAPTER_WAIT);
    assert_in_range(answer.wait_ms, 1, 1000);
    /* Too short for the back-off: said, not waited for. */
    expect_ok(adapter_set(&device.adapter, "mode", "1", &answer, in(100), &diagnostic));
    assert_int_equal(answer.outcome, ADAPTER_WAIT);
    expect_set("mode", "2", ADAPTER_ACCEPTED);
    assert_in_range(process_clock_ms() - start, 700, VERB_MS);
}

static void a_password_is_replaced(void **state)
{
    const char *new = "a new password of 2026";
    struct adapter_answer answer;

    (void)state;
    expect_ok(adapter_set_password(&device.adapter, new, &answer, in(VERB_MS), &diagnostic));
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    native_device_cut(&device);
    native_device_start(&device);
    assert_int_equal(login(ADAPTER_LOCAL, device.adapter.password).outcome, ADAPTER_REFUSED);
    (void)snprintf(device.adapter.password, sizeof device.adapter.password, "%s", new);
    expect_set("mode", "0", ADAPTER_ACCEPTED);
    assert_int_equal(login(ADAPTER_NETWORK, new).outcome, ADAPTER_ACCEPTED);
}

static void erase_brings_back_the_label(void **state)
{
    static struct adapter_dump dump;
    struct adapter_answer answer;
    char label[ADAPTER_PASSWORD];

    (void)state;
    (void)snprintf(label, sizeof label, "%s", device.adapter.password);
    expect_set("name", "Anna's room", ADAPTER_ACCEPTED);
    expect_ok(adapter_set_password(&device.adapter, "mine", &answer, in(VERB_MS), &diagnostic));
    (void)snprintf(device.adapter.password, sizeof device.adapter.password, "mine");
    expect_ok(adapter_erase(&device.adapter, &answer, in(VERB_MS), &diagnostic));
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    (void)snprintf(device.adapter.password, sizeof device.adapter.password, "%s", label);
    expect_ok(adapter_dump(&device.adapter, &dump, in(VERB_MS), &diagnostic));
    assert_string_equal(adapter_dump_value(&dump, "name"), "");
}

/* ---- update ---- */

static struct adapter_answer update(const char *image, uint64_t stop_after, bool activate,
                                    enum adapter_channel channel)
{
    const struct adapter_update offered = {image, stop_after, activate, channel};
    struct adapter_answer answer;

    expect_ok(adapter_update(&device.adapter, &offered, &answer, in(VERB_MS), &diagnostic));
    return answer;
}

static void wait_for_version(const char *version)
{
    const int64_t deadline = in(VERB_MS);
    struct adapter_identity identity = {.version = ""};

    while (strcmp(identity.version, version) != 0) {
        assert_true(process_clock_ms() < deadline);
        expect_ok(descriptor_pause(in(PAUSE_MS), &diagnostic));
        /* The restart may fall into it. */
        (void)!adapter_identity(&device.adapter, &identity, in(SHORT_MS), &diagnostic);
    }
}

static void update_whole(enum adapter_channel channel)
{
    char *image = native_device_make_image(&device, "b", "1.1.0", "2", NULL);
    struct adapter_answer answer = update(image, UINT64_MAX, true, channel);

    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    wait_for_version("1.1.0");
    assert_true(who().on_trial);
    assert_string_equal(who().slot, "b");
    expect_ok(adapter_confirm(&device.adapter, &answer, in(VERB_MS), &diagnostic));
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    assert_false(who().on_trial);
    native_device_cut(&device);
    native_device_start(&device);
    assert_string_equal(who().version, "1.1.0");
    free(image);
}

static void update_by_the_local_bus(void **state)
{
    (void)state;
    update_whole(ADAPTER_LOCAL);
}

static void update_by_the_network(void **state)
{
    (void)state;
    update_whole(ADAPTER_NETWORK);
}

static void wrong_images_are_refused_with_a_reason(void **state)
{
    static const char *const wrong[][2] = {
        {"signature", "image refused: signature"}, {"key", "image refused: signature"},
        {"product", "image refused: product"},     {"format", "image refused: format"},
        {"body", "image refused: body"},           {"truncated", "image refused: truncated"}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *image = native_device_make_image(&device, "b", "1.1.0", "2", wrong[i][0]);
        struct adapter_answer answer = update(image, UINT64_MAX, true, ADAPTER_NETWORK);

        assert_int_equal(answer.outcome, ADAPTER_REFUSED);
        assert_string_equal(answer.reason, wrong[i][1]);
        free(image);
    }
    assert_string_equal(who().version, "1.0.0");
}

static void a_client_that_dies_leaves_its_session(void **state)
{
    char *image = native_device_make_image(&device, "b", "1.1.0", "2", NULL);
    struct adapter_answer answer = update(image, HEADER + 1000, true, ADAPTER_NETWORK);

    (void)state;
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    answer = login(ADAPTER_LOCAL, device.adapter.password);
    assert_int_equal(answer.outcome, ADAPTER_BUSY);
    assert_in_range(answer.wait_ms, 1, 60000);
    native_device_cut(&device);
    native_device_start(&device);
    assert_string_equal(who().version, "1.0.0");
    assert_int_equal(update(image, UINT64_MAX, false, ADAPTER_NETWORK).outcome, ADAPTER_ACCEPTED);
    assert_string_equal(who().version, "1.0.0"); /* staged, not activated */
    free(image);
}

/* ---- silence ---- */

static void a_dead_device_is_a_timeout(void **state)
{
    struct adapter_health health;
    struct adapter_answer answer;

    (void)state;
    native_device_cut(&device);
    for (int channel = 0; channel < ADAPTER_CHANNELS; channel++) {
        assert_int_equal(adapter_health(&device.adapter, (enum adapter_channel)channel, &health,
                                        in(SHORT_MS), &diagnostic),
                         RIG_ERROR_TIMEOUT);
        assert_string_not_equal(diagnostic.text, "");
    }
    assert_int_equal(adapter_set(&device.adapter, "mode", "1", &answer, in(SHORT_MS), &diagnostic),
                     RIG_ERROR_TIMEOUT);
    native_device_start(&device);
    expect_set("mode", "1", ADAPTER_ACCEPTED);
}

/* SIGSTOP: the connection stands, nothing answers; then it does, late. */
static void a_late_answer_is_not_taken_for_the_next(void **state)
{
    struct modbus_registers uptime = {2, 2};
    struct modbus_registers link = {7, 2};

    (void)state;
    for (int channel = 0; channel < ADAPTER_CHANNELS; channel++) {
        const struct modbus_port *port = channel == ADAPTER_LOCAL ? &device.rtu : &device.tcp;
        struct modbus_client *client = NULL;
        uint16_t values[2];

        expect_ok(modbus_client_open(port, in(VERB_MS), &client, &diagnostic));
        assert_int_equal(kill(process_id(device.process), SIGSTOP), 0);
        assert_int_equal(modbus_client_read_inputs(client, link, values, in(100), &diagnostic),
                         RIG_ERROR_TIMEOUT);
        assert_int_equal(kill(process_id(device.process), SIGCONT), 0);
        for (int i = 0; i < 3; i++) {
            expect_ok(modbus_client_read_inputs(client, uptime, values, in(VERB_MS), &diagnostic));
            assert_int_equal(values[0], 0);
            assert_in_range(values[1], 0, 20);
        }
        modbus_client_close(client);
    }
}

static void a_session_left_behind_is_taken_up(void **state)
{
    const struct hearth_adapter_options options = {&device.rtu, &device.tcp, device.device_id, ""};
    char *image = native_device_make_image(&device, "b", "1.1.0", "2", NULL);
    const struct adapter_update slow = {image, UINT64_MAX, false, ADAPTER_NETWORK};
    struct adapter stranger = {NULL, NULL, ""};
    struct adapter_answer answer;

    (void)state;
    native_device_cut(&device);
    device.flash_time = "1000"; /* 2 s for the body */
    native_device_start(&device);
    assert_int_equal(adapter_update(&device.adapter, &slow, &answer, in(1500), &diagnostic),
                     RIG_ERROR_TIMEOUT);
    expect_ok(hearth_adapter_create(&options, &stranger, &diagnostic));
    expect_ok(adapter_login(&stranger, ADAPTER_NETWORK, device.adapter.password, &answer,
                            in(VERB_MS), &diagnostic));
    assert_int_equal(answer.outcome, ADAPTER_BUSY); /* there is one */
    adapter_destroy(&stranger);
    expect_set("mode", "2", ADAPTER_ACCEPTED);
    free(image);
}

int main(void)
{
#define WITH_DEVICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_DEVICE(health_by_both_channels),
        WITH_DEVICE(starts_rise_where_the_device_counts_them),
        WITH_DEVICE(identity_with_and_without_password),
        WITH_DEVICE(settings_go_round),
        WITH_DEVICE(a_value_that_is_none_never_leaves),
        WITH_DEVICE(log_in_by_both_channels),
        WITH_DEVICE(a_wrong_password_is_refused_and_waited_out),
        WITH_DEVICE(a_password_is_replaced),
        WITH_DEVICE(erase_brings_back_the_label),
        WITH_DEVICE(update_by_the_local_bus),
        WITH_DEVICE(update_by_the_network),
        WITH_DEVICE(wrong_images_are_refused_with_a_reason),
        WITH_DEVICE(a_client_that_dies_leaves_its_session),
        WITH_DEVICE(a_dead_device_is_a_timeout),
        WITH_DEVICE(a_late_answer_is_not_taken_for_the_next),
        WITH_DEVICE(a_session_left_behind_is_taken_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
