#include "uplink_bench.h"

#include "file_text.h"
#include "settings.h"
#include "uplink.h"

#include "base/diagnostic.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "emulator/emulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define LABEL   "label-password-of-an-uplink"
#define TURN_MS 20
/* A handshake keeps the device's main loop; how long by the host's clock depends on its other work. */
#define RESPONSE_TIMEOUT_S 15
#define CONTROL_LIMIT_MS   20000

/* Below the room's 21.5 degrees by more than the hysteresis: not heated. */
#define LOWEST_SET_POINT  150U
#define HIGHEST_SET_POINT 190U

/* Guest time follows what the guest has done, 8 ns an instruction, not the host's clock: on a host with
 * other work to do a TLS handshake would else outlast the watchdog. */
static const char *const pace[] = {"-icount", "shift=3,sleep=on,align=off", NULL};

static modbus_t *open_patiently(const struct uplink_bench *bench, enum modbus_link_kind kind)
{
    modbus_t *modbus = modbus_link_open(&bench->device, kind);

    assert_int_equal(modbus_set_response_timeout(modbus, RESPONSE_TIMEOUT_S, 0), 0);
    return modbus;
}

void uplink_bench_create(struct uplink_bench *bench, bool with_credentials)
{
    memset(bench, 0, sizeof *bench);
    bench->listener.listening = -1;
    bench->listener.call = -1;
    bench->set_point = LOWEST_SET_POINT;
    broker_bench_create(&bench->broker);
    device_process_create(&bench->device);
    bench->device.emulator_extra = pace;
    if (with_credentials) {
        bench->device.credentials = broker_bench_credentials(&bench->broker);
    }
    device_process_start(&bench->device, LABEL);
    assert_true(bench->device.is_new);
    broker_bench_admit(&bench->broker, bench->device.device_id);
    bench->bus = open_patiently(bench, MODBUS_LINK_RTU);
    mailbox_link_init(&bench->mailbox, bench->bus, &bench->device);
}

void uplink_bench_destroy(struct uplink_bench *bench)
{
    broker_listener_close(&bench->listener);
    modbus_link_close(bench->bus);
    modbus_link_close(bench->network);
    bench->bus = NULL;
    bench->network = NULL;
    telemetry_subscriber_stop(&bench->subscriber);
    device_process_destroy(&bench->device);
    broker_bench_destroy(&bench->broker);
}

void uplink_bench_open_network(struct uplink_bench *bench)
{
    bench->network = open_patiently(bench, MODBUS_LINK_TCP);
}

void uplink_bench_turn(struct uplink_bench *bench)
{
    struct diagnostic diagnostic = {""};
    const int error =
        emulator_pump(bench->device.emulator, process_clock_ms() + TURN_MS, &diagnostic);

    if (error != RIG_OK && error != RIG_ERROR_TIMEOUT) {
        fail_msg("the device has ended: %s %s", rig_strerror(error), diagnostic.text);
    }
    broker_bench_check(&bench->broker);
    telemetry_subscriber_turn(&bench->subscriber);
    if (interrupt_requested()) {
        fail_msg("interrupted");
    }
}

/* ---- The user ---- */

static void set(struct uplink_bench *bench, uint8_t id, const void *value, size_t length)
{
    struct mailbox_client_answer answer;

    assert_int_equal(mailbox_link_login(&bench->mailbox, LABEL, &answer), MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
    assert_int_equal(mailbox_link_set(&bench->mailbox, id, value, length, &answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
    assert_int_equal(mailbox_link_log_out(&bench->mailbox, &answer), MAILBOX_CLIENT_OK);
}

void uplink_bench_name_broker(struct uplink_bench *bench, uint16_t port)
{
    char text[SETTINGS_BROKER_SIZE + 1U];
    const int length = snprintf(text, sizeof text, "%s:%u", BROKER_BENCH_HOST, (unsigned)port);

    assert_in_range(length, 1, SETTINGS_BROKER_SIZE);
    set(bench, SETTING_BROKER, text, (size_t)length);
}

void uplink_bench_consent(struct uplink_bench *bench, bool consent)
{
    const uint8_t value = consent ? 1 : 0;

    set(bench, SETTING_CONSENT, &value, 1);
}

void uplink_bench_switch(struct uplink_bench *bench)
{
    bench->set_point =
        (uint16_t)(bench->set_point < HIGHEST_SET_POINT ? bench->set_point + 5U : LOWEST_SET_POINT);
    EXPECT_DONE(modbus_write_register(bench->bus, 0, bench->set_point), 1);
}

void uplink_bench_set_link(struct uplink_bench *bench, bool up)
{
    struct diagnostic diagnostic = {""};

    if (emulator_set_link(bench->device.emulator, up, process_clock_ms() + CONTROL_LIMIT_MS,
                          &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
}

/* ---- The device ---- */

uint16_t uplink_bench_input(struct uplink_bench *bench, enum uplink_input address)
{
    uint16_t value = 0;

    EXPECT_DONE(modbus_read_input_registers(bench->bus, (int)address, 1, &value), 1);
    return value;
}

uint16_t uplink_bench_set_point(struct uplink_bench *bench)
{
    uint16_t value = 0;

    EXPECT_DONE(modbus_read_registers(bench->bus, 0, 1, &value), 1);
    return value;
}

bool uplink_bench_is_connected(struct uplink_bench *bench)
{
    const uint16_t state = uplink_bench_input(bench, UPLINK_INPUT_STATE);

    return state == UPLINK_IDLE || state == UPLINK_PUBLISHING;
}

size_t uplink_bench_said(struct uplink_bench *bench, const char *text)
{
    uplink_bench_turn(bench);
    return file_text_count(bench->device.console, text);
}

/* ---- Waiting ---- */

static void fail_late(struct uplink_bench *bench, const char *what)
{
    fail_msg("%s; link %u, state %u, queued %u, dropped %u, acknowledged %u, %zu arrivals", what,
             uplink_bench_input(bench, UPLINK_INPUT_LINK),
             uplink_bench_input(bench, UPLINK_INPUT_STATE),
             uplink_bench_input(bench, UPLINK_INPUT_QUEUED),
             uplink_bench_input(bench, UPLINK_INPUT_DROPPED),
             uplink_bench_input(bench, UPLINK_INPUT_ACKNOWLEDGED), bench->subscriber.count);
}

void uplink_bench_wait_input(struct uplink_bench *bench, enum uplink_input address, uint16_t value,
                             unsigned limit_ms, const char *what)
{
    const uint64_t deadline = device_process_now_ms() + limit_ms;

    while (uplink_bench_input(bench, address) != value) {
        if (device_process_now_ms() >= deadline) {
            fail_late(bench, what);
        }
        uplink_bench_turn(bench);
    }
}

void uplink_bench_wait_set_point(struct uplink_bench *bench, uint16_t value, unsigned limit_ms,
                                 const char *what)
{
    const uint64_t deadline = device_process_now_ms() + limit_ms;

    while (uplink_bench_set_point(bench) != value) {
        if (device_process_now_ms() >= deadline) {
            fail_late(bench, what);
        }
        uplink_bench_turn(bench);
    }
}

void uplink_bench_wait_said(struct uplink_bench *bench, const char *text, size_t count,
                            unsigned limit_ms, const char *what)
{
    const uint64_t deadline = device_process_now_ms() + limit_ms;

    while (uplink_bench_said(bench, text) < count) {
        if (device_process_now_ms() >= deadline) {
            fail_late(bench, what);
        }
    }
}

void uplink_bench_wait_reading(struct uplink_bench *bench, uint32_t number, unsigned limit_ms,
                               const char *what)
{
    const uint64_t deadline = device_process_now_ms() + limit_ms;

    while (telemetry_subscriber_complete(&bench->subscriber) < number) {
        if (device_process_now_ms() >= deadline) {
            fail_late(bench, what);
        }
        (void)uplink_bench_input(bench, UPLINK_INPUT_STATE);
        uplink_bench_turn(bench);
    }
}
