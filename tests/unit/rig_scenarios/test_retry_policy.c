#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/random.h"
#include "scenarios/retry_policy.h"

#define WINDOW_MS 8000.0
#define OUTAGES   3U
#define WAITS     4U
#define RUNS      20000U

static const struct retry_policy policy = {1000, 300000};

static double draw(uint64_t *state, double most)
{
    return (double)random_below(state, 1000001) / 1000000 * most;
}

static void the_longest_doubles(void **state)
{
    (void)state;
    assert_float_equal(retry_longest_ms(&policy, 1), 1000, 0.001);
    assert_float_equal(retry_longest_ms(&policy, 2), 2000, 0.001);
    assert_float_equal(retry_longest_ms(&policy, 9), 256000, 0.001);
    assert_float_equal(retry_longest_ms(&policy, 10), 300000, 0.001);
    assert_float_equal(retry_longest_ms(&policy, 4000), 300000, 0.001);
}

/* Calls of a sound client in all windows. */
static unsigned count_calls(uint64_t *state)
{
    unsigned calls = 0;

    for (unsigned i = 0; i < OUTAGES; i++) {
        double at = 0;

        for (unsigned n = 1; at <= WINDOW_MS; n++) {
            calls++;
            at += draw(state, retry_longest_ms(&policy, n));
        }
    }
    return calls;
}

/* With a chance that can be counted: as often as it says, or less, but not much less. */
static void sound_clients_keep_the_limit(void **state)
{
    const unsigned limit = retry_most_attempts(&policy, WINDOW_MS, OUTAGES, 0.02);
    uint64_t seed = 1;
    unsigned beyond = 0;
    unsigned at_limit = 0;

    (void)state;
    for (unsigned i = 0; i < RUNS; i++) {
        const unsigned calls = count_calls(&seed);

        beyond += calls > limit;
        at_limit += calls >= limit;
    }
    assert_in_range(beyond, 0, RUNS * 3 / 100);
    assert_in_range(at_limit, RUNS / 100, RUNS);
}

static void clients_without_back_off_break_it(void **state)
{
    const unsigned limit = retry_most_attempts(&policy, WINDOW_MS * 1.1, OUTAGES, 1e-6);

    (void)state;
    assert_in_range(limit, 18, OUTAGES * 8 - 2); /* one call a second: at 0, 1, ... 7 */
    assert_true(retry_most_attempts(&policy, WINDOW_MS, OUTAGES, 1e-3) < limit);
    assert_true(retry_most_attempts(&policy, WINDOW_MS, OUTAGES + 1, 1e-6) > limit);
}

static double spread_of_sound(uint64_t *state)
{
    double most = 0;

    for (unsigned n = 1; n <= WAITS; n++) {
        double low = INFINITY;
        double high = 0;

        for (unsigned i = 0; i < OUTAGES; i++) {
            const double wait = draw(state, retry_longest_ms(&policy, n));

            low = fmin(low, wait);
            high = fmax(high, wait);
        }
        most = fmax(most, (high - low) / retry_spread_unit_ms(&policy, n));
    }
    return most;
}

static void sound_clients_are_out_of_step(void **state)
{
    const double least = retry_least_spread(&policy, WAITS, OUTAGES, 0.05);
    uint64_t seed = 2;
    unsigned below = 0;

    (void)state;
    for (unsigned i = 0; i < RUNS; i++)
        below += spread_of_sound(&seed) < least;
    assert_in_range(below, RUNS * 4 / 100, RUNS * 6 / 100);
    assert_true(retry_least_spread(&policy, WAITS, OUTAGES, 1e-6) < least);
    assert_true(retry_least_spread(&policy, WAITS, OUTAGES, 1e-6) > 0.05);
    assert_float_equal(retry_least_spread(&policy, WAITS, 1, 0.5), 0, 0);
}

static void starts_are_spread(void **state)
{
    (void)state;
    assert_float_equal(retry_least_latest_ms(10000, 1, 0.25), 2500, 0.001);
    assert_float_equal(retry_least_latest_ms(10000, 2, 0.25), 5000, 0.001);
    /* Two times differ by less than d of a span of 1 with a probability of 2 d - d * d. */
    assert_float_equal(retry_least_range_ms(10000, 2, 0.75), 5000, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_doubles),
        cmocka_unit_test(sound_clients_keep_the_limit),
        cmocka_unit_test(clients_without_back_off_break_it),
        cmocka_unit_test(sound_clients_are_out_of_step),
        cmocka_unit_test(starts_are_spread),
    };

    return cmocka_run_group_tests_name("rig_scenarios.retry_policy", tests, NULL, NULL);
}
