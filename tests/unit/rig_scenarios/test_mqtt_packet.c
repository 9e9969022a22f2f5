/* mqtt_packet.h and mqtt_attack.h: packets as bytes, and what is made of them by a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scenarios/mqtt_attack.h"
#include "scenarios/mqtt_command.h"
#include "scenarios/mqtt_packet.h"

enum { ROUNDS = 40, HELD = 200 };

static const char topic[] = "hearth/00112233445566778899aabbccddeeff/command";
static const struct mqtt_victim victim = {topic, HELD};

static void headers_hold_lengths_of_one_to_four_bytes(void **state)
{
    static const struct {
        size_t length;
        size_t size;
        uint8_t bytes[5];
    } rows[] = {
        {0, 2, {0xD0, 0}},
        {127, 2, {0xD0, 127}},
        {128, 3, {0xD0, 0x80, 1}},
        {16384, 4, {0xD0, 0x80, 0x80, 1}},
        {268435455, 5, {0xD0, 0xFF, 0xFF, 0xFF, 0x7F}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t room[8];
        struct mqtt_bytes out = {room, sizeof room, 0};

        mqtt_put_header(&out, 0xD0, rows[i].length);
        assert_int_equal(out.size, rows[i].size);
        assert_memory_equal(room, rows[i].bytes, out.size);
    }
}

static void what_does_not_fit_is_left_out(void **state)
{
    uint8_t room[4] = {0, 0, 0, 0x55};
    struct mqtt_bytes out = {room, 3, 0};

    (void)state;
    mqtt_put(&out, "abcdef", 6);
    mqtt_put_16(&out, 0xFFFF);
    assert_int_equal(out.size, 3);
    assert_int_equal(room[3], 0x55);
}

static void packets_are_found_one_by_one(void **state)
{
    uint8_t room[300];
    struct mqtt_bytes out = {room, sizeof room, 0};
    struct mqtt_seen seen;
    size_t at = 0;
    uint8_t payload[200] = {7};

    (void)state;
    mqtt_put_short(&out, MQTT_PUBACK, 0x1234);
    mqtt_put_message(&out, &(struct mqtt_message){.first = MQTT_PUBLISH | MQTT_QOS_STEP | MQTT_DUP,
                                                  .topic = "a/b",
                                                  .topic_size = 3,
                                                  .id = 9,
                                                  .payload = payload,
                                                  .payload_size = sizeof payload});
    mqtt_put_header(&out, MQTT_PINGRESP, 0);
    assert_true(mqtt_packet_next(room, out.size, &at, &seen));
    assert_int_equal(seen.type, MQTT_PUBACK);
    assert_int_equal(mqtt_packet_id(&seen), 0x1234);
    assert_true(mqtt_packet_next(room, out.size, &at, &seen));
    assert_int_equal(seen.type, MQTT_PUBLISH);
    assert_int_equal(seen.size, 2 + 3 + 2 + sizeof payload);
    assert_memory_equal(seen.body,
                        "\x00\x03"
                        "a/b\x00\x09\x07",
                        8);
    assert_true(mqtt_packet_next(room, out.size, &at, &seen));
    assert_int_equal(seen.type, MQTT_PINGRESP);
    assert_int_equal(mqtt_packet_id(&seen), 0);
    assert_int_equal(at, out.size);
    assert_false(mqtt_packet_next(room, out.size, &at, &seen));
}

static void a_packet_that_is_not_whole_is_none_yet(void **state)
{
    static const uint8_t bytes[] = {MQTT_PUBACK, 0x82, 0x00, 0x12, 0x34};
    static const uint8_t endless[] = {MQTT_PUBACK, 0x80, 0x80, 0x80, 0x80, 0x00};
    struct mqtt_seen seen;
    size_t at = 0;

    (void)state;
    for (size_t size = 0; size < sizeof bytes; size++)
        assert_false(mqtt_packet_next(bytes, size, &at, &seen));
    assert_int_equal(at, 0);
    assert_true(mqtt_packet_next(bytes, sizeof bytes, &at, &seen));
    at = 0;
    assert_false(mqtt_packet_next(endless, sizeof endless, &at, &seen));
}

/* Whether a message asks the victim for a set-point. */
static bool is_right_command(const struct mqtt_seen *seen, const uint8_t *start)
{
    const unsigned quality = *start & 6U;
    const size_t length = strlen(topic);
    const size_t before = 2 + length + (quality != 0 ? 2 : 0);
    int tenths;

    return seen->type == MQTT_PUBLISH && seen->size >= before && seen->body[0] == 0 &&
           seen->body[1] == length && memcmp(seen->body + 2, topic, length) == 0 &&
           mqtt_command_is_right(seen->body + before, seen->size - before, &tenths);
}

/* What a sound device may obey would be blamed on it. */
static void mild_attacks_are_whole_packets_without_a_right_command(void **state)
{
    struct mqtt_attack *attack = calloc(1, sizeof *attack);
    uint64_t random = 4;

    (void)state;
    assert_non_null(attack);
    for (size_t i = 0; i < ROUNDS * mqtt_attack_mild_kinds; i++) {
        struct mqtt_seen seen;
        size_t at = 0;
        size_t start = 0;

        mqtt_attack_mild(i, &victim, &random, attack);
        assert_int_equal(attack->parts, 1);
        while (mqtt_packet_next(attack->bytes, attack->size, &at, &seen)) {
            assert_false(is_right_command(&seen, attack->bytes + start));
            start = at;
        }
        assert_int_equal(at, attack->size);
    }
    free(attack);
}

static void attacks_are_named_and_fit(void **state)
{
    struct mqtt_attack *attack = calloc(1, sizeof *attack);
    uint64_t random = 4;

    (void)state;
    assert_non_null(attack);
    for (size_t i = 0; i < ROUNDS * mqtt_attack_rude_kinds; i++) {
        mqtt_attack_rude(i, &victim, &random, attack);
        assert_non_null(attack->what);
        assert_in_range(attack->size, 1, MQTT_ATTACK_MAX - 1);
        assert_in_range(attack->parts, 1, attack->size);
    }
    free(attack);
}

static void the_first_rude_one_has_a_length_that_never_ends(void **state)
{
    struct mqtt_attack *attack = calloc(1, sizeof *attack);
    uint64_t random = 4;

    (void)state;
    assert_non_null(attack);
    for (size_t i = 0; i < ROUNDS; i++) {
        mqtt_attack_rude(0, &victim, &random, attack);
        assert_true(attack->size > 130);
        for (size_t k = 1; k < attack->size; k++)
            assert_true((attack->bytes[k] & 0x80) != 0);
    }
    free(attack);
}

static void a_seed_makes_the_same_attack_again(void **state)
{
    struct mqtt_attack *attacks = calloc(2, sizeof *attacks);
    uint64_t one_random = 6;
    uint64_t other_random = 6;

    (void)state;
    assert_non_null(attacks);
    for (size_t i = 0; i < 3 * mqtt_attack_rude_kinds; i++) {
        mqtt_attack_rude(i, &victim, &one_random, &attacks[0]);
        mqtt_attack_rude(i, &victim, &other_random, &attacks[1]);
        assert_int_equal(attacks[0].size, attacks[1].size);
        assert_int_equal(attacks[0].parts, attacks[1].parts);
        assert_memory_equal(attacks[0].bytes, attacks[1].bytes, attacks[0].size);
    }
    free(attacks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_hold_lengths_of_one_to_four_bytes),
        cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(packets_are_found_one_by_one),
        cmocka_unit_test(a_packet_that_is_not_whole_is_none_yet),
        cmocka_unit_test(mild_attacks_are_whole_packets_without_a_right_command),
        cmocka_unit_test(attacks_are_named_and_fit),
        cmocka_unit_test(the_first_rude_one_has_a_length_that_never_ends),
        cmocka_unit_test(a_seed_makes_the_same_attack_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
