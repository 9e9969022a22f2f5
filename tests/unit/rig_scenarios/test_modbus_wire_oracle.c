#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/modbus_frame.h"
#include "scenarios/modbus_wire_oracle.h"

static struct modbus_bus bus_of(enum modbus_kind kind)
{
    return (struct modbus_bus){kind, kind == MODBUS_RTU ? 1 : 255, modbus_map_hearth()};
}

static const uint16_t registers[MODBUS_MAP_HOLDING_MAX] = {200, 1, 5, 70};

/* What a request from these bytes has coming, on a frame of its own. */
static enum modbus_due due_of(enum modbus_kind kind, const uint8_t *pdu, size_t size)
{
    const struct modbus_bus bus = bus_of(kind);
    const struct modbus_request request = {.pdu = pdu, .size = size, .unit = bus.unit};

    return modbus_request_due(&bus, &request, registers);
}

struct due_case {
    enum modbus_due rtu;
    enum modbus_due tcp;
    size_t size;
    uint8_t pdu[20];
};

#define YES MODBUS_DUE_ANSWER
#define NO  MODBUS_DUE_REFUSAL

static void what_is_legal_depends_on_the_interface(void **state)
{
    static const struct due_case cases[] = {
        {YES, YES, 5, {3, 0, 0, 0, 12}},
        {NO, NO, 5, {3, 0, 0, 0, 13}},
        {NO, NO, 5, {3, 0, 0, 0, 0}},
        {NO, NO, 4, {3, 0, 0, 0}},
        {NO, NO, 6, {3, 0, 0, 0, 1, 0}},
        {NO, NO, 5, {1, 0xFF, 0xFF, 0, 2}},
        {YES, NO, 5, {6, 0, 0, 0, 50}},
        {NO, NO, 5, {6, 0, 0, 0, 49}},
        {YES, NO, 5, {6, 0, 0, 1, 0x2C}}, /* 300 */
        {NO, NO, 5, {6, 0, 0, 1, 0x2D}},
        {NO, NO, 5, {6, 0, 0, 0xFF, 0xFF}},
        {YES, NO, 5, {6, 0, 1, 0, 2}},
        {NO, NO, 5, {6, 0, 1, 0, 3}},
        {NO, NO, 5, {6, 0, 2, 0, 5}},
        {YES, NO, 5, {5, 0, 1, 0xFF, 0}},
        {NO, NO, 5, {5, 0, 1, 0xFF, 1}},
        {NO, NO, 5, {5, 0, 2, 0, 0}},
        {YES, NO, 7, {15, 0, 0, 0, 2, 1, 3}},
        {NO, NO, 8, {15, 0, 0, 0, 2, 2, 3, 0}},
        {YES, NO, 10, {16, 0, 0, 0, 2, 4, 0, 200, 0, 1}},
        {NO, NO, 10, {16, 0, 1, 0, 2, 4, 0, 1, 0, 5}},
        {NO, NO, 8, {16, 0, 0, 0, 129, 2, 0, 200}}, /* 258 bytes are 2 in 8 bits */
        {YES, NO, 7, {22, 0, 0, 0xFF, 0xFF, 0, 0}}, /* as it is: 200 */
        {NO, NO, 7, {22, 0, 0, 0, 0, 0x7F, 0xFF}},
        {YES, NO, 12, {23, 0, 0, 0, 12, 0, 0, 0, 1, 2, 0, 100}},
        {NO, NO, 12, {23, 0, 0, 0, 12, 0, 0, 0, 1, 2, 0, 10}},
        {NO, NO, 12, {23, 0, 0, 0, 12, 0, 3, 0, 1, 2, 0, 100}},
        {YES, YES, 12, {23, 0x10, 0, 0, 121, 0x10, 0, 0, 1, 2, 1, 1}},
        {NO, NO, 12, {23, 0x10, 0, 0, 120, 0x10, 0, 0, 1, 2, 1, 1}},
        {NO, NO, 12, {23, 0x10, 0, 0, 121, 0, 0, 0, 1, 2, 0, 100}},
        {YES, YES, 4, {43, 14, 1, 0}},
        {NO, NO, 4, {43, 14, 4, 3}},
        {NO, NO, 4, {43, 13, 1, 0}},
        {NO, NO, 5, {8, 0, 1, 0, 0}},
        {NO, NO, 1, {0x83}},
        {NO, NO, 1, {0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct due_case *each = &cases[i];

        if (due_of(MODBUS_RTU, each->pdu, each->size) != each->rtu ||
            due_of(MODBUS_TCP, each->pdu, each->size) != each->tcp)
            fail_msg("case %zu", i);
    }
}

static void an_unknown_device_may_take_what_keeps_to_the_protocol(void **state)
{
    static const uint8_t write[] = {6, 0, 9, 0, 1};
    static const uint8_t wrong[] = {6, 0, 9, 0};
    const struct modbus_bus bus = {MODBUS_TCP, 255, NULL};
    const struct modbus_request sound = {.pdu = write, .size = sizeof write};
    const struct modbus_request cut = {.pdu = wrong, .size = sizeof wrong};

    (void)state;
    assert_int_equal(modbus_request_due(&bus, &sound, NULL), MODBUS_DUE_EITHER);
    assert_int_equal(modbus_request_due(&bus, &cut, NULL), MODBUS_DUE_REFUSAL);
}

/* ---- requests in bytes ---- */

static void a_serial_frame_counts_with_its_checksum(void **state)
{
    static const uint8_t pdu[] = {3, 0, 0, 0, 1};
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    struct modbus_frame frame = {.what = NULL};
    size_t rest;

    (void)state;
    modbus_frame_wrap(&bus, 1, 0, pdu, sizeof pdu, &frame);
    assert_int_equal(modbus_requests_find(&bus, frame.bytes, frame.size, requests, &rest), 1);
    assert_true(requests[0].is_addressed && requests[0].is_certain);
    assert_int_equal(requests[0].size, sizeof pdu);
    assert_int_equal(rest, 0);
    frame.bytes[frame.size] = 0x55; /* noise behind it: it may be dropped with that */
    assert_int_equal(modbus_requests_find(&bus, frame.bytes, frame.size + 1, requests, &rest), 1);
    assert_false(requests[0].is_certain);
    assert_int_equal(rest, 1);
    frame.bytes[2] ^= 1;
    assert_int_equal(modbus_requests_find(&bus, frame.bytes, frame.size, requests, &rest), 0);
    assert_int_equal(rest, frame.size);
}

static void a_broadcast_asks_for_no_answer(void **state)
{
    static const uint8_t pdu[] = {6, 0, 0, 0, 200};
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    struct modbus_frame frame = {.what = NULL};
    size_t rest;

    (void)state;
    modbus_frame_wrap(&bus, 0, 0, pdu, sizeof pdu, &frame);
    assert_int_equal(modbus_requests_find(&bus, frame.bytes, frame.size, requests, &rest), 1);
    assert_true(requests[0].is_broadcast);
    assert_false(requests[0].is_addressed);
}

static void a_stream_is_cut_by_its_lengths(void **state)
{
    static const uint8_t bytes[] = {0, 1, 0, 0, 0, 6, 255, 3, 0, 0, 0, 1, /* whole */
                                    0, 2, 0, 0, 0, 2, 9,   7,             /* whole, another unit */
                                    0, 3, 0, 0, 0, 6, 255, 3, 0};         /* cut */
    const struct modbus_bus bus = bus_of(MODBUS_TCP);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    size_t rest;

    (void)state;
    assert_int_equal(modbus_requests_find(&bus, bytes, sizeof bytes, requests, &rest), 2);
    assert_int_equal(rest, 9);
    assert_int_equal(requests[1].transaction, 2);
    assert_true(requests[0].is_certain);
    assert_false(requests[1].is_certain);
}

/* ---- answers ---- */

static enum modbus_answer judge(const uint8_t *pdu, size_t size, const uint8_t *answer,
                                size_t answer_size)
{
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    const struct modbus_request request = {.pdu = pdu, .size = size, .unit = 1};
    struct modbus_frame frame = {.what = NULL};
    const char *why;

    modbus_frame_wrap(&bus, 1, 0, answer, answer_size, &frame);
    return modbus_answer_judge(&bus, &request, frame.bytes, frame.size, &why);
}

struct answer_case {
    enum modbus_answer answer;
    size_t size;
    uint8_t pdu[8];
    size_t answer_size;
    uint8_t bytes[16];
};

static void answers_are_judged_by_what_was_asked(void **state)
{
    static const struct answer_case cases[] = {
        {MODBUS_ANSWER_DONE, 5, {3, 0, 0, 0, 2}, 6, {3, 4, 1, 2, 3, 4}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 8, {3, 6, 1, 2, 3, 4, 5, 6}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 5, {3, 4, 1, 2, 3}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 6, {4, 4, 1, 2, 3, 4}},
        {MODBUS_ANSWER_REFUSED, 5, {3, 0, 0, 0, 2}, 2, {0x83, 2}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 2, {0x83, 0}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 2, {0x83, 99}},
        {MODBUS_ANSWER_MALFORMED, 5, {3, 0, 0, 0, 2}, 3, {0x83, 2, 0}},
        {MODBUS_ANSWER_DONE, 5, {1, 0, 0, 0, 3}, 3, {1, 1, 7}},
        {MODBUS_ANSWER_MALFORMED, 5, {1, 0, 0, 0, 3}, 3, {1, 1, 8}}, /* a bit too many */
        {MODBUS_ANSWER_DONE, 5, {6, 0, 0, 0, 200}, 5, {6, 0, 0, 0, 200}},
        {MODBUS_ANSWER_MALFORMED, 5, {6, 0, 0, 0, 200}, 5, {6, 0, 0, 0, 201}},
        {MODBUS_ANSWER_DONE, 4, {43, 14, 1, 0}, 10, {43, 14, 1, 1, 0, 0, 1, 0, 1, 'a'}},
        {MODBUS_ANSWER_MALFORMED, 4, {43, 14, 1, 0}, 10, {43, 14, 1, 1, 0, 0, 1, 0, 2, 'a'}},
        {MODBUS_ANSWER_MALFORMED, 1, {3}, 4, {3, 2, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (judge(cases[i].pdu, cases[i].size, cases[i].bytes, cases[i].answer_size) !=
            cases[i].answer)
            fail_msg("case %zu", i);
    }
}

static void the_header_of_an_answer_counts_too(void **state)
{
    static const uint8_t pdu[] = {3, 0, 0, 0, 1};
    static const uint8_t answer[] = {3, 2, 0, 9};
    const struct modbus_bus bus = bus_of(MODBUS_TCP);
    const struct modbus_request request = {
        .pdu = pdu, .size = sizeof pdu, .unit = 255, .transaction = 7};
    struct modbus_frame frame = {.what = NULL};
    const char *why;

    (void)state;
    modbus_frame_wrap(&bus, 255, 7, answer, sizeof answer, &frame);
    assert_int_equal(modbus_answer_judge(&bus, &request, frame.bytes, frame.size, &why),
                     MODBUS_ANSWER_DONE);
    assert_int_equal(modbus_answer_size(&bus, frame.bytes, frame.size), frame.size);
    frame.bytes[5]++; /* a length that lies */
    assert_int_equal(modbus_answer_judge(&bus, &request, frame.bytes, frame.size, &why),
                     MODBUS_ANSWER_MALFORMED);
    modbus_frame_wrap(&bus, 255, 8, answer, sizeof answer, &frame);
    assert_int_equal(modbus_answer_judge(&bus, &request, frame.bytes, frame.size, &why),
                     MODBUS_ANSWER_MALFORMED);
    assert_int_equal(modbus_answer_judge(&bus, &request, frame.bytes, 3, &why),
                     MODBUS_ANSWER_MALFORMED);
}

/* ---- what a request does ---- */

static void accepted_writes_change_what_is_open(void **state)
{
    static const uint8_t single[] = {6, 0, 0, 0, 99};
    static const uint8_t coil[] = {5, 0, 0, 0, 0};
    static const uint8_t several[] = {16, 0, 0, 0, 2, 4, 0, 60, 0, 2};
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request request = {.pdu = single, .size = sizeof single};
    uint16_t now[MODBUS_MAP_HOLDING_MAX];

    (void)state;
    memcpy(now, registers, sizeof now);
    modbus_request_apply(&bus, &request, now);
    assert_int_equal(now[0], 99);
    request = (struct modbus_request){.pdu = coil, .size = sizeof coil};
    modbus_request_apply(&bus, &request, now);
    assert_int_equal(now[1], 0);
    request = (struct modbus_request){.pdu = several, .size = sizeof several};
    modbus_request_apply(&bus, &request, now);
    assert_int_equal(now[0], 60);
    assert_int_equal(now[1], 2);
    assert_int_equal(now[2], 5);
}

static void coils_are_views_of_the_mode(void **state)
{
    (void)state;
    assert_int_equal(modbus_map_write_coils(1, 2, 2), 2); /* on, by schedule */
    assert_int_equal(modbus_map_write_coils(0, 2, 2), 0); /* counts only while on */
    assert_int_equal(modbus_map_write_coils(2, 1, 0), 0);
    assert_int_equal(modbus_map_write_coils(0, 3, 3), 2);
    assert_int_equal(modbus_map_write_coils(0, 1, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_legal_depends_on_the_interface),
        cmocka_unit_test(an_unknown_device_may_take_what_keeps_to_the_protocol),
        cmocka_unit_test(a_serial_frame_counts_with_its_checksum),
        cmocka_unit_test(a_broadcast_asks_for_no_answer),
        cmocka_unit_test(a_stream_is_cut_by_its_lengths),
        cmocka_unit_test(answers_are_judged_by_what_was_asked),
        cmocka_unit_test(the_header_of_an_answer_counts_too),
        cmocka_unit_test(accepted_writes_change_what_is_open),
        cmocka_unit_test(coils_are_views_of_the_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
