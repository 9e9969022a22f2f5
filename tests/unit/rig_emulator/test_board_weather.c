/* The real QEMU behind a relay: who ends with whom, and who is told of it. */
#include "bench.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "emulator/emulator_state.h" /* the relay's process */

static const struct net_weather storm = {.loss_percent = 100, .seed = 1};

static int set_up(void **state)
{
    struct bench *bench;

    assert_int_equal(bench_set_up(state), 0);
    bench = *state;
    bench->options.relay = LINK_RELAY;
    return interrupt_install();
}

static int set_weather(struct bench *bench, const struct net_weather *weather)
{
    return emulator_set_weather(bench->emulator, weather, bench_deadline(), &bench->diagnostic);
}

static int power_on(struct bench *bench)
{
    return emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic);
}

static void test_a_board_starts_behind_a_relay(void **state)
{
    struct bench *bench = *state;
    struct net_weather_counters counters;
    uint64_t position = 0;

    bench_create(bench);
    assert_int_equal(set_weather(bench, &storm), RIG_OK); /* off: at the next start */
    assert_int_equal(power_on(bench), RIG_OK);
    bench_expect_console(bench, "start 1\n", &position);
    assert_int_equal(set_weather(bench, &(struct net_weather){0}), RIG_OK);
    assert_int_equal(
        emulator_weather_counters(bench->emulator, &counters, bench_deadline(), &bench->diagnostic),
        RIG_OK);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    bench_assert_no_child();
    assert_int_equal(power_on(bench), RIG_OK);
    bench_expect_console(bench, "start 2\n", &position);
}

/* Behind a relay that ended, QEMU lets all frames pass: that must not be taken for weather. */
static void test_a_relay_that_died_is_told(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;

    bench_start(bench);
    assert_int_equal(set_weather(bench, &storm), RIG_OK);
    assert_int_equal(kill(link_relay_process_id(bench->emulator->relay), SIGKILL), 0);
    assert_int_equal(emulator_wait_console(bench->emulator, "never", &position, bench_deadline(),
                                           &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_string_equal(bench->diagnostic.text,
                        "the link relay ended by itself, signal 9 (Killed): it said nothing");
    memset(&bench->diagnostic, 0, sizeof(bench->diagnostic));
    assert_int_equal(set_weather(bench, &storm), RIG_ERROR_BENCH); /* again */
    assert_non_null(strstr(bench->diagnostic.text, "the link relay ended by itself"));
    assert_int_equal(emulator_pump(bench->emulator, bench_soon(), &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    bench_assert_no_child();
    assert_int_equal(power_on(bench), RIG_OK);
    assert_int_equal(set_weather(bench, &storm), RIG_OK);
}

static void test_programs_that_are_no_relay(void **state)
{
    struct bench *bench = *state;

    bench->options.relay = "/bin/false";
    bench_create(bench);
    assert_int_equal(power_on(bench), RIG_ERROR_BENCH);
    assert_string_equal(bench->diagnostic.text,
                        "the link relay ended by itself, exit code 1: it said nothing");
    bench_assert_no_child();
    bench_destroy(bench);
    bench->options.relay = "/nowhere/ordeal-link-relay";
    bench_create(bench);
    assert_int_equal(power_on(bench), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "/nowhere/ordeal-link-relay"));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
}

/* The relay ends with QEMU, which is no fault of its own: the guest's is told. */
static void test_a_lockup_is_the_guests_behind_a_relay(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;
    int error;

    bench_start(bench);
    bench_expect_console(bench, "start 1\n", &position);
    error = emulator_send_console(bench->emulator, "l", 1, bench_deadline(), &bench->diagnostic);
    if (error == RIG_OK) {
        error = emulator_wait_console(bench->emulator, "never", &position, bench_deadline(),
                                      &bench->diagnostic);
    }
    assert_int_equal(error, RIG_ERROR_DEVICE);
    assert_int_equal(set_weather(bench, &storm), RIG_ERROR_DEVICE);
    bench_assert_no_child();
}

static void expect_link(struct bench *bench, const char *text, uint64_t *position)
{
    assert_int_equal(
        emulator_send_console(bench->emulator, "n", 1, bench_deadline(), &bench->diagnostic),
        RIG_OK);
    bench_expect_console(bench, text, position);
}

static void test_the_cable_is_pulled_behind_a_relay(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;

    bench_start(bench);
    expect_link(bench, "link up\n", &position);
    assert_int_equal(
        emulator_set_link(bench->emulator, false, bench_deadline(), &bench->diagnostic), RIG_OK);
    expect_link(bench, "link down\n", &position);
    assert_int_equal(emulator_set_link(bench->emulator, true, bench_deadline(), &bench->diagnostic),
                     RIG_OK);
    expect_link(bench, "link up\n", &position);
}

static void test_weather_that_cannot_be(void **state)
{
    struct bench *bench = *state;
    struct net_weather_counters counters;

    bench_create(bench);
    assert_int_equal(set_weather(bench, &(struct net_weather){.loss_percent = 101}),
                     RIG_ERROR_USAGE);
    assert_int_equal(set_weather(bench, &(struct net_weather){.corruption_percent = 101}),
                     RIG_ERROR_USAGE);
    bench_destroy(bench);
    bench->options.relay = NULL;
    bench_create(bench);
    assert_int_equal(set_weather(bench, &storm), RIG_ERROR_USAGE);
    assert_int_equal(
        emulator_weather_counters(bench->emulator, &counters, bench_deadline(), &bench->diagnostic),
        RIG_ERROR_USAGE);
}

static void test_the_relay_is_found_beside_the_program(void **state)
{
    struct bench *bench = *state;
    char *path = NULL;

    assert_int_equal(emulator_find_relay(PROGRAM_FOLDER, &path, &bench->diagnostic), RIG_OK);
    assert_string_equal(path, LINK_RELAY);
    free(path);
    assert_int_equal(emulator_find_relay(bench->folder, &path, &bench->diagnostic),
                     RIG_ERROR_CONFIGURATION);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_board_starts_behind_a_relay),
        CASE(test_a_relay_that_died_is_told),
        CASE(test_programs_that_are_no_relay),
        CASE(test_a_lockup_is_the_guests_behind_a_relay),
        CASE(test_the_cable_is_pulled_behind_a_relay),
        CASE(test_weather_that_cannot_be),
        CASE(test_the_relay_is_found_beside_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
