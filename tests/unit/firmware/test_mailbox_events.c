/* mailbox.h: READ_EVENTS, page by page, with who acted. */
#include "support.h"

#include "byte_order.h"
#include "mailbox_session.h"
#include "modbus_tcp.h"

#include <string.h>

/* Events in one answer. */
#define PAGE ((MAILBOX_MAX_PAYLOAD - 1U) / MAILBOX_EVENT_SIZE)

static struct mailbox_session session;

static size_t read_page(uint32_t after)
{
    uint8_t payload[4];

    put_le32(payload, after);
    assert_int_equal(session_call(&session, MAILBOX_READ_EVENTS, payload, sizeof payload),
                     MAILBOX_STATUS_OK);
    assert_int_equal(session.result.length % MAILBOX_EVENT_SIZE, 0);
    return session.result.length / MAILBOX_EVENT_SIZE;
}

/* The event at place `index` of the last page. */
static struct event read_event(size_t index)
{
    const uint8_t *bytes = session.result.payload + index * MAILBOX_EVENT_SIZE;
    struct event event;

    memset(&event, 0, sizeof event);
    event.number = get_le32(bytes);
    event.type = (enum event_type)bytes[4];
    event.detail = get_le32(bytes + 5);
    event.uptime_s = get_le32(bytes + 9);
    event.user.interface = (enum event_interface)bytes[13];
    memcpy(event.user.address, bytes + 14, sizeof event.user.address);
    return event;
}

/* Writes `count` failed log-ins, in turn from the bus and from an address in the network. */
static void fill(uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        memset(&session.device.requester, 0, sizeof session.device.requester);
        session.device.requester.interface = EVENT_FROM_RTU;
        if (i % 2U == 0) {
            session.device.requester.interface = EVENT_FROM_TCP;
            put_le32(session.device.requester.address, 0x0100A8C0U + i);
        }
        in_process_advance(50);
        device_log_event(&session.device, EVENT_LOGIN_FAILED, i);
    }
    memset(&session.device.requester, 0, sizeof session.device.requester);
}

static void assert_as_logged(const struct event *event)
{
    struct event logged;

    assert_int_equal(event_log_next(&session.device.events, event->number - 1U, &logged),
                     EVENT_LOG_OK);
    assert_int_equal(event->number, logged.number);
    assert_int_equal(event->type, logged.type);
    assert_int_equal(event->detail, logged.detail);
    assert_int_equal(event->uptime_s, logged.uptime_s);
    assert_int_equal(event->user.interface, logged.user.interface);
    assert_memory_equal(event->user.address, logged.user.address, sizeof logged.user.address);
}

static void first_events_are_the_reset_and_the_log_in(void **state)
{
    struct event event;

    (void)state;
    session_new(&session);
    in_process_advance(77000);
    session.from.interface = EVENT_FROM_TCP;
    memcpy(session.from.address, (const uint8_t[]){192, 0, 2, 9}, 4);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(read_page(0), 2);
    event = read_event(0);
    assert_int_equal(event.number, 1);
    assert_int_equal(event.type, EVENT_RESET);
    assert_int_equal(event.user.interface, EVENT_FROM_NOBODY);
    event = read_event(1);
    assert_int_equal(event.type, EVENT_LOGGED_IN);
    assert_int_equal(event.uptime_s, 77);
    assert_int_equal(event.user.interface, EVENT_FROM_TCP);
    assert_memory_equal(event.user.address, session.from.address, 4);
    assert_int_equal(read_page(1), 1);
    assert_int_equal(read_page(2), 0);
    assert_int_equal(read_page(UINT32_MAX), 0);
}

/* Each event once, oldest first, as many as fit; and as the log itself has them. */
static void pages_follow_each_other(void **state)
{
    static const uint32_t counts[] = {0, PAGE - 3U, PAGE - 2U, PAGE - 1U, 40, 600};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(counts); i++) {
        uint32_t last = 0;
        uint32_t seen = 0;
        size_t count;

        session_new_open(&session);
        fill(counts[i]);
        for (count = read_page(0); count > 0; count = read_page(last)) {
            assert_in_range(count, 1, PAGE);
            for (size_t index = 0; index < count; index++) {
                const struct event event = read_event(index);

                assert_true(seen == 0 || event.number == last + 1U);
                assert_as_logged(&event);
                last = event.number;
                seen++;
            }
            assert_true(count == PAGE || last == counts[i] + 2U);
        }
        assert_int_equal(last, event_log_newest(&session.device.events));
        assert_in_range(seen, counts[i] < 80 ? counts[i] + 2U : 80, counts[i] + 2U);
    }
}

/* The address is the connection's, not what a message says. */
static void wrong_log_in_over_tcp_is_known_by_its_address(void **state)
{
    struct modbus_tcp connection = {.peer = {198, 51, 100, 7}};
    uint8_t adu[MODBUS_TCP_MAX_ADU] = {0,    1, 0, 0,    0,   0, 1, MODBUS_READ_WRITE_REGISTERS,
                                       0x10, 0, 0, 0x79, 0x10};
    uint8_t response[MODBUS_TCP_MAX_ADU];
    struct event event;
    size_t registers;
    size_t length;

    (void)state;
    session_new(&session);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    session_build_login(&session, session_wrong_key());
    registers = (session.message_length + 1U) / 2U;
    adu[5] = (uint8_t)(11U + 2U * registers);
    adu[15] = (uint8_t)registers;
    adu[16] = (uint8_t)(2U * registers);
    memcpy(adu + 17, session.message, session.message_length);
    length = 17U + 2U * registers;
    assert_true(modbus_tcp_receive(&connection, &session.device, adu, &length, response) > 0);
    assert_int_equal(event_log_next(&session.device.events, 1, &event), EVENT_LOG_OK);
    assert_int_equal(event.type, EVENT_LOGIN_FAILED);
    assert_int_equal(event.detail, 1);
    assert_int_equal(event.user.interface, EVENT_FROM_TCP);
    assert_memory_equal(event.user.address, connection.peer, sizeof connection.peer);
    assert_int_equal(session.device.requester.interface, EVENT_FROM_NOBODY);
}

static void log_that_cannot_be_read_says_so(void **state)
{
    uint8_t payload[4] = {0};

    (void)state;
    session_new_open(&session);
    fill(3);
    support_fail_read(0);
    assert_int_equal(session_call(&session, MAILBOX_READ_EVENTS, payload, sizeof payload),
                     MAILBOX_STATUS_STORAGE);
    assert_true(support_read_failed());
    assert_int_equal(read_page(0), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_events_are_the_reset_and_the_log_in),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(wrong_log_in_over_tcp_is_known_by_its_address),
        cmocka_unit_test(log_that_cannot_be_read_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
