#include "outage_bench.h"

#include "kill_timer.h"
#include "settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define LOWEST_SET_POINT   50U
#define SET_POINTS         251U
#define MODES              3U
#define BUS_VALUES         (SET_POINTS * MODES) /* their factors are coprime: all pairs occur */
#define NAME_FORMAT        "outage %010u"
#define NAME_SIZE          25U
#define STREAM_DEADLINE_MS 10000U

static void connect_and_log_in(struct outage_bench *bench)
{
    const enum modbus_link_kind first = modbus_link_first();
    struct mailbox_client_answer answer;

    for (enum modbus_link_kind kind = first; kind <= MODBUS_LINK_RTU; kind++) {
        bench->by[kind] = modbus_link_open(&bench->device, kind);
    }
    bench->mailbox.modbus = bench->by[first];
    assert_int_equal(mailbox_link_login(&bench->mailbox, OUTAGE_LABEL, &answer), MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
}

void outage_bench_create(struct outage_bench *bench, const char *flash_time_us)
{
    memset(bench, 0, sizeof *bench);
    device_process_create(&bench->device);
    bench->device.flash_time_us = flash_time_us;
    device_process_start(&bench->device, OUTAGE_LABEL);
    mailbox_link_init(&bench->mailbox, NULL, &bench->device);
    connect_and_log_in(bench);
    assert_true(outage_bench_write(bench, OUTAGE_BY_BUS));
    assert_true(outage_bench_write(bench, OUTAGE_BY_MAILBOX));
}

static void disconnect(struct outage_bench *bench)
{
    for (int kind = MODBUS_LINK_TCP; kind <= MODBUS_LINK_RTU; kind++) {
        modbus_link_close(bench->by[kind]);
        bench->by[kind] = NULL;
    }
}

void outage_bench_destroy(struct outage_bench *bench)
{
    disconnect(bench);
    device_process_destroy(&bench->device);
}

static bool write_by_bus(const struct outage_bench *bench, uint32_t value)
{
    const uint16_t pair[2] = {(uint16_t)(LOWEST_SET_POINT + value % SET_POINTS),
                              (uint16_t)(value % MODES)};

    return modbus_write_registers(bench->by[MODBUS_LINK_RTU], 0, 2, pair) == 2;
}

static bool write_by_mailbox(struct outage_bench *bench, uint32_t value)
{
    struct mailbox_client_answer answer;
    char name[NAME_SIZE];

    (void)snprintf(name, sizeof name, NAME_FORMAT, (unsigned)value);
    return mailbox_link_set(&bench->mailbox, SETTING_NAME, name, strlen(name), &answer) ==
               MAILBOX_CLIENT_OK &&
           answer.status == MAILBOX_STATUS_OK;
}

bool outage_bench_write(struct outage_bench *bench, enum outage_channel channel)
{
    struct outage_history *history = &bench->history[channel];
    uint32_t value = bench->next_value++;
    bool confirmed;

    if (channel == OUTAGE_BY_BUS) {
        value %= BUS_VALUES;
    }
    outage_history_begin(history, value);
    confirmed =
        channel == OUTAGE_BY_BUS ? write_by_bus(bench, value) : write_by_mailbox(bench, value);
    if (confirmed) {
        outage_history_confirm(history);
    }
    return confirmed;
}

void outage_bench_cut(struct outage_bench *bench)
{
    kill_timer_stop();
    device_process_kill(&bench->device);
    disconnect(bench);
}

uint32_t outage_bench_write_until_cut(struct outage_bench *bench, enum outage_channel channel,
                                      uint32_t after_us)
{
    const uint64_t deadline = device_process_now_ms() + STREAM_DEADLINE_MS;
    uint32_t confirmed = 0;

    kill_timer_start(&bench->device, after_us);
    while (outage_bench_write(bench, channel)) {
        assert_true(device_process_now_ms() < deadline);
        confirmed++;
    }
    outage_bench_cut(bench); /* dead already; a write that failed for another reason shows here */
    return confirmed;
}

void outage_bench_restart(struct outage_bench *bench)
{
    device_process_start(&bench->device, NULL);
    assert_false(bench->device.is_new);
    connect_and_log_in(bench);
}

static uint32_t read_by_bus(const struct outage_bench *bench)
{
    uint16_t pair[2];

    EXPECT_DONE(modbus_read_registers(bench->by[MODBUS_LINK_RTU], 0, 2, pair), 2);
    for (uint32_t value = 0; value < BUS_VALUES; value++) {
        if (pair[0] == LOWEST_SET_POINT + value % SET_POINTS && pair[1] == value % MODES) {
            return value;
        }
    }
    return OUTAGE_NOT_A_VALUE;
}

static uint32_t read_by_mailbox(struct outage_bench *bench)
{
    struct mailbox_client_answer answer;
    char expected[NAME_SIZE];
    char name[NAME_SIZE] = "";
    unsigned long value;

    assert_int_equal(mailbox_link_get(&bench->mailbox, SETTING_NAME, &answer), MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
    assert_in_range(answer.length, 0, NAME_SIZE - 1U);
    memcpy(name, answer.payload, answer.length);
    value = strlen(name) > strlen("outage ") ? strtoul(name + strlen("outage "), NULL, 10)
                                             : OUTAGE_NOT_A_VALUE;
    (void)snprintf(expected, sizeof expected, NAME_FORMAT, (unsigned)value);
    return strcmp(name, expected) == 0 ? (uint32_t)value : OUTAGE_NOT_A_VALUE;
}

uint32_t outage_bench_read(struct outage_bench *bench, enum outage_channel channel)
{
    return channel == OUTAGE_BY_BUS ? read_by_bus(bench) : read_by_mailbox(bench);
}
