/* modbus_rtu.h: frames by length, CRC and silence; what is no frame for us gets no answer. */
#include "support.h"

#include "crc.h"
#include "modbus_rtu.h"

#include <string.h>

#define GAP_MS 2U /* of the in-process board */

static struct device device;

static void send(const uint8_t *bytes, size_t length)
{
    assert_true(in_process_uart_send(bytes, length));
    device_poll(&device);
}

static void be_silent(void)
{
    in_process_advance(GAP_MS);
    device_poll(&device);
}

/* Address and PDU in hexadecimal to a frame with its CRC; returns its size. */
static size_t make_frame(const char *digits, uint8_t *frame, size_t capacity)
{
    const size_t size = support_from_hex(digits, frame, capacity - 2U);
    const uint16_t crc = crc16_modbus(frame, size);

    frame[size] = (uint8_t)(crc & 0xFFU);
    frame[size + 1U] = (uint8_t)(crc >> 8);
    return size + 2U;
}

/* What has come back, compared with a frame in hexadecimal; "" for nothing. */
static void assert_answer(const char *digits)
{
    uint8_t expected[MODBUS_RTU_MAX_ADU] = {0};
    uint8_t received[IN_PROCESS_UART_SIZE];
    const size_t size = in_process_uart_receive(received, sizeof received);

    if (digits[0] == '\0') {
        assert_int_equal(size, 0);
        return;
    }
    assert_int_equal(size, make_frame(digits, expected, sizeof expected));
    assert_memory_equal(received, expected, size);
}

/* The device is still in step with the bus. */
static void assert_answers_again(void)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    const size_t size = make_frame("01 03 0002 0001", frame, sizeof frame);

    be_silent();
    send(frame, size);
    assert_answer("01 03 02 0005");
}

static void frame_is_answered_at_once(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    send(frame, make_frame("01 03 0000 0002", frame, sizeof frame));
    assert_answer("01 03 04 00C8 0001");
    be_silent();
    assert_answer("");
}

/* Every kind of request, divided at every byte, with less than the gap in between. */
static void frame_may_be_divided_anywhere(void **state)
{
    static const struct {
        const char *request;
        const char *answer;
    } rows[] = {
        {"01 01 0000 0001", "01 01 01 01"},
        {"01 02 0001 0001", "01 02 01 01"},
        {"01 04 0000 0001", "01 04 02 0000"},
        {"01 05 0000 FF00", "01 05 0000 FF00"},
        {"01 06 0000 00C8", "01 06 0000 00C8"},
        {"01 0F 0000 0002 01 01", "01 0F 0000 0002"},
        {"01 10 0000 0002 04 00C8 0001", "01 10 0000 0002"},
        {"01 16 0000 FFFF 0000", "01 16 0000 FFFF 0000"},
        {"01 17 0000 0001 0000 0001 02 00C8", "01 17 02 00C8"},
        {"01 2B 0E 04 01", "01 2B 0E 04 81 00 00 01 01 06 486561727468"},
    };
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const size_t size = make_frame(rows[i].request, frame, sizeof frame);

        for (size_t first = 1; first < size; first++) {
            /* A fresh sensor fault keeps discrete inputs and temperature as the rows have them. */
            thermostat_start(&device.thermostat);
            device.thermostat.next_run_ms = UINT64_MAX;
            send(frame, first);
            in_process_advance(GAP_MS - 1U);
            send(frame + first, size - first);
            assert_answer(rows[i].answer);
            be_silent();
        }
    }
}

static void silence_inside_a_frame_drops_it(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    const size_t size = make_frame("01 06 0000 00D2", frame, sizeof frame);

    (void)state;
    support_new_device(&device);
    for (size_t first = 1; first < size; first++) {
        send(frame, first);
        be_silent();
        send(frame + first, size - first);
        be_silent();
        assert_answer("");
    }
    assert_int_equal(device.settings.current.set_point, 200);
    assert_answers_again();
}

static void frame_with_any_wrong_bit_is_dropped(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    const size_t size = make_frame("01 06 0000 00D2", frame, sizeof frame);

    (void)state;
    support_new_device(&device);
    for (size_t bit = 0; bit < 8U * size; bit++) {
        frame[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        send(frame, size);
        be_silent();
        assert_answer("");
        assert_int_equal(device.settings.current.set_point, 200);
        frame[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_answers_again();
    }
}

static void frames_for_others_are_ignored(void **state)
{
    char digits[] = "00 06 0000 00D2";
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    for (unsigned address = 2; address <= 0xFFU; address++) {
        size_t size = make_frame(digits, frame, sizeof frame) - 2U;
        uint16_t crc;

        frame[0] = (uint8_t)address;
        crc = crc16_modbus(frame, size);
        frame[size] = (uint8_t)(crc & 0xFFU);
        frame[size + 1U] = (uint8_t)(crc >> 8);
        send(frame, size + 2U);
        be_silent();
        assert_answer("");
    }
    assert_int_equal(device.settings.current.set_point, 200);
    assert_answers_again();
}

/* Broadcasts write and are never answered; what only reads is no broadcast. */
static void broadcasts_write_without_an_answer(void **state)
{
    static const struct {
        const char *request;
        int set_point;
        unsigned mode;
    } rows[] = {
        {"00 06 0000 00D2", 210, 1},
        {"00 05 0000 0000", 200, 0},
        {"00 0F 0000 0002 01 03", 200, 2},
        {"00 10 0000 0002 04 00D2 0002", 210, 2},
        {"00 16 0000 0000 00D2", 210, 1},
        {"00 06 0000 0FFF", 200, 1},
        {"00 03 0000 0001", 200, 1},
        {"00 17 0000 0001 0000 0001 02 00D2", 200, 1},
        {"00 17 1000 0079 1000 0001 02 0000", 200, 1},
        {"00 2B 0E 01 00", 200, 1},
        {"00 63", 200, 1},
    };
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        support_new_device(&device);
        send(frame, make_frame(rows[i].request, frame, sizeof frame));
        be_silent();
        assert_answer("");
        assert_int_equal(device.settings.current.set_point, rows[i].set_point);
        assert_int_equal(device.settings.current.mode, rows[i].mode);
        assert_answers_again();
    }
}

/* No length is known for these: silence ends them, and they get their exception. */
static void silence_ends_a_frame_of_unknown_length(void **state)
{
    static const struct {
        const char *request;
        const char *answer;
    } rows[] = {{"01 63", "01 E3 01"},          {"01 63 00000000000000", "01 E3 01"},
                {"01 07", "01 87 01"},          {"01 03 0000 0001 00", "01 83 03"},
                {"01 03 0000", "01 83 03"},     {"01 2B", "01 AB 01"},
                {"01 10 0000 0001", "01 90 03"}};
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        send(frame, make_frame(rows[i].request, frame, sizeof frame));
        assert_answer("");
        be_silent();
        assert_answer(rows[i].answer);
    }
    assert_answers_again();
}

static void fragments_too_short_for_a_frame_are_dropped(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    send((const uint8_t *)"\x01", 1);
    be_silent();
    assert_answer("");
    send(frame, make_frame("01", frame, sizeof frame)); /* address and a right CRC, nothing else */
    be_silent();
    assert_answer("");
    send((const uint8_t *)"\xFF\xFF", 2); /* the CRC of nothing */
    be_silent();
    assert_answer("");
    assert_answers_again();
}

/* 256 bytes are the most; a frame with a right CRC behind more than that is not looked for. */
static void bytes_beyond_the_longest_frame_are_skipped_until_silence(void **state)
{
    uint8_t noise[MODBUS_RTU_MAX_ADU + 100U];
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    const size_t size = make_frame("01 06 0000 00D2", frame, sizeof frame);

    (void)state;
    support_new_device(&device);
    memset(noise, 0x01, sizeof noise);
    for (size_t length = MODBUS_RTU_MAX_ADU + 1U; length <= sizeof noise; length++) {
        send(noise, length);
        send(frame, size);
        assert_answer("");
        be_silent();
        assert_answer("");
        assert_int_equal(device.settings.current.set_point, 200);
        assert_answers_again();
    }
}

static void longest_frame_is_answered(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    char digits[2U * MODBUS_RTU_MAX_ADU] = "01 63";

    (void)state;
    support_new_device(&device);
    memset(digits + strlen(digits), '0', 2U * (MODBUS_RTU_MAX_ADU - 4U));
    assert_int_equal(make_frame(digits, frame, sizeof frame), MODBUS_RTU_MAX_ADU);
    send(frame, MODBUS_RTU_MAX_ADU);
    be_silent();
    assert_answer("01 E3 01");
}

static void mailbox_answer_fits_a_frame(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];
    uint8_t received[IN_PROCESS_UART_SIZE];
    size_t size;

    (void)state;
    support_new_device(&device);
    send(frame, make_frame("01 17 1000 0079 1000 0001 02 0000", frame, sizeof frame));
    size = in_process_uart_receive(received, sizeof received);
    assert_int_equal(size, 1U + 2U + 242U + 2U);
    assert_int_equal(crc16_modbus(received, size), 0);
}

/* A flood must not stop the control loop: one turn takes a bounded share of it. */
static void flood_is_taken_in_shares(void **state)
{
    uint8_t noise[IN_PROCESS_UART_SIZE];

    (void)state;
    support_new_device(&device);
    memset(noise, 0xAA, sizeof noise);
    send(noise, sizeof noise);
    assert_in_range(in_process_board.power_bound.uart_in_taken, 1, sizeof noise / 2U);
    for (int turn = 0; turn < 100; turn++) {
        device_poll(&device);
    }
    assert_int_equal(in_process_board.power_bound.uart_in_taken, sizeof noise);
    assert_answers_again();
}

static void answer_that_cannot_be_sent_is_logged(void **state)
{
    uint8_t frame[MODBUS_RTU_MAX_ADU];

    (void)state;
    support_new_device(&device);
    in_process_board.uart_fails = true;
    send(frame, make_frame("01 03 0000 0001", frame, sizeof frame));
    assert_non_null(strstr(in_process_board.last_line, "could not be sent"));
    in_process_board.uart_fails = false;
    assert_answer("");
    assert_answers_again();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_is_answered_at_once),
        cmocka_unit_test(frame_may_be_divided_anywhere),
        cmocka_unit_test(silence_inside_a_frame_drops_it),
        cmocka_unit_test(frame_with_any_wrong_bit_is_dropped),
        cmocka_unit_test(frames_for_others_are_ignored),
        cmocka_unit_test(broadcasts_write_without_an_answer),
        cmocka_unit_test(silence_ends_a_frame_of_unknown_length),
        cmocka_unit_test(fragments_too_short_for_a_frame_are_dropped),
        cmocka_unit_test(bytes_beyond_the_longest_frame_are_skipped_until_silence),
        cmocka_unit_test(longest_frame_is_answered),
        cmocka_unit_test(mailbox_answer_fits_a_frame),
        cmocka_unit_test(flood_is_taken_in_shares),
        cmocka_unit_test(answer_that_cannot_be_sent_is_logged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
