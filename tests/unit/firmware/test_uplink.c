/* uplink.h: consent, queue, back-off with jitter, at-least-once; without any transport. */
#include "support.h"

#include "uplink.h"

#include <stdio.h>
#include <string.h>

#define SAMPLES 2000U
#define BINS    10U

/* The policy and all that it looks at. */
static struct uplink uplink;
static struct settings settings;
static struct thermostat thermostat;
static struct drbg drbg;
static uint64_t now_ms;

static int set_up(void **state)
{
    (void)state;
    support_new_board();
    assert_int_equal(drbg_start(&drbg, support_page()->device_id, FACTORY_DEVICE_ID_SIZE), DRBG_OK);
    settings_defaults(&settings);
    thermostat_start(&thermostat);
    thermostat.sensor_fault = false;
    thermostat.temperature = 195;
    now_ms = 1000;
    memset(&uplink, 0xAA, sizeof uplink);
    uplink_start(&uplink);
    return 0;
}

static enum uplink_action poll_now(void)
{
    const struct uplink_context context = {
        .now_ms = now_ms, .settings = &settings, .thermostat = &thermostat, .drbg = &drbg};

    return uplink_poll(&uplink, &context);
}

static enum uplink_action poll_after(uint64_t milliseconds)
{
    now_ms += milliseconds;
    return poll_now();
}

static void report(enum uplink_event event)
{
    uplink_report(&uplink, event, now_ms);
}

static void set_broker(const char *name)
{
    memset(settings.broker, 0, sizeof settings.broker);
    memcpy(settings.broker, name, strlen(name));
}

static void allow(void)
{
    settings.telemetry_consent = true;
    set_broker("broker.example");
}

/* Milliseconds until the next attempt begins, which is not a millisecond too early. */
static uint64_t wait_for_attempt(void)
{
    const uint64_t from_ms = now_ms;
    enum uplink_action action = poll_now();

    while (action != UPLINK_CONNECT) {
        assert_int_equal(action, UPLINK_NOTHING);
        assert_int_equal(uplink.state, UPLINK_WAITING);
        assert_true(uplink.due_ms > now_ms);
        now_ms = uplink.due_ms - 1U;
        assert_int_equal(poll_now(), UPLINK_NOTHING);
        action = poll_after(1);
    }
    return now_ms - from_ms;
}

static void connect(void)
{
    (void)wait_for_attempt();
    report(UPLINK_CONNECTED);
    assert_int_equal(uplink.state, UPLINK_IDLE);
}

/* Publishes and acknowledges all that is queued. Returns how many readings that was. */
static size_t drain(void)
{
    size_t published = 0;

    while (poll_now() == UPLINK_PUBLISH) {
        assert_non_null(uplink_oldest(&uplink));
        report(UPLINK_ACKNOWLEDGED);
        published++;
    }
    return published;
}

static void nothing_happens_without_consent_or_broker(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(poll_after(1000), UPLINK_NOTHING);
    }
    settings.telemetry_consent = true;
    assert_int_equal(poll_after(1000), UPLINK_NOTHING);
    settings.telemetry_consent = false;
    set_broker("broker.example");
    assert_int_equal(poll_after(1000), UPLINK_NOTHING);
    assert_null(uplink_oldest(&uplink));
    assert_int_equal(uplink.state, UPLINK_OFF);
}

static void events_that_are_not_due_are_passed_over(void **state)
{
    (void)state;
    report(UPLINK_CONNECTED);
    report(UPLINK_ACKNOWLEDGED);
    report(UPLINK_LOST);
    assert_int_equal(uplink.state, UPLINK_OFF);
    allow();
    (void)poll_now();
    report(UPLINK_CONNECTED);
    report(UPLINK_LOST);
    assert_int_equal(uplink.state, UPLINK_WAITING);
    assert_int_equal(uplink.failures, 0);
    connect();
    report(UPLINK_ACKNOWLEDGED);
    report(UPLINK_CONNECTED);
    assert_int_equal(uplink.state, UPLINK_IDLE);
    assert_int_equal(uplink.count, 1);
}

static void a_reading_says_how_the_device_is(void **state)
{
    const struct telemetry_reading *reading;

    (void)state;
    allow();
    thermostat.relay_closed = true;
    thermostat.frost = true;
    now_ms = 61999;
    (void)poll_now();
    reading = uplink_oldest(&uplink);
    assert_non_null(reading);
    assert_int_equal(reading->number, 1);
    assert_int_equal(reading->uptime_s, 61);
    assert_int_equal(reading->temperature, 195);
    assert_int_equal(reading->set_point, 200);
    assert_true(reading->heating);
    assert_true(reading->frost_protection);
    assert_false(reading->sensor_fault);
    assert_int_equal(reading->dropped, 0);
}

static void readings_come_by_time_and_by_switching(void **state)
{
    (void)state;
    allow();
    (void)poll_now();
    assert_int_equal(uplink.count, 1);
    (void)poll_after(UPLINK_READING_PERIOD_MS - 1U);
    assert_int_equal(uplink.count, 1);
    (void)poll_after(1);
    assert_int_equal(uplink.count, 2);
    thermostat.temperature = 300; /* a temperature alone is not worth a reading */
    (void)poll_after(UPLINK_READING_SPACING_MS);
    assert_int_equal(uplink.count, 2);
    thermostat.relay_closed = true;
    (void)poll_after(1);
    assert_int_equal(uplink.count, 3);
    thermostat.frost = true;
    (void)poll_after(UPLINK_READING_SPACING_MS - 1U);
    assert_int_equal(uplink.count, 3);
    (void)poll_after(1);
    assert_int_equal(uplink.count, 4);
    settings.set_point = 230;
    (void)poll_after(UPLINK_READING_SPACING_MS);
    assert_int_equal(uplink.count, 5);
    thermostat.sensor_fault = true;
    (void)poll_after(UPLINK_READING_SPACING_MS);
    assert_int_equal(uplink.count, 6);
}

static void the_oldest_gives_way(void **state)
{
    (void)state;
    allow();
    for (uint32_t i = 1; i <= UPLINK_QUEUE_SIZE; i++) {
        (void)poll_after(UPLINK_READING_PERIOD_MS);
        assert_int_equal(uplink.count, i);
        assert_int_equal(uplink_oldest(&uplink)->number, 1);
        report(UPLINK_LOST);
    }
    assert_int_equal(uplink.dropped, 0);
    for (uint32_t i = 1; i <= 2U * UPLINK_QUEUE_SIZE; i++) {
        (void)poll_after(UPLINK_READING_PERIOD_MS);
        assert_int_equal(uplink.count, UPLINK_QUEUE_SIZE);
        assert_int_equal(uplink_oldest(&uplink)->number, i + 1U);
        assert_int_equal(uplink.dropped, i);
        assert_int_equal(uplink.newest.dropped, i);
        report(UPLINK_LOST);
    }
}

static void readings_leave_in_order_when_acknowledged(void **state)
{
    uint32_t number = 0;

    (void)state;
    allow();
    for (unsigned i = 0; i < 5; i++) {
        (void)poll_after(UPLINK_READING_PERIOD_MS);
        report(UPLINK_LOST);
    }
    connect();
    while (poll_now() == UPLINK_PUBLISH) {
        number++;
        assert_int_equal(uplink_oldest(&uplink)->number, number);
        assert_int_equal(poll_now(), UPLINK_NOTHING); /* one at a time */
        assert_int_equal(uplink_oldest(&uplink)->number, number);
        report(UPLINK_ACKNOWLEDGED);
    }
    assert_true(number >= 5);
    assert_null(uplink_oldest(&uplink));
    assert_int_equal(uplink.acknowledged, number);
}

static void what_was_not_acknowledged_is_sent_again(void **state)
{
    (void)state;
    allow();
    connect();
    assert_int_equal(poll_now(), UPLINK_PUBLISH);
    report(UPLINK_LOST);
    connect();
    assert_int_equal(poll_now(), UPLINK_PUBLISH);
    assert_int_equal(uplink_oldest(&uplink)->number, 1);
    assert_int_equal(uplink.acknowledged, 0);
    report(UPLINK_ACKNOWLEDGED);
    assert_int_equal(uplink.acknowledged, 1);
    report(UPLINK_ACKNOWLEDGED); /* twice, as a broker may: once is enough */
    assert_int_equal(uplink.acknowledged, 1);
    assert_int_equal(poll_now(), UPLINK_NOTHING);
}

/* The acknowledged one has left already: nobody else leaves in its place. */
static void a_reading_may_give_way_while_it_is_published(void **state)
{
    (void)state;
    allow();
    for (unsigned i = 0; i < UPLINK_QUEUE_SIZE; i++) {
        (void)poll_after(UPLINK_READING_PERIOD_MS);
        report(UPLINK_LOST);
    }
    connect();
    while (uplink.count < UPLINK_QUEUE_SIZE) {
        thermostat.relay_closed = !thermostat.relay_closed;
        (void)poll_after(UPLINK_READING_SPACING_MS);
        report(UPLINK_LOST);
        connect();
    }
    assert_int_equal(poll_now(), UPLINK_PUBLISH);
    settings.set_point = 111;
    (void)poll_after(UPLINK_READING_SPACING_MS);
    assert_int_not_equal(uplink_oldest(&uplink)->number, uplink.under_way);
    report(UPLINK_ACKNOWLEDGED);
    assert_int_equal(uplink.count, UPLINK_QUEUE_SIZE);
    assert_int_equal(drain(), UPLINK_QUEUE_SIZE);
}

static void an_attempt_without_an_answer_is_given_up(void **state)
{
    (void)state;
    allow();
    (void)wait_for_attempt();
    assert_int_equal(poll_after(UPLINK_CONNECT_TIMEOUT_MS - 1U), UPLINK_NOTHING);
    assert_int_equal(poll_after(1), UPLINK_CLOSE);
    assert_int_equal(uplink.failures, 1);
    connect();
    assert_int_equal(poll_now(), UPLINK_PUBLISH);
    assert_int_equal(poll_after(UPLINK_PUBLISH_TIMEOUT_MS - 1U), UPLINK_NOTHING);
    assert_int_equal(poll_after(1), UPLINK_CLOSE);
    assert_int_equal(uplink.failures, 2);
    assert_int_equal(uplink_oldest(&uplink)->number, 1);
}

static void withdrawn_consent_empties_the_queue(void **state)
{
    (void)state;
    allow();
    connect();
    assert_int_equal(poll_now(), UPLINK_PUBLISH);
    settings.telemetry_consent = false;
    assert_int_equal(poll_now(), UPLINK_CLOSE);
    assert_null(uplink_oldest(&uplink));
    for (size_t i = 0; i < UPLINK_QUEUE_SIZE; i++) { /* nor is anything of it left in memory */
        assert_int_equal(uplink.queue[i].number, 0);
    }
    assert_int_equal(poll_after(UPLINK_READING_PERIOD_MS), UPLINK_NOTHING);
    report(UPLINK_ACKNOWLEDGED);
    assert_int_equal(poll_after(UPLINK_READING_PERIOD_MS), UPLINK_NOTHING);
    settings.telemetry_consent = true;
    (void)poll_now();
    assert_int_equal(uplink.count, 1);
    assert_int_equal(uplink_oldest(&uplink)->number, 2);
}

static void withdrawing_consent_is_no_way_around_the_delay(void **state)
{
    (void)state;
    allow();
    for (unsigned i = 0; i < 12; i++) {
        (void)wait_for_attempt();
        report(UPLINK_LOST);
    }
    settings.telemetry_consent = false;
    assert_int_equal(poll_now(), UPLINK_NOTHING);
    settings.telemetry_consent = true;
    (void)poll_now();
    assert_int_equal(uplink.failures, 12);
    assert_int_equal(uplink.state, UPLINK_WAITING);
}

static void another_broker_gets_nothing_of_the_first_ones(void **state)
{
    (void)state;
    allow();
    for (unsigned i = 0; i < 9; i++) {
        (void)wait_for_attempt();
        report(UPLINK_LOST);
    }
    connect();
    (void)poll_after(UPLINK_READING_PERIOD_MS);
    thermostat.temperature = 111;
    set_broker("other.example");
    assert_int_equal(poll_now(), UPLINK_CLOSE);
    assert_in_range(wait_for_attempt(), 0, UPLINK_FIRST_DELAY_MS);
    assert_string_equal(uplink.broker, "other.example");
    assert_int_equal(uplink.count, 1);
    assert_int_equal(uplink_oldest(&uplink)->temperature, 111);
    set_broker("");
    assert_int_equal(poll_now(), UPLINK_CLOSE);
    assert_null(uplink_oldest(&uplink));
}

static void the_longest_delay_doubles(void **state)
{
    static const uint32_t expected[] = {1000,  1000,  2000,   4000,   8000,   16000,
                                        32000, 64000, 128000, 256000, 300000, 300000};

    (void)state;
    for (uint32_t i = 0; i < SUPPORT_COUNT(expected); i++) {
        assert_int_equal(uplink_longest_delay_ms(i), expected[i]);
    }
    assert_int_equal(uplink_longest_delay_ms(UINT32_MAX), UPLINK_MAX_DELAY_MS);
}

static void no_delay_is_longer_than_it_may_be(void **state)
{
    (void)state;
    allow();
    assert_in_range(wait_for_attempt(), 0, UPLINK_START_SPREAD_MS);
    for (uint32_t failures = 1; failures < 100; failures++) {
        report(UPLINK_LOST);
        assert_int_equal(uplink.failures, failures);
        assert_in_range(wait_for_attempt(), 0, uplink_longest_delay_ms(failures));
    }
}

/*
 * Method: SAMPLES delays with the same upper bound fall into BINS bins of equal width. For a uniform
 * distribution chi-squared with 9 degrees of freedom exceeds 33.7 once in ten thousand cases, and
 * the stream is a fixed one: what passes once passes always.
 */
static void expect_uniform(const uint64_t *delays, uint32_t most)
{
    const double expected = (double)SAMPLES / BINS;
    double chi_squared = 0;
    unsigned bins[BINS] = {0};

    for (size_t i = 0; i < SAMPLES; i++) {
        assert_in_range(delays[i], 0, most);
        bins[delays[i] * BINS / (most + 1U)]++;
    }
    for (size_t i = 0; i < BINS; i++) {
        const double difference = bins[i] - expected;
        chi_squared += difference * difference / expected;
    }
    if (chi_squared > 33.7) {
        fail_msg("delays up to %u ms are not uniform: chi-squared %.1f", (unsigned)most,
                 chi_squared);
    }
}

static void delays_are_spread_over_the_whole_span(void **state)
{
    static uint64_t delays[SAMPLES];

    (void)state;
    allow();
    for (unsigned i = 0; i < 10; i++) {
        (void)wait_for_attempt();
        report(UPLINK_LOST);
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        delays[i] = wait_for_attempt();
        report(UPLINK_LOST);
    }
    expect_uniform(delays, UPLINK_MAX_DELAY_MS);
}

static void devices_that_start_together_do_not_call_together(void **state)
{
    static uint64_t delays[SAMPLES];

    (void)state;
    allow();
    for (size_t i = 0; i < SAMPLES; i++) {
        uplink_start(&uplink);
        delays[i] = wait_for_attempt();
    }
    expect_uniform(delays, UPLINK_START_SPREAD_MS);
}

static void without_random_numbers_it_waits_longest(void **state)
{
    (void)state;
    allow();
    memset(&drbg, 0, sizeof drbg);
    assert_int_equal(wait_for_attempt(), UPLINK_START_SPREAD_MS);
    for (uint32_t failures = 1; failures < 15; failures++) {
        report(UPLINK_LOST);
        assert_int_equal(wait_for_attempt(), uplink_longest_delay_ms(failures));
    }
}

/* A broker that accepts and drops at once is a failure like any other. */
static void only_a_connection_that_held_counts(void **state)
{
    (void)state;
    allow();
    for (uint32_t failures = 1; failures <= 20; failures++) {
        connect();
        now_ms += UPLINK_HOLD_MS - 1U;
        report(UPLINK_LOST);
        assert_int_equal(uplink.failures, failures);
    }
    connect();
    now_ms += UPLINK_HOLD_MS;
    report(UPLINK_LOST);
    assert_int_equal(uplink.failures, 1);
}

#define UPLINK_TEST(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UPLINK_TEST(nothing_happens_without_consent_or_broker),
        UPLINK_TEST(events_that_are_not_due_are_passed_over),
        UPLINK_TEST(a_reading_says_how_the_device_is),
        UPLINK_TEST(readings_come_by_time_and_by_switching),
        UPLINK_TEST(the_oldest_gives_way),
        UPLINK_TEST(readings_leave_in_order_when_acknowledged),
        UPLINK_TEST(what_was_not_acknowledged_is_sent_again),
        UPLINK_TEST(a_reading_may_give_way_while_it_is_published),
        UPLINK_TEST(an_attempt_without_an_answer_is_given_up),
        UPLINK_TEST(withdrawn_consent_empties_the_queue),
        UPLINK_TEST(withdrawing_consent_is_no_way_around_the_delay),
        UPLINK_TEST(another_broker_gets_nothing_of_the_first_ones),
        UPLINK_TEST(the_longest_delay_doubles),
        UPLINK_TEST(no_delay_is_longer_than_it_may_be),
        UPLINK_TEST(delays_are_spread_over_the_whole_span),
        UPLINK_TEST(devices_that_start_together_do_not_call_together),
        UPLINK_TEST(without_random_numbers_it_waits_longest),
        UPLINK_TEST(only_a_connection_that_held_counts),
    };

    return cmocka_run_group_tests_name("firmware.uplink", tests, NULL, NULL);
}
