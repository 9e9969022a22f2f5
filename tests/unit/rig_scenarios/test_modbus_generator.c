#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scenarios/modbus_generator.h"
#include "scenarios/modbus_sweep.h"

enum { FRAMES = 48, HISTORIES = 60 };

static const uint16_t registers[MODBUS_MAP_HOLDING_MAX] = {200, 1, 5, 70, 360, 200};

static struct modbus_history *one;
static struct modbus_history *other;

static int set_up(void **state)
{
    (void)state;
    one = calloc(1, sizeof *one);
    other = calloc(1, sizeof *other);
    return one != NULL && other != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(one);
    free(other);
    return 0;
}

static struct modbus_bus bus_of(enum modbus_kind kind)
{
    return (struct modbus_bus){kind, kind == MODBUS_RTU ? 1 : 255, modbus_map_hearth()};
}

static void a_seed_makes_the_same_history_again(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_TCP);

    (void)state;
    modbus_history_generate(&bus, 7, FRAMES, one);
    memset(other, 0x5A, sizeof *other); /* whatever was there before */
    modbus_history_generate(&bus, 7, FRAMES, other);
    assert_int_equal(one->count, FRAMES);
    assert_int_equal(other->count, FRAMES);
    for (size_t i = 0; i < FRAMES; i++) {
        assert_int_equal(one->frames[i].size, other->frames[i].size);
        assert_memory_equal(one->frames[i].bytes, other->frames[i].bytes, one->frames[i].size);
        assert_int_equal(one->frames[i].split, other->frames[i].split);
        assert_int_equal(one->frames[i].session_at, other->frames[i].session_at);
    }
    modbus_history_generate(&bus, 8, FRAMES, other);
    assert_memory_not_equal(one->frames, other->frames, sizeof one->frames[0]);
}

/* What histories hold, by what the oracle says of them. */
struct tally {
    unsigned legal, illegal, broadcasts, none, several, splits, messages;
    unsigned functions[256];
};

static void count_frame(const struct modbus_bus *bus, const struct modbus_frame *frame,
                        struct tally *tally)
{
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    const uint8_t *message;
    size_t size;
    size_t rest;
    const size_t count = modbus_requests_find(bus, frame->bytes, frame->size, requests, &rest);

    assert_in_range(frame->size, 1, MODBUS_FRAME_MAX);
    assert_true(frame->split < frame->size);
    assert_true(frame->session_at == 0 || frame->session_at + 4 <= frame->size);
    tally->none += count == 0;
    tally->several += count > 1;
    tally->splits += frame->split > 0;
    for (size_t i = 0; i < count; i++) {
        const enum modbus_due due = modbus_request_due(bus, &requests[i], registers);

        tally->legal += due == MODBUS_DUE_ANSWER;
        tally->illegal += due == MODBUS_DUE_REFUSAL;
        tally->broadcasts += requests[i].is_broadcast;
        tally->functions[requests[i].pdu[0]]++;
        tally->messages += modbus_request_message(bus, &requests[i], &message, &size);
    }
}

static void tally_histories(enum modbus_kind kind, struct tally *tally)
{
    const struct modbus_bus bus = bus_of(kind);

    *tally = (struct tally){.legal = 0};
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        modbus_history_generate(&bus, seed, FRAMES, one);
        for (size_t i = 0; i < one->count; i++)
            count_frame(&bus, &one->frames[i], tally);
    }
}

static void histories_hold_all_that_is_promised(void **state)
{
    static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43, 8, 0, 127};
    struct tally tally;

    (void)state;
    for (unsigned kind = MODBUS_RTU; kind <= MODBUS_TCP; kind++) {
        tally_histories((enum modbus_kind)kind, &tally);
        assert_true(tally.legal > HISTORIES && tally.illegal > 3 * HISTORIES);
        assert_true(tally.none > 0 && tally.splits > 0 && tally.messages > HISTORIES);
        assert_true(kind == MODBUS_RTU ? tally.broadcasts > 0 : tally.several > 0);
        for (size_t i = 0; i < sizeof functions; i++)
            assert_true(tally.functions[functions[i]] > 0);
    }
}

static void a_history_guesses_once_at_the_most(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    unsigned guesses_in_all = 0;

    (void)state;
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        unsigned guesses = 0;

        modbus_history_generate(&bus, seed, FRAMES, one);
        for (size_t i = 0; i < one->count; i++)
            guesses += strcmp(one->frames[i].what, "mailbox: LOGIN with a wrong proof") == 0;
        assert_in_range(guesses, 0, 1);
        guesses_in_all += guesses;
    }
    assert_true(guesses_in_all > 0);
}

static void no_history_holds_the_players_read(void **state)
{
    static const uint8_t read[] = {3, 0, 0, 0, 12};
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    size_t rest;

    (void)state;
    for (uint64_t seed = 0; seed < 10 * HISTORIES; seed++) {
        modbus_history_generate(&bus, seed, FRAMES, one);
        for (size_t i = 0; i < one->count; i++) {
            const struct modbus_frame *frame = &one->frames[i];

            if (modbus_requests_find(&bus, frame->bytes, frame->size, requests, &rest) == 1)
                assert_false(requests[0].size == sizeof read &&
                             memcmp(requests[0].pdu, read, sizeof read) == 0);
        }
    }
}

static void without_a_map_nothing_is_for_a_mailbox(void **state)
{
    const struct modbus_bus bus = {MODBUS_TCP, 255, NULL};

    (void)state;
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        modbus_history_generate(&bus, seed, FRAMES, one);
        assert_int_equal(one->count, FRAMES);
        for (size_t i = 0; i < one->count; i++)
            assert_null(strstr(one->frames[i].what, "mailbox"));
    }
}

/* ---- sweeps ---- */

static void a_sweep_leaves_no_register_out(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_TCP);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    unsigned written[16] = {0};
    size_t rest;

    (void)state;
    one->count = 0;
    modbus_sweep_registers(&bus, registers, one);
    for (size_t i = 0; i < one->count; i++) {
        const struct modbus_frame *frame = &one->frames[i];
        const struct modbus_request *request = requests;

        assert_int_equal(modbus_requests_find(&bus, frame->bytes, frame->size, requests, &rest), 1);
        assert_true(modbus_request_writes(&bus, request));
        assert_int_equal(modbus_request_due(&bus, request, registers), MODBUS_DUE_REFUSAL);
        if (request->pdu[0] == 6 && request->pdu[1] == 0 && request->pdu[2] < 16) {
            written[request->pdu[2]]++;
            assert_int_not_equal(request->pdu[3] << 8 | request->pdu[4],
                                 registers[request->pdu[2]]);
        }
    }
    for (size_t i = 0; i < modbus_map_hearth()->holding; i++)
        assert_in_range(written[i], 1, 2);
    assert_true(one->count < MODBUS_HISTORY_MAX);
}

static void a_sweep_goes_through_the_functions(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    unsigned seen[256] = {0};
    size_t rest;

    (void)state;
    one->count = 0;
    modbus_sweep_functions(&bus, one);
    for (size_t i = 0; i < one->count; i++) {
        const struct modbus_frame *frame = &one->frames[i];

        assert_int_equal(modbus_requests_find(&bus, frame->bytes, frame->size, requests, &rest), 1);
        assert_int_equal(modbus_request_due(&bus, requests, registers), MODBUS_DUE_REFUSAL);
        seen[requests[0].pdu[0]]++;
    }
    assert_true(one->count < MODBUS_HISTORY_MAX);
    assert_true(seen[0] == 1 && seen[7] == 1 && seen[127] == 1 && seen[8] == 22 && seen[3] == 0);
}

static void a_sweep_of_ranges_sets_each_mode(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    unsigned refusals = 0;
    size_t rest;

    (void)state;
    one->count = 0;
    modbus_sweep_ranges(&bus, one);
    for (size_t i = 0; i < one->count; i++) {
        const struct modbus_frame *frame = &one->frames[i];

        assert_int_equal(modbus_requests_find(&bus, frame->bytes, frame->size, requests, &rest), 1);
        refusals += modbus_request_due(&bus, requests, registers) == MODBUS_DUE_REFUSAL;
    }
    assert_int_equal(one->count - refusals, 3 * 4);
    assert_int_equal(refusals, 3 * 2 * 4 * 4);
}

static void a_sweep_of_messages_takes_the_session_over(void **state)
{
    const struct modbus_bus bus = bus_of(MODBUS_RTU);
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    unsigned in_session = 0;
    size_t rest;

    (void)state;
    one->count = 0;
    modbus_sweep_messages(&bus, true, one);
    assert_true(one->count > 40 && one->count < MODBUS_HISTORY_MAX);
    for (size_t i = 0; i < one->count; i++) {
        struct modbus_frame *frame = &one->frames[i];
        const uint8_t *message;
        size_t size;

        modbus_frame_take_session(&bus, frame, 0x04030201);
        assert_int_equal(modbus_requests_find(&bus, frame->bytes, frame->size, requests, &rest), 1);
        assert_true(modbus_request_message(&bus, requests, &message, &size));
        in_session += message[4] == 1 && message[5] == 2 && message[6] == 3 && message[7] == 4;
    }
    assert_int_equal(in_session, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_makes_the_same_history_again),
        cmocka_unit_test(histories_hold_all_that_is_promised),
        cmocka_unit_test(a_history_guesses_once_at_the_most),
        cmocka_unit_test(no_history_holds_the_players_read),
        cmocka_unit_test(without_a_map_nothing_is_for_a_mailbox),
        cmocka_unit_test(a_sweep_leaves_no_register_out),
        cmocka_unit_test(a_sweep_goes_through_the_functions),
        cmocka_unit_test(a_sweep_of_ranges_sets_each_mode),
        cmocka_unit_test(a_sweep_of_messages_takes_the_session_over),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
