/* The weather's choice: as often as it says, the same for the same seed, one bit and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/frame_fate.h"

enum {
    FRAMES = 10000,
    SIZE = 60,
    ETHERTYPE = 12,
};

struct history {
    unsigned counts[3]; /* by enum frame_fate */
    uint8_t fates[FRAMES];
    uint8_t frames[FRAMES][SIZE];
};

/* Too large for a stack. */
static struct history one;
static struct history other;

static void play(struct history *history, const struct net_weather *weather, unsigned direction)
{
    struct frame_chooser chooser = {0};

    memset(history, 0, sizeof(*history));
    frame_chooser_set(&chooser, weather, direction);
    for (size_t i = 0; i < FRAMES; i++) {
        enum frame_fate fate = frame_chooser_decide(&chooser, history->frames[i], SIZE);

        history->fates[i] = (uint8_t)fate;
        history->counts[fate]++;
    }
}

static unsigned turned_bits(const uint8_t frame[SIZE])
{
    unsigned count = 0;

    for (size_t i = 0; i < (size_t)SIZE * 8; i++) {
        count += frame[i / 8] >> i % 8 & 1U;
    }
    return count;
}

static void test_fair_weather_touches_nothing(void **state)
{
    const struct net_weather weather = {.seed = 7};
    (void)state;

    play(&one, &weather, 0);
    assert_int_equal(one.counts[FRAME_PASSES], FRAMES);
    memset(&other.frames, 0, sizeof(other.frames));
    assert_memory_equal(one.frames, other.frames, sizeof(one.frames));
}

static void test_hundred_percent_are_all(void **state)
{
    const struct net_weather loss = {.loss_percent = 100, .corruption_percent = 100, .seed = 7};
    const struct net_weather corruption = {.corruption_percent = 100, .seed = 7};
    (void)state;

    play(&one, &loss, 0);
    assert_int_equal(one.counts[FRAME_LOST], FRAMES);
    play(&one, &corruption, 0);
    assert_int_equal(one.counts[FRAME_DAMAGED], FRAMES);
}

static void test_a_share_is_a_share(void **state)
{
    const struct net_weather weather = {.loss_percent = 30, .corruption_percent = 20, .seed = 7};
    (void)state;

    play(&one, &weather, 0);
    assert_in_range(one.counts[FRAME_LOST], FRAMES * 28 / 100, FRAMES * 32 / 100);
    /* 20 % of the 70 % that are left */
    assert_in_range(one.counts[FRAME_DAMAGED], FRAMES * 12 / 100, FRAMES * 16 / 100);
}

/* Bits of the whole frame, from the first to the last. */
static void test_one_bit_is_turned_anywhere(void **state)
{
    const struct net_weather weather = {.corruption_percent = 50, .seed = 1};
    uint8_t seen[SIZE] = {0};
    (void)state;

    play(&one, &weather, 0);
    for (size_t i = 0; i < FRAMES; i++) {
        assert_int_equal(turned_bits(one.frames[i]), one.fates[i] == FRAME_DAMAGED ? 1 : 0);
        for (size_t j = 0; j < SIZE; j++) {
            seen[j] |= one.frames[i][j];
        }
    }
    for (size_t j = 0; j < SIZE; j++) {
        assert_int_equal(seen[j], 0xFF);
    }
}

static void test_the_seed_alone_decides(void **state)
{
    const struct net_weather weather = {.loss_percent = 30, .corruption_percent = 20, .seed = 42};
    const struct net_weather seeded = {.loss_percent = 30, .corruption_percent = 20, .seed = 43};
    (void)state;

    play(&one, &weather, 0);
    play(&other, &weather, 0);
    assert_memory_equal(&one, &other, sizeof(one));
    play(&other, &seeded, 0);
    assert_memory_not_equal(one.fates, other.fates, sizeof(one.fates));
    play(&other, &weather, 1);
    assert_memory_not_equal(one.fates, other.fates, sizeof(one.fates));
}

/* A finding must come back on every machine: the numbers are part of the contract. */
static void test_the_choice_stays_what_it_was(void **state)
{
    const struct net_weather weather = {.loss_percent = 30, .corruption_percent = 20, .seed = 42};
    char fates[33] = "";
    (void)state;

    play(&one, &weather, 0);
    for (size_t i = 0; i < sizeof(fates) - 1; i++) {
        fates[i] = ".LD"[one.fates[i]];
    }
    assert_string_equal(fates, ".LL.L.D.................L.L.DL..");
}

static void test_worse_weather_hits_the_same_and_more(void **state)
{
    const struct net_weather some = {.loss_percent = 10, .seed = 42};
    const struct net_weather more = {.loss_percent = 30, .seed = 42};
    (void)state;

    play(&one, &some, 0);
    play(&other, &more, 0);
    for (size_t i = 0; i < FRAMES; i++) {
        assert_true(one.fates[i] != FRAME_LOST || other.fates[i] == FRAME_LOST);
    }
}

static void test_arp_is_lost_but_never_damaged(void **state)
{
    const struct net_weather weather = {.loss_percent = 50, .corruption_percent = 100, .seed = 3};
    struct frame_chooser chooser = {0};
    uint8_t frame[SIZE] = {0};
    uint8_t sound[SIZE];
    unsigned counts[3] = {0};
    (void)state;

    frame[ETHERTYPE] = 0x08;
    frame[ETHERTYPE + 1] = 0x06;
    memcpy(sound, frame, SIZE);
    frame_chooser_set(&chooser, &weather, 0);
    for (size_t i = 0; i < FRAMES; i++) {
        counts[frame_chooser_decide(&chooser, frame, SIZE)]++;
        assert_memory_equal(frame, sound, SIZE);
    }
    assert_int_equal(counts[FRAME_DAMAGED], 0);
    assert_in_range(counts[FRAME_LOST], FRAMES * 48 / 100, FRAMES * 52 / 100);
}

/* Shorter than its own header, as a hostile guest may send. */
static enum frame_fate decide_on(struct frame_chooser *chooser, size_t size)
{
    uint8_t frame[SIZE + 1] = {0};

    return frame_chooser_decide(chooser, frame, size);
}

static void test_weather_for_data_spares_all_else(void **state)
{
    const struct net_weather weather = {.corruption_percent = 100, .data_only = true, .seed = 7};
    struct frame_chooser chooser = {0};
    (void)state;

    frame_chooser_set(&chooser, &weather, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(decide_on(&chooser, SIZE), FRAME_PASSES); /* as long as the shortest */
        assert_int_equal(decide_on(&chooser, SIZE + 1), FRAME_DAMAGED);
        assert_int_equal(decide_on(&chooser, SIZE + 1), FRAME_PASSES);
        assert_int_equal(decide_on(&chooser, SIZE), FRAME_PASSES); /* that is none of the two */
        assert_int_equal(decide_on(&chooser, SIZE + 1), FRAME_PASSES);
    }
    assert_int_equal(decide_on(&chooser, SIZE + 1), FRAME_DAMAGED);
    frame_chooser_set(&chooser, &weather, 1);
    assert_int_equal(decide_on(&chooser, SIZE + 1), FRAME_DAMAGED); /* begun anew */
}

static void test_a_frame_of_one_byte(void **state)
{
    const struct net_weather weather = {.corruption_percent = 100};
    struct frame_chooser chooser = {0};
    uint8_t frame[1] = {0};
    (void)state;

    frame_chooser_set(&chooser, &weather, 0);
    assert_int_equal(frame_chooser_decide(&chooser, frame, sizeof(frame)), FRAME_DAMAGED);
    assert_int_not_equal(frame[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fair_weather_touches_nothing),
        cmocka_unit_test(test_hundred_percent_are_all),
        cmocka_unit_test(test_a_share_is_a_share),
        cmocka_unit_test(test_one_bit_is_turned_anywhere),
        cmocka_unit_test(test_the_seed_alone_decides),
        cmocka_unit_test(test_the_choice_stays_what_it_was),
        cmocka_unit_test(test_worse_weather_hits_the_same_and_more),
        cmocka_unit_test(test_arp_is_lost_but_never_damaged),
        cmocka_unit_test(test_weather_for_data_spares_all_else),
        cmocka_unit_test(test_a_frame_of_one_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
