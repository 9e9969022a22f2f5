/* thermostat.h: hysteresis, schedule, frost, and that a bad sensor opens the relay. */
#include "support.h"

#include "settings.h"
#include "thermostat.h"

#include <string.h>

/* Temperatures here are whole half degrees, which the sensor's sixteenths hold exactly. */
#define ROOM_STEP 5

static void start(struct thermostat *thermostat, struct settings *settings)
{
    support_new_board();
    settings_defaults(settings);
    thermostat_start(thermostat);
}

/* One period with the room at `temperature`; returns the relay as the boiler sees it. */
static bool run(struct thermostat *thermostat, const struct settings *settings, int temperature)
{
    in_process_advance(THERMOSTAT_PERIOD_MS);
    in_process_board.temperature = (int16_t)temperature;
    thermostat_poll(thermostat, settings);
    assert_int_equal(in_process_board.power_bound.relay_closed, thermostat->relay_closed);
    return thermostat->relay_closed;
}

static void starts_with_the_relay_open_and_no_reading(void **state)
{
    struct thermostat thermostat;

    (void)state;
    support_new_board();
    hal_relay_set(true);
    memset(&thermostat, 0xFF, sizeof thermostat);
    thermostat_start(&thermostat);
    assert_false(in_process_board.power_bound.relay_closed);
    assert_true(thermostat.sensor_fault);
    assert_false(thermostat.relay_closed);
    assert_false(thermostat.frost);
}

static void relay_follows_the_hysteresis(void **state)
{
    static const struct {
        int temperature;
        bool closed;
    } steps[] = {{200, false}, {195, false}, {190, true},  {195, true}, {200, false},
                 {195, false}, {250, false}, {-100, true}, {195, true}, {205, false}};
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    settings.set_point = 200;
    settings.hysteresis = 5;
    for (size_t i = 0; i < SUPPORT_COUNT(steps); i++) {
        assert_int_equal(run(&thermostat, &settings, steps[i].temperature), steps[i].closed);
        assert_int_equal(thermostat.temperature, steps[i].temperature);
        assert_false(thermostat.sensor_fault);
    }
}

static void runs_once_a_period(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    assert_false(run(&thermostat, &settings, 250));
    in_process_board.temperature = 100;
    in_process_advance(THERMOSTAT_PERIOD_MS - 1U);
    thermostat_poll(&thermostat, &settings);
    assert_int_equal(thermostat.temperature, 250);
    in_process_advance(1);
    thermostat_poll(&thermostat, &settings);
    assert_int_equal(thermostat.temperature, 100);
}

static void first_poll_after_a_start_reads_at_once(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    thermostat_poll(&thermostat, &settings);
    assert_false(thermostat.sensor_fault);
    assert_int_equal(thermostat.temperature, 200);
}

/* The default schedule: 6:00 21.0, 9:00 18.0, 17:00 21.0, 22:00 16.0. */
static void schedule_holds_from_each_entry_to_the_next(void **state)
{
    static const struct {
        uint16_t minute;
        int16_t target;
    } rows[] = {{0, 160},    {359, 160},  {360, 210},  {361, 210},  {539, 210}, {540, 180},
                {1019, 180}, {1020, 210}, {1319, 210}, {1320, 160}, {1439, 160}};
    struct settings settings;

    (void)state;
    settings_defaults(&settings);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        settings.mode = HEATING_SCHEDULE;
        assert_int_equal(thermostat_target(&settings, rows[i].minute), rows[i].target);
        settings.mode = HEATING_ON;
        assert_int_equal(thermostat_target(&settings, rows[i].minute), settings.set_point);
        settings.mode = HEATING_OFF;
        assert_int_equal(thermostat_target(&settings, rows[i].minute), settings.frost_limit);
    }
}

static void schedule_switches_the_relay_as_time_goes_by(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    settings.mode = HEATING_SCHEDULE;
    assert_false(run(&thermostat, &settings, 170));
    in_process_advance(6ULL * 60U * 60000U);
    assert_true(run(&thermostat, &settings, 170));
    in_process_advance(16ULL * 60U * 60000U);
    assert_false(run(&thermostat, &settings, 170));
    in_process_advance(8ULL * 60U * 60000U);
    assert_true(run(&thermostat, &settings, 170));
}

static void third_bad_reading_in_a_row_opens_the_relay(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    assert_true(run(&thermostat, &settings, 100));
    in_process_board.sensor_absent = true;
    for (unsigned bad = 1; bad < 300; bad++) {
        bool closed = run(&thermostat, &settings, 100);

        assert_int_equal(closed, bad < THERMOSTAT_FAULT_READS);
        assert_int_equal(thermostat.sensor_fault, bad >= THERMOSTAT_FAULT_READS);
        assert_int_equal(thermostat.temperature, 100);
    }
    in_process_board.sensor_absent = false;
    assert_true(run(&thermostat, &settings, 105));
    assert_false(thermostat.sensor_fault);
}

static void good_reading_starts_the_count_again(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    assert_true(run(&thermostat, &settings, 100));
    for (unsigned i = 0; i < 20; i++) {
        in_process_board.sensor_absent = i % THERMOSTAT_FAULT_READS != 0;
        assert_true(run(&thermostat, &settings, 100));
        assert_false(thermostat.sensor_fault);
    }
}

static void implausible_temperatures_are_bad_readings(void **state)
{
    static const struct {
        int temperature;
        bool plausible;
    } rows[] = {{-400, true}, {-405, false}, {-550, false}, {1250, true}, {1255, false}};
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        start(&thermostat, &settings);
        for (unsigned reads = 0; reads < THERMOSTAT_FAULT_READS; reads++) {
            (void)run(&thermostat, &settings, rows[i].temperature);
        }
        assert_int_equal(thermostat.sensor_fault, !rows[i].plausible);
        assert_int_equal(thermostat.relay_closed, rows[i].plausible && rows[i].temperature < 0);
    }
}

/* No mode, set-point or hysteresis lets the room fall below the frost limit unheated. */
static void below_the_frost_limit_is_always_heated(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    for (int limit = 30; limit <= 120; limit += ROOM_STEP) {
        for (unsigned mode = HEATING_OFF; mode <= HEATING_SCHEDULE; mode++) {
            for (int16_t hysteresis = 2; hysteresis <= 30; hysteresis++) {
                start(&thermostat, &settings);
                settings.mode = (uint16_t)mode;
                settings.frost_limit = (int16_t)limit;
                settings.hysteresis = hysteresis;
                settings.set_point = SETTINGS_MIN_SET_POINT;
                assert_false(run(&thermostat, &settings, 305));
                assert_true(run(&thermostat, &settings, limit - ROOM_STEP));
                assert_true(thermostat.frost);
                assert_false(run(&thermostat, &settings, 305));
                assert_false(thermostat.frost);
            }
        }
    }
}

static void heating_that_is_off_stays_off_above_the_frost_limit(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    settings.mode = HEATING_OFF;
    assert_false(run(&thermostat, &settings, 100));
    assert_false(run(&thermostat, &settings, 70));
    assert_false(thermostat.frost);
    assert_true(run(&thermostat, &settings, 65));
    assert_false(run(&thermostat, &settings, 80));
}

static void frost_protection_needs_a_sensor(void **state)
{
    struct thermostat thermostat;
    struct settings settings;

    (void)state;
    start(&thermostat, &settings);
    assert_true(run(&thermostat, &settings, 0));
    in_process_board.sensor_absent = true;
    for (unsigned bad = 0; bad < THERMOSTAT_FAULT_READS; bad++) {
        (void)run(&thermostat, &settings, 0);
    }
    assert_false(thermostat.relay_closed);
    assert_false(thermostat.frost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_the_relay_open_and_no_reading),
        cmocka_unit_test(relay_follows_the_hysteresis),
        cmocka_unit_test(runs_once_a_period),
        cmocka_unit_test(first_poll_after_a_start_reads_at_once),
        cmocka_unit_test(schedule_holds_from_each_entry_to_the_next),
        cmocka_unit_test(schedule_switches_the_relay_as_time_goes_by),
        cmocka_unit_test(third_bad_reading_in_a_row_opens_the_relay),
        cmocka_unit_test(good_reading_starts_the_count_again),
        cmocka_unit_test(implausible_temperatures_are_bad_readings),
        cmocka_unit_test(below_the_frost_limit_is_always_heated),
        cmocka_unit_test(heating_that_is_off_stays_off_above_the_frost_limit),
        cmocka_unit_test(frost_protection_needs_a_sensor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
