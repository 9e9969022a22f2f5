/* modbus_tcp.h: a byte stream, however divided, is cut into requests that are answered in order. */
#include "support.h"

#include "byte_order.h"
#include "modbus_tcp.h"

#include <string.h>

#define MAX_STREAM 2048U

/* Everything that came back on one connection. */
struct answers {
    uint8_t bytes[MAX_STREAM];
    size_t used;
    bool closed; /* the stream made no sense */
};

/* Feeds one piece, as long as it is taken. */
static void feed(struct modbus_tcp *connection, struct device *device, const uint8_t *piece,
                 size_t size, struct answers *answers)
{
    const uint8_t *exact = support_at_edge(piece, size);
    size_t at = 0;

    while (at < size && !answers->closed) {
        uint8_t response[MODBUS_TCP_MAX_ADU];
        size_t taken = size - at;
        int result = modbus_tcp_receive(connection, device, exact + at, &taken, response);

        assert_true(result < 0 || (taken > 0 && taken <= size - at));
        answers->closed = result < 0;
        if (result > 0) {
            assert_in_range(result, MODBUS_TCP_HEADER + 2, MODBUS_TCP_MAX_ADU);
            memcpy(answers->bytes + answers->used, response, (size_t)result);
            answers->used += (size_t)result;
        }
        at += taken;
    }
}

static void assert_answers(const struct answers *answers, const char *digits)
{
    uint8_t expected[MAX_STREAM];
    const size_t size = support_from_hex(digits, expected, sizeof expected);

    assert_false(answers->closed);
    assert_int_equal(answers->used, size);
    assert_memory_equal(answers->bytes, expected, size);
}

/* Three requests of different size, and their answers: transaction and unit are repeated. */
#define STREAM                                                                                     \
    "0001 0000 0006 01 03 0000 0001"                                                               \
    "ABCD 0000 0005 FF 2B 0E 04 00"                                                                \
    "FFFF 0000 0006 00 06 0000 00D2"
#define STREAM_ANSWERS                                                                             \
    "0001 0000 0005 01 03 02 00C8"                                                                 \
    "ABCD 0000 0010 FF 2B 0E 04 81 00 00 01 00 06 4F726465616C"                                    \
    "FFFF 0000 0003 00 86 01"

static void stream_may_be_divided_anywhere(void **state)
{
    uint8_t stream[MAX_STREAM];
    const size_t size = support_from_hex(STREAM, stream, sizeof stream);
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t first = 1; first < size; first++) {
        struct modbus_tcp connection = {.used = 0};
        struct answers answers = {.used = 0};

        feed(&connection, &device, stream, first, &answers);
        feed(&connection, &device, stream + first, size - first, &answers);
        assert_answers(&answers, STREAM_ANSWERS);
        assert_int_equal(connection.used, 0);
    }
}

static void stream_may_come_whole_or_byte_by_byte(void **state)
{
    uint8_t stream[MAX_STREAM];
    const size_t size = support_from_hex(STREAM, stream, sizeof stream);
    const size_t steps[] = {size, 1, 2, 3, 5, 7};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(steps); i++) {
        struct modbus_tcp connection = {.used = 0};
        struct answers answers = {.used = 0};

        for (size_t at = 0; at < size; at += steps[i]) {
            size_t piece = size - at < steps[i] ? size - at : steps[i];

            feed(&connection, &device, stream + at, piece, &answers);
        }
        assert_answers(&answers, STREAM_ANSWERS);
    }
}

static void nothing_is_answered_before_a_request_is_complete(void **state)
{
    uint8_t stream[MAX_STREAM];
    struct modbus_tcp connection = {.used = 0};
    struct answers answers = {.used = 0};
    struct device device;

    (void)state;
    support_new_device(&device);
    (void)support_from_hex(STREAM, stream, sizeof stream);
    for (size_t i = 0; i < 11; i++) {
        feed(&connection, &device, stream + i, 1, &answers);
        assert_int_equal(answers.used, 0);
    }
    feed(&connection, &device, stream + 11, 1, &answers);
    assert_answers(&answers, "0001 0000 0005 01 03 02 00C8");
}

static void every_length_is_answered_or_closes_the_connection(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    for (uint32_t length = 0; length <= UINT16_MAX; length++) {
        uint8_t adu[MODBUS_TCP_MAX_ADU] = {0, 9, 0, 0, 0, 0, 1, 0x63};
        struct modbus_tcp connection = {.used = 0};
        struct answers answers = {.used = 0};

        put_be16(adu + 4, (uint16_t)length);
        feed(&connection, &device, adu, sizeof adu, &answers);
        if (length >= 2 && length <= 1U + MODBUS_MAX_PDU) {
            assert_memory_equal(answers.bytes, "\0\x09\0\0\0\x03\x01\xE3\x01", 9);
        } else {
            assert_true(answers.closed);
            assert_int_equal(answers.used, 0);
        }
    }
}

static void other_protocols_close_the_connection(void **state)
{
    static const char *const adus[] = {"0001 0001 0006 01 03 0000 0001",
                                       "0001 0100 0006 01 03 0000 0001",
                                       "0001 FFFF 0006 01 03 0000 0001", "474554202F20485454502F"};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(adus); i++) {
        uint8_t adu[MODBUS_TCP_MAX_ADU];
        const size_t size = support_from_hex(adus[i], adu, sizeof adu);
        struct modbus_tcp connection = {.used = 0};
        struct answers answers = {.used = 0};
        uint8_t response[MODBUS_TCP_MAX_ADU];
        size_t more = size;

        feed(&connection, &device, adu, size, &answers);
        assert_true(answers.closed);
        /* It stays closed, and takes nothing, whatever comes. */
        assert_int_equal(modbus_tcp_receive(&connection, &device, adu, &more, response), -1);
        assert_int_equal(more, 0);
    }
}

static void connections_do_not_mix(void **state)
{
    uint8_t stream[MAX_STREAM];
    const size_t size = support_from_hex(STREAM, stream, sizeof stream);
    struct modbus_tcp connections[2] = {{.used = 0}, {.used = 0}};
    struct answers answers[2] = {{.used = 0}, {.used = 0}};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < size; i++) {
        feed(&connections[0], &device, stream + i, 1, &answers[0]);
        feed(&connections[1], &device, stream + i, 1, &answers[1]);
    }
    assert_answers(&answers[0], STREAM_ANSWERS);
    assert_answers(&answers[1], STREAM_ANSWERS);
}

static void largest_request_gets_the_largest_answer(void **state)
{
    uint8_t adu[MODBUS_TCP_MAX_ADU] = {0};
    struct modbus_tcp connection = {.used = 0};
    struct answers answers = {.used = 0};
    struct device device;

    (void)state;
    support_new_device(&device);
    (void)support_from_hex("0001 0000 00FD 01 17 1000 0079 1000 0079 F2", adu, sizeof adu);
    feed(&connection, &device, adu, 6U + 0xFDU, &answers);
    assert_int_equal(answers.used, MODBUS_TCP_HEADER + 2U + 242U);
    assert_int_equal(get_be16(answers.bytes + 4), 1U + 2U + 242U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_may_be_divided_anywhere),
        cmocka_unit_test(stream_may_come_whole_or_byte_by_byte),
        cmocka_unit_test(nothing_is_answered_before_a_request_is_complete),
        cmocka_unit_test(every_length_is_answered_or_closes_the_connection),
        cmocka_unit_test(other_protocols_close_the_connection),
        cmocka_unit_test(connections_do_not_mix),
        cmocka_unit_test(largest_request_gets_the_largest_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
