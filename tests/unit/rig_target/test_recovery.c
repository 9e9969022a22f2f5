#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "scratch.h"
#include "target/board_wedge.h"
#include "target/recovery.h"

/* A device that heals after so many of each. */
struct device {
    int heals_at_question; /* 0: never */
    int heals_at_reset;
    int heals_at_on;
    int power_error;
    bool says_ill;
    int questions;
    int resets;
    int ons;
    int forgets;
    bool is_healthy;
    char log[1024];
};

static int ask_health(void *self, enum adapter_channel channel, struct adapter_health *health,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct device *device = self;
    (void)channel;
    (void)deadline_ms;
    device->is_healthy = device->is_healthy || ++device->questions == device->heals_at_question;
    memset(health, 0, sizeof *health);
    health->ok = device->is_healthy;
    return device->is_healthy || device->says_ill
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "no answer");
}

static void forget(void *self)
{
    ((struct device *)self)->forgets++;
}

static int reset(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct device *device = self;
    (void)deadline_ms;
    (void)diagnostic;
    device->is_healthy = ++device->resets == device->heals_at_reset;
    return RIG_OK;
}

static int on(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct device *device = self;
    (void)deadline_ms;
    (void)diagnostic;
    device->is_healthy = ++device->ons == device->heals_at_on;
    return RIG_OK;
}

static int off(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct device *device = self;
    (void)deadline_ms;
    return device->power_error == RIG_OK
               ? RIG_OK
               : diagnostic_fail(diagnostic, device->power_error, "the relay is lost");
}

static void take_line(void *context, const char *line)
{
    struct device *device = context;
    size_t used = strlen(device->log);
    (void)snprintf(device->log + used, sizeof device->log - used, "%.5s|", line);
}

static const struct adapter_driver adapter_driver = {.health = ask_health, .forget = forget};
static const struct power_driver with_reset = {.on = on, .off = off, .reset = reset};
static const struct power_driver without_reset = {.on = on, .off = off};
static const struct power_driver with_cycle = {.on = NULL, .off = off, .cycle = on};

static char *folder; /* of the notes */

static int make_folder(void **state)
{
    (void)state;
    folder = scratch_make();
    return setenv("XDG_RUNTIME_DIR", folder, 1);
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static int recover(struct device *device, const struct power_driver *power, int64_t limit_ms,
                   struct diagnostic *diagnostic)
{
    static char name[] = "demo";
    const struct target target = {.name = name, .class = TARGET_BOARD};
    const struct recovery_log log = {take_line, device};
    struct bench bench = {.target = &target};
    bench.adapter.driver = &adapter_driver;
    bench.adapter.self = device;
    bench.power = (struct power){power, device};
    return board_recover(&bench, process_clock_ms() + limit_ms, &log, diagnostic);
}

static void expect_wedged(bool wanted)
{
    struct diagnostic diagnostic = {""};
    char reason[BOARD_WEDGE_TEXT];
    assert_int_equal(board_wedge_read("demo", reason, &diagnostic), RIG_OK);
    assert_int_equal(reason[0] != '\0', wanted);
}

static void a_device_that_was_only_slow_is_left_alone(void **state)
{
    struct device device = {.heals_at_question = 3};
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(board_wedge_note("demo", "of before", &diagnostic), RIG_OK);
    assert_int_equal(recover(&device, &with_reset, 60000, &diagnostic), RIG_OK);
    assert_int_equal(device.resets + device.ons + device.forgets, 0);
    assert_string_equal(device.log, "healt|");
    expect_wedged(false);
}

static void climbs_no_higher_than_it_must(void **state)
{
    struct device by_reset = {.heals_at_reset = 1, .says_ill = true};
    struct device by_power = {.heals_at_on = 1};
    struct device by_cycle = {.heals_at_on = 1};
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(recover(&by_reset, &with_reset, 600, &diagnostic), RIG_OK);
    assert_int_equal(by_reset.ons, 0);
    assert_int_equal(by_reset.forgets, 1);
    assert_string_equal(by_reset.log, "healt|reset|");
    assert_int_equal(recover(&by_power, &without_reset, 600, &diagnostic), RIG_OK);
    assert_string_equal(by_power.log, "healt|power|");
    assert_int_equal(recover(&by_cycle, &with_cycle, 600, &diagnostic), RIG_OK);
    assert_string_equal(by_cycle.log, "healt|power|");
    expect_wedged(false);
}

static void a_device_that_stays_away_is_noted(void **state)
{
    struct device device = {.says_ill = true};
    struct diagnostic diagnostic = {""};
    const int64_t from_ms = process_clock_ms();
    (void)state;
    assert_int_equal(recover(&device, &with_reset, 300, &diagnostic), RIG_ERROR_BENCH);
    assert_true(process_clock_ms() - from_ms >= 300);
    assert_non_null(strstr(diagnostic.text,
                           "demo did not come back: it says that it is not healthy; look at it"));
    assert_string_equal(device.log, "healt|reset|power|");
    assert_int_equal(device.resets, 1);
    assert_int_equal(device.ons, 1);
    expect_wedged(true);
}

static void a_supply_that_fails_is_told(void **state)
{
    struct device lost = {.power_error = RIG_ERROR_BENCH};
    struct device died = {.power_error = RIG_ERROR_DEVICE, .heals_at_on = 1};
    struct device alone = {.says_ill = false};
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(recover(&lost, &without_reset, 100, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "did not come back: the relay is lost"));
    assert_int_equal(recover(&died, &without_reset, 100, &diagnostic), RIG_OK);
    assert_int_equal(recover(&alone, NULL, 100, &diagnostic), RIG_ERROR_BENCH);
    assert_string_equal(alone.log, "healt|");
}

static void without_an_adapter_nobody_can_tell(void **state)
{
    static char name[] = "demo";
    const struct target target = {.name = name, .class = TARGET_BOARD};
    struct bench bench = {.target = &target};
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(board_recover(&bench, process_clock_ms(), NULL, &diagnostic), RIG_ERROR_USAGE);
    assert_non_null(strstr(diagnostic.text, "has no adapter"));
    expect_wedged(false);
}

static void an_interrupt_ends_the_climb(void **state)
{
    struct device device = {.says_ill = true};
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(interrupt_install(), RIG_OK);
    interrupt_request();
    assert_int_equal(recover(&device, &with_reset, 60000, &diagnostic), RIG_ERROR_INTERRUPTED);
    assert_int_equal(interrupt_install(), RIG_OK);
    assert_int_equal(device.resets, 0);
    expect_wedged(false);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_that_was_only_slow_is_left_alone), TEST(climbs_no_higher_than_it_must),
        TEST(a_device_that_stays_away_is_noted),         TEST(a_supply_that_fails_is_told),
        TEST(without_an_adapter_nobody_can_tell),        TEST(an_interrupt_ends_the_climb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
