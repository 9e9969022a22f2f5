#include "modbus_link.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define RESPONSE_TIMEOUT_S 3
#define REPLY_DEADLINE_MS  3000U
#define BAUD_RATE          115200
#define TCP_HEADER         7U
#define MAX_ADU            260U

enum modbus_link_kind modbus_link_first(void)
{
    return device_process_has_network() ? MODBUS_LINK_TCP : MODBUS_LINK_RTU;
}

modbus_t *modbus_link_new(const struct device_process *device, enum modbus_link_kind kind)
{
    modbus_t *modbus = kind == MODBUS_LINK_TCP ? modbus_new_tcp("127.0.0.1", device->tcp_port)
                                               : modbus_new_rtu(device->link, BAUD_RATE, 'N', 8, 1);

    assert_non_null(modbus);
    assert_int_equal(modbus_set_slave(modbus, MODBUS_LINK_UNIT), 0);
    return modbus;
}

modbus_t *modbus_link_open(const struct device_process *device, enum modbus_link_kind kind)
{
    modbus_t *modbus = modbus_link_new(device, kind);

    if (modbus_set_response_timeout(modbus, RESPONSE_TIMEOUT_S, 0) != 0 ||
        modbus_connect(modbus) != 0) {
        modbus_free(modbus);
        fail_msg("cannot connect to the device: %s", modbus_strerror(errno));
    }
    return modbus;
}

void modbus_link_close(modbus_t *modbus)
{
    if (modbus != NULL) {
        modbus_close(modbus);
        modbus_free(modbus);
    }
}

/* Reads exactly `length` bytes. */
static void read_whole(int descriptor, uint8_t *bytes, size_t length)
{
    const uint64_t deadline = device_process_now_ms() + REPLY_DEADLINE_MS;
    size_t used = 0;

    while (used < length) {
        struct pollfd entry = {.fd = descriptor, .events = POLLIN};
        uint64_t now = device_process_now_ms();
        ssize_t count;

        assert_true(now < deadline);
        assert_int_equal(poll(&entry, 1, (int)(deadline - now)), 1);
        count = read(descriptor, bytes + used, length - used);
        assert_true(count > 0);
        used += (size_t)count;
    }
}

static size_t read_tcp_reply(int socket, uint8_t reply[253])
{
    uint8_t header[TCP_HEADER];
    size_t length;

    read_whole(socket, header, sizeof header);
    length = (size_t)(header[4] << 8 | header[5]);
    assert_in_range(length, 3, 254);
    read_whole(socket, reply, length - 1U);
    return length - 1U;
}

/* CRC-16 of the serial line (Modbus over serial line V1.02, 6.2.2). */
static uint16_t crc16(const uint8_t *bytes, size_t length)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0xA001U : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

/* Reads until the CRC is right: a reply of any function ends there. */
static size_t read_rtu_reply(int terminal, uint8_t reply[253])
{
    uint8_t adu[MAX_ADU];
    size_t used = 0;

    for (;;) {
        assert_in_range(used, 0, 255);
        read_whole(terminal, adu + used, 1);
        used++;
        if (used >= 5 && crc16(adu, used - 2U) == (adu[used - 2U] | adu[used - 1U] << 8)) {
            break;
        }
    }
    assert_int_equal(adu[0], MODBUS_LINK_UNIT);
    memcpy(reply, adu + 1, used - 3U);
    return used - 3U;
}

size_t modbus_link_raw(modbus_t *modbus, enum modbus_link_kind kind, const uint8_t *pdu,
                       size_t length, uint8_t reply[253])
{
    uint8_t request[254] = {MODBUS_LINK_UNIT};

    assert_in_range(length, 1, 253);
    memcpy(request + 1, pdu, length);
    assert_true(modbus_send_raw_request(modbus, request, (int)length + 1) > 0);
    return kind == MODBUS_LINK_TCP ? read_tcp_reply(modbus_get_socket(modbus), reply)
                                   : read_rtu_reply(modbus_get_socket(modbus), reply);
}

void modbus_link_expect(int result, int expected, const char *what)
{
    if (result != expected) {
        fail_msg("%s: gave %d instead of %d: %s", what, result, expected, modbus_strerror(errno));
    }
}

void modbus_link_expect_refused(int result, int error, const char *what)
{
    const int actual = errno;

    if (result != -1) {
        fail_msg("%s: succeeded, but had to be refused", what);
    } else if (actual != error) {
        fail_msg("%s: failed by '%s' instead of '%s'", what, modbus_strerror(actual),
                 modbus_strerror(error));
    }
}
