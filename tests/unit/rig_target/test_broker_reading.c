/* What a subscriber's line and a device's bytes are taken for: all of it is hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "target/broker_reading.h"
#include "target/mqtt_scan.h"

#define TOPIC "hearth/0011/telemetry"

enum { LINE_SIZE = 8192 };

/* The line of a message, of which it says that it is `length` bytes long. */
static size_t format_line(char line[LINE_SIZE], size_t length, const char *topic,
                          const char *payload)
{
    int used = snprintf(line, LINE_SIZE, "%zu %s ", length, topic);

    for (size_t i = 0; payload[i] != '\0'; i++) {
        used += snprintf(line + used, LINE_SIZE - (size_t)used, "%02x", (unsigned char)payload[i]);
    }
    return (size_t)used;
}

static bool parse_payload(const char *payload, struct broker_reading *reading)
{
    char line[LINE_SIZE];
    const size_t size = format_line(line, strlen(payload), TOPIC, payload);
    char *exact = malloc(size); /* a read beyond it is seen */
    bool good;

    assert_non_null(exact);
    memcpy(exact, line, size);
    good = broker_reading_parse(exact, size, TOPIC, reading);
    free(exact);
    return good;
}

static void test_a_reading_is_read(void **state)
{
    struct broker_reading reading = {0, 0, 5};
    (void)state;

    assert_true(
        parse_payload("{\"number\":4294967295,\"uptime_s\":0,\"set_point\":21.5}", &reading));
    assert_int_equal(reading.number, UINT32_MAX);
    assert_int_equal(reading.uptime_s, 0);
    assert_int_equal(reading.arrived_ms, 5);
}

static void test_other_payloads_are_no_readings(void **state)
{
    static const char *const payloads[] = {
        "",
        "{",
        "[]",
        "1",
        "{}",
        "{\"number\":1}",
        "{\"uptime_s\":1}",
        "{\"number\":0,\"uptime_s\":1}",
        "{\"number\":-1,\"uptime_s\":1}",
        "{\"number\":4294967296,\"uptime_s\":1}",
        "{\"number\":99999999999999999999,\"uptime_s\":1}",
        "{\"number\":1.0,\"uptime_s\":1}",
        "{\"number\":\"1\",\"uptime_s\":1}",
        "{\"number\":1,\"uptime_s\":-1}",
        "{\"number\":1,\"number\":2,\"uptime_s\":1}",
        "{\"number\":1,\"uptime_s\":1}{}",
        "{\"number\":1,\"uptime_s\":1,\"x\":\"\xff\"}",
    };
    struct broker_reading reading = {7, 8, 9};
    (void)state;

    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
        if (parse_payload(payloads[i], &reading)) {
            fail_msg("taken for a reading: %s", payloads[i]);
        }
    }
    assert_int_equal(reading.number, 7);
    assert_int_equal(reading.uptime_s, 8);
}

static void test_long_payloads_are_no_readings(void **state)
{
    char payload[BROKER_READING_PAYLOAD + 2];
    struct broker_reading reading = {0, 0, 0};
    (void)state;

    for (size_t size = BROKER_READING_PAYLOAD; size <= BROKER_READING_PAYLOAD + 1; size++) {
        memset(payload, ' ', size);
        memcpy(payload, "{\"number\":1,\"uptime_s\":1}", 25);
        payload[size] = '\0';
        assert_int_equal(parse_payload(payload, &reading), size == BROKER_READING_PAYLOAD);
    }
}

static void test_lines_that_do_not_hold_together_are_refused(void **state)
{
    static const char *const lines[] = {
        "",
        " ",
        "25",
        "25 ",
        "25 " TOPIC,
        "25 " TOPIC " ",
        "x " TOPIC " 7b7d",
        "2 " TOPIC "7b7d",
        "-2 " TOPIC " 7b7d",
        "18446744073709551618 " TOPIC " 7b7d",
        "2 hearth/0012/telemetry 7b7d",
        "2 " TOPIC " 7b7",
        "2 " TOPIC " 7b7d7d",
        "2 " TOPIC " 7bxy",
    };
    const char *const payload = "{\"number\":1,\"uptime_s\":1}";
    struct broker_reading reading = {0, 0, 0};
    char line[LINE_SIZE];
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_false(broker_reading_parse(lines[i], strlen(lines[i]), TOPIC, &reading));
    }
    for (int off = -1; off <= 1; off++) {
        const size_t size = format_line(line, strlen(payload) + (size_t)off, TOPIC, payload);

        assert_int_equal(broker_reading_parse(line, size, TOPIC, &reading), off == 0);
    }
    assert_false(
        broker_reading_parse(line, format_line(line, 25, TOPIC "/x", payload), TOPIC, &reading));
}

static const uint8_t connect_packet[] = {0x10, 13, 0, 4,  'M', 'Q', 'T', 'T',
                                         4,    2,  0, 60, 0,   1,   'd'};

static void test_a_connect_is_found_once_it_is_whole(void **state)
{
    uint8_t bytes[3 + 2 * sizeof(connect_packet)] = {0x10, 0x10, 0xFF}; /* begins like one */
    (void)state;

    memcpy(bytes + 3, connect_packet, sizeof(connect_packet));
    memcpy(bytes + 3 + sizeof(connect_packet), connect_packet, sizeof(connect_packet));
    for (size_t size = 0; size < 3 + sizeof(connect_packet); size++) {
        assert_int_equal(mqtt_scan_connect(bytes, size, 0), 0);
    }
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 0), 3 + sizeof(connect_packet));
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 3 + sizeof(connect_packet)),
                     sizeof(bytes));
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), sizeof(bytes)), 0);
}

static void test_what_is_no_connect_is_passed_over(void **state)
{
    uint8_t bytes[sizeof(connect_packet)];
    (void)state;

    for (size_t i = 0; i < 8; i++) { /* its type, length and protocol's name */
        memcpy(bytes, connect_packet, sizeof(bytes));
        bytes[i] ^= 0x80;
        assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 0), 0);
    }
    memset(bytes, 0x10, sizeof(bytes));
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 0), 0);
    memset(bytes, 0xFF, sizeof(bytes));
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 0), 0);
}

static void test_a_long_connect_is_found(void **state)
{
    static uint8_t bytes[3 + 300] = {0x10, 0x80 | (300 & 0x7F), 300 >> 7, 0, 4, 'M', 'Q', 'T', 'T'};
    (void)state;

    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes), 0), sizeof(bytes));
    assert_int_equal(mqtt_scan_connect(bytes, sizeof(bytes) - 1, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reading_is_read),
        cmocka_unit_test(test_other_payloads_are_no_readings),
        cmocka_unit_test(test_long_payloads_are_no_readings),
        cmocka_unit_test(test_lines_that_do_not_hold_together_are_refused),
        cmocka_unit_test(test_a_connect_is_found_once_it_is_whole),
        cmocka_unit_test(test_what_is_no_connect_is_passed_over),
        cmocka_unit_test(test_a_long_connect_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
