#include "board_bench.h"

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "byte_order.h"
#include "emulator/emulator.h"
#include "emulator/qmp.h"
#include "settings.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define INPUT_RESET_CAUSE 6
#define MAX_READS         200U /* of READ_EVENTS: more than the log's area has places for */
#define LINE_END          "\r\n"

int64_t board_bench_deadline(void)
{
    return process_clock_ms() + BOARD_BENCH_DEADLINE_MS;
}

void board_bench_expect(int result, int expected, const char *why, const char *what)
{
    if (result != expected) {
        fail_msg("%s gave %d instead of %d: %s", what, result, expected, why);
    }
}

static struct emulator *board(const struct board_bench *bench)
{
    return bench->update.device.emulator;
}

static struct event read_event(const uint8_t *bytes)
{
    struct event event = {.number = get_le32(bytes),
                          .type = (enum event_type)bytes[4],
                          .detail = get_le32(bytes + 5),
                          .uptime_s = get_le32(bytes + 9)};

    return event;
}

bool board_bench_newest_event(struct board_bench *bench, enum event_type type, struct event *event)
{
    struct mailbox_client_answer answer;
    uint8_t after[4] = {0};
    bool found = false;

    for (size_t i = 0; i < MAX_READS; i++) {
        assert_int_equal(
            update_bench_try_ask(&bench->update, MAILBOX_READ_EVENTS, after, sizeof after, &answer),
            MAILBOX_STATUS_OK);
        assert_int_equal(answer.length % MAILBOX_EVENT_SIZE, 0);
        if (answer.length == 0) {
            return found;
        }
        for (size_t at = 0; at < answer.length; at += MAILBOX_EVENT_SIZE) {
            const struct event next = read_event(answer.payload + at);
            if (next.type == type) {
                *event = next;
                found = true;
            }
        }
        memcpy(after, answer.payload + answer.length - MAILBOX_EVENT_SIZE, sizeof after);
    }
    fail_msg("the event log has no end");
    return false;
}

static uint32_t newest_reset(struct board_bench *bench)
{
    struct event event;

    assert_true(board_bench_newest_event(bench, EVENT_RESET, &event));
    return event.number;
}

void board_bench_create(struct board_bench *bench, const char *image)
{
    struct update_bench *update = &bench->update;

    memset(bench, 0, sizeof *bench);
    device_process_create(&update->device);
    update->device.image = image;
    device_process_start(&update->device, UPDATE_BENCH_LABEL);
    mailbox_link_init(&update->mailbox, NULL, &update->device);
    assert_true(update_bench_try_connect(update));
    bench->reset_event = newest_reset(bench);
}

void board_bench_destroy(struct board_bench *bench)
{
    update_bench_destroy(&bench->update);
}

void board_bench_power_on(struct board_bench *bench)
{
    struct diagnostic diagnostic = {""};

    EXPECT_RIG(emulator_power_on(board(bench), board_bench_deadline(), &diagnostic), diagnostic);
    bench->update.device.pid = emulator_process_id(board(bench));
    bench->update.device.tcp_port = emulator_tcp_port(board(bench));
}

struct board_moment board_bench_now(const struct board_bench *bench)
{
    const struct board_moment now = {emulator_console_position(board(bench)),
                                     emulator_event_position(board(bench))};

    return now;
}

struct board_moment board_bench_command(const struct board_bench *bench, char command)
{
    const struct board_moment before = board_bench_now(bench);
    struct diagnostic diagnostic = {""};

    EXPECT_RIG(
        emulator_send_console(board(bench), &command, 1, board_bench_deadline(), &diagnostic),
        diagnostic);
    return before;
}

void board_bench_wait_line(const struct board_bench *bench, const char *begin, uint64_t *position,
                           char line[BOARD_BENCH_LINE_SIZE])
{
    const int64_t deadline = board_bench_deadline();
    struct diagnostic diagnostic = {""};
    uint64_t from;
    const char *text;
    size_t length;
    size_t size;

    EXPECT_RIG(emulator_wait_console(board(bench), begin, position, deadline, &diagnostic),
               diagnostic);
    from = *position - strlen(begin);
    EXPECT_RIG(emulator_wait_console(board(bench), LINE_END, position, deadline, &diagnostic),
               diagnostic);
    length = *position - from - strlen(LINE_END);
    assert_in_range(length, 1, BOARD_BENCH_LINE_SIZE - 1U);
    text = emulator_console_text(board(bench), &from, &size);
    assert_in_range(size, length, SIZE_MAX);
    memcpy(line, text, length);
    line[length] = '\0';
}

bool board_bench_has_said(const struct board_bench *bench, const struct board_moment *since,
                          const char *text)
{
    uint64_t position = since->console;
    size_t size;
    const char *said = emulator_console_text(board(bench), &position, &size);

    assert_int_equal(position, since->console); /* none of it has been dropped */
    for (size_t i = 0; i + strlen(text) <= size; i++) {
        if (memcmp(said + i, text, strlen(text)) == 0) {
            return true;
        }
    }
    return false;
}

void board_bench_expect_cause(struct board_bench *bench, enum hal_reset_cause cause)
{
    struct event event;
    uint16_t value = UINT16_MAX;

    EXPECT_DONE(modbus_read_input_registers(bench->update.modbus, INPUT_RESET_CAUSE, 1, &value), 1);
    assert_true(board_bench_newest_event(bench, EVENT_RESET, &event));
    if (value != cause || event.detail != (uint32_t)cause || event.number <= bench->reset_event) {
        fail_msg("reset cause %d is told as %u by the register and as %" PRIu32 " by event %" PRIu32
                 " (after event %" PRIu32 ")",
                 (int)cause, value, event.detail, event.number, bench->reset_event);
    }
    bench->reset_event = event.number;
}

void board_bench_expect_restart(struct board_bench *bench, const struct board_moment *since,
                                enum hal_reset_cause cause)
{
    static const char *const lines[] = {
        [HAL_RESET_POWER_ON] = "boot: power is on",
        [HAL_RESET_PIN] = "boot: after a reset by its pin",
        [HAL_RESET_SOFTWARE] = "boot: after a reset by software",
        [HAL_RESET_WATCHDOG] = "boot: after a reset by the watchdog",
        [HAL_RESET_FAULT] = "boot: after a reset by a processor fault",
    };
    uint64_t position = since->console;
    char line[BOARD_BENCH_LINE_SIZE];

    board_bench_wait_line(bench, "boot: ", &position, line);
    assert_string_equal(line, lines[cause]);
    board_bench_wait_line(bench, "boot: ", &position, line);
    assert_int_equal(strncmp(line, "boot: slot ", strlen("boot: slot ")), 0);
    board_bench_wait_line(bench, "network: address ", &position, line);
    bench->update.device.seen = position;
    assert_true(update_bench_try_connect(&bench->update));
    board_bench_expect_cause(bench, cause);
}

void board_bench_expect_works(struct board_bench *bench)
{
    struct mailbox_client_answer answer;
    uint16_t set_point = 0;
    uint8_t value[2];

    EXPECT_DONE(modbus_read_registers(bench->update.modbus, 0, 1, &set_point), 1);
    set_point = (uint16_t)(set_point == 190U ? 191U : 190U);
    put_le16(value, set_point);
    assert_int_equal(
        mailbox_link_set(&bench->update.mailbox, SETTING_SET_POINT, value, sizeof value, &answer),
        MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
    EXPECT_DONE(modbus_read_registers(bench->update.modbus, 0, 1, &set_point), 1);
    assert_int_equal(set_point, get_le16(value));
}

void board_bench_read_flash(const struct board_bench *bench, uint32_t offset, void *bytes,
                            size_t length)
{
    const int file = open(bench->update.device.flash, O_RDONLY | O_CLOEXEC);
    ssize_t count;

    assert_true(file >= 0);
    count = pread(file, bytes, length, (off_t)offset);
    (void)close(file);
    assert_int_equal(count, length);
}

/* QEMU's monitor for people prints "0000000050021000: 0x00000000". */
uint32_t board_bench_read_word(const struct board_bench *bench, uint32_t address)
{
    struct diagnostic diagnostic = {""};
    char command[32];
    char begin[32];
    json_t *answer = NULL;
    struct qmp_command look = {"human-monitor-command", NULL, &answer};
    const char *text;
    unsigned long word;
    char *end;

    (void)snprintf(command, sizeof command, "xp /1xw 0x%08" PRIx32, address);
    (void)snprintf(begin, sizeof begin, "%016" PRIx32 ": 0x", address);
    look.arguments = json_pack("{s:s}", "command-line", command);
    assert_non_null(look.arguments);
    EXPECT_RIG(emulator_execute(board(bench), &look, board_bench_deadline(), &diagnostic),
               diagnostic);
    text = json_string_value(answer);
    assert_non_null(text);
    if (strncmp(text, begin, strlen(begin)) != 0) {
        fail_msg("QEMU cannot read 0x%08" PRIx32 ": %s", address, text);
    }
    word = strtoul(text + strlen(begin), &end, 16);
    assert_ptr_equal(end, text + strlen(begin) + 8U);
    json_decref(answer);
    return (uint32_t)word;
}
