/* mqtt_command.h: which commands are right, and what the generators make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "scenarios/mqtt_command.h"

enum { ROUNDS = 400 };

static bool is_right(const char *text, int *tenths)
{
    return mqtt_command_is_right((const uint8_t *)text, strlen(text), tenths);
}

static void right_ones_say_what_they_ask_for(void **state)
{
    static const struct {
        const char *text;
        int tenths;
    } rows[] = {
        {"{\"set_point\": 21.5}", 215},
        {"{\"set_point\":5}", 50},
        {"{\"set_point\":5.0}", 50},
        {"{\"set_point\":30}", 300},
        {"\t{\r\n\"set_point\" : 30.0 } \n", 300},
        {"{\"set_point\":9.9}                                               ", 99},
    };
    int tenths = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(is_right(rows[i].text, &tenths));
        assert_int_equal(tenths, rows[i].tenths);
    }
}

static void all_else_is_wrong_and_leaves_the_value_alone(void **state)
{
    static const char *const rows[] = {
        "",
        "{}",
        "{",
        "{\"set_point\": 4.9}",
        "{\"set_point\": 30.1}",
        "{\"set_point\": -21.5}",
        "{\"set_point\": 21.55}",
        "{\"set_point\": 21.}",
        "{\"set_point\": .5}",
        "{\"set_point\": 021}",
        "{\"set_point\": 100}",
        "{\"set_point\": 2e1}",
        "{\"set_point\": \"21\"}",
        "{\"set_point\": 21, \"set_point\": 21}",
        "{\"set_point\": 21}}",
        "{\"set_point\": 21} x",
        "{\"set_point \": 21}",
        "{\"set_point\": 21\v}",
        "{\"set_poin\\u0074\": 21}",
        "{\"set_point\":9.9}                                                ",
    };
    int tenths = 77;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_right(rows[i], &tenths))
            fail_msg("taken for right: %s", rows[i]);
    }
    assert_int_equal(tenths, 77);
}

static void a_zero_byte_is_no_end(void **state)
{
    static const char text[] = "{\"set_point\": 21}\0 ";
    int tenths;

    (void)state;
    assert_true(mqtt_command_is_right((const uint8_t *)text, 17, &tenths));
    assert_false(mqtt_command_is_right((const uint8_t *)text, 18, &tenths));
    assert_false(mqtt_command_is_right((const uint8_t *)text, 19, &tenths));
}

static void what_is_generated_as_wrong_is_wrong(void **state)
{
    uint64_t random = 1;
    int tenths;

    (void)state;
    for (size_t i = 0; i < ROUNDS * mqtt_command_kinds; i++) {
        struct mqtt_command command;

        mqtt_command_generate(i, 200, &random, &command);
        assert_in_range(command.size, 0, MQTT_COMMAND_MAX);
        assert_non_null(command.what);
        assert_int_equal(mqtt_command_is_right(command.bytes, command.size, &tenths),
                         command.topic != MQTT_TOPIC_OWN);
    }
}

static void each_kind_makes_many(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < mqtt_command_kinds; kind++) {
        uint64_t random = 5;
        struct mqtt_command first;
        unsigned different = 0;

        mqtt_command_generate(kind, 200, &random, &first);
        for (unsigned i = 0; i < ROUNDS; i++) {
            struct mqtt_command next;

            mqtt_command_generate(kind, 200, &random, &next);
            different += next.size != first.size || next.topic != first.topic ||
                         memcmp(next.bytes, first.bytes, next.size) != 0;
        }
        assert_true(different > ROUNDS / 4);
    }
}

/* A command that a device keeps only in part, or up to a zero byte, must be right up to there. */
static void some_are_right_as_far_as_a_careless_reader_looks(void **state)
{
    unsigned cut = 0;
    unsigned ended = 0;
    uint64_t random = 3;
    int tenths;

    (void)state;
    for (size_t i = 0; i < ROUNDS * mqtt_command_kinds; i++) {
        struct mqtt_command command;
        const uint8_t *zero;

        mqtt_command_generate(i, 200, &random, &command);
        zero = memchr(command.bytes, 0, command.size);
        cut += command.size > MQTT_COMMAND_RIGHT_MAX &&
               mqtt_command_is_right(command.bytes, MQTT_COMMAND_RIGHT_MAX, &tenths);
        ended += zero != NULL &&
                 mqtt_command_is_right(command.bytes, (size_t)(zero - command.bytes), &tenths);
    }
    assert_true(cut > ROUNDS / 4);
    assert_true(ended > ROUNDS / 8);
}

static void a_seed_makes_the_same_again(void **state)
{
    uint64_t one_random = 9;
    uint64_t other_random = 9;

    (void)state;
    for (size_t i = 0; i < 5 * mqtt_command_kinds; i++) {
        struct mqtt_command one;
        struct mqtt_command other;

        mqtt_command_generate(i, 215, &one_random, &one);
        mqtt_command_generate(i, 215, &other_random, &other);
        assert_int_equal(one.size, other.size);
        assert_int_equal(one.topic, other.topic);
        assert_memory_equal(one.bytes, other.bytes, one.size);
    }
    assert_int_equal(one_random, other_random);
}

static void right_ones_are_right_and_ask_for_the_value(void **state)
{
    uint64_t random = 2;
    int held = 200;
    bool seen_lowest = false;
    bool seen_highest = false;

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const int wanted = mqtt_command_other_value(held, &random);
        struct mqtt_command command;
        int asked = 0;

        assert_in_range(wanted, MQTT_COMMAND_LOWEST, MQTT_COMMAND_HIGHEST);
        assert_true(wanted <= held - 10 || wanted >= held + 10);
        mqtt_command_right(wanted, &random, &command);
        assert_true(mqtt_command_is_right(command.bytes, command.size, &asked));
        assert_int_equal(asked, wanted);
        seen_lowest = seen_lowest || wanted == MQTT_COMMAND_LOWEST;
        seen_highest = seen_highest || wanted == MQTT_COMMAND_HIGHEST;
        held = wanted;
    }
    assert_true(seen_lowest && seen_highest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_ones_say_what_they_ask_for),
        cmocka_unit_test(all_else_is_wrong_and_leaves_the_value_alone),
        cmocka_unit_test(a_zero_byte_is_no_end),
        cmocka_unit_test(what_is_generated_as_wrong_is_wrong),
        cmocka_unit_test(each_kind_makes_many),
        cmocka_unit_test(some_are_right_as_far_as_a_careless_reader_looks),
        cmocka_unit_test(a_seed_makes_the_same_again),
        cmocka_unit_test(right_ones_are_right_and_ask_for_the_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
