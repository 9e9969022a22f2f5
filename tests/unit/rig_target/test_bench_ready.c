#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/process.h"
#include "target/bench.h"

/* A device that says on its console, after so many looks at it, that it is ready. */
struct device {
    int ready_at_look; /* 0: never */
    int end_at_look;   /* it ends by its own fault; 0: never */
    int looks;
    int questions;
    int looks_at_first_question;
    char console[32];
};

static int ask_health(void *self, enum adapter_channel channel, struct adapter_health *health,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct device *device = self;
    (void)channel;
    (void)deadline_ms;
    (void)diagnostic;
    if (device->questions++ == 0) {
        device->looks_at_first_question = device->looks;
    }
    memset(health, 0, sizeof *health);
    health->ok = true;
    return RIG_OK;
}

static int look(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct device *device = self;
    device->looks++;
    if (device->looks == device->end_at_look) {
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "it has ended");
    }
    if (device->looks == device->ready_at_look) {
        strcat(device->console, "boot\nready\n");
        return RIG_OK;
    }
    return device->ready_at_look == 0 && process_clock_ms() >= deadline_ms
               ? diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "nothing came")
               : RIG_OK;
}

static const char *text(void *self, uint64_t *position, size_t *size)
{
    const struct device *device = self;
    *size = strlen(device->console) - (size_t)*position;
    return device->console + *position;
}

static uint64_t position(void *self)
{
    return strlen(((struct device *)self)->console);
}

static int on(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    (void)self;
    (void)deadline_ms;
    (void)diagnostic;
    return RIG_OK;
}

static const struct adapter_driver adapter_driver = {.health = ask_health};
static const struct console_driver console_driver = {
    .pump = look, .text = text, .position = position};
static const struct power_driver power_driver = {.on = on};

/* Switched on and asked for its health, by a target file with a console, or one that says nothing of
 * when it is ready. */
static int start(struct device *device, bool has_ready)
{
    static char name[] = "console.ready";
    static char ready[] = "ready";
    static char limit[] = "limits.boot_ms";
    static char boot_ms[] = "30";
    static char *ready_values[] = {ready};
    static char *limit_values[] = {boot_ms};
    struct target_setting settings[] = {{limit, {limit_values, 1}}, {name, {ready_values, 1}}};
    const struct target target = {.settings = settings, .setting_count = has_ready ? 2 : 1};
    struct bench bench = {.target = &target,
                          .power = {&power_driver, device},
                          .console = {&console_driver, device},
                          .adapter = {.driver = &adapter_driver, .self = device}};
    struct adapter_health health;
    struct diagnostic diagnostic = {""};
    const int64_t deadline = process_clock_ms() + 5000;

    assert_int_equal(bench_switch_on(&bench, deadline, &diagnostic), RIG_OK);
    return bench_wait_healthy(&bench, ADAPTER_LOCAL, &health, deadline, &diagnostic);
}

static void a_device_is_asked_once_it_says_that_it_is_ready(void **state)
{
    struct device device = {.ready_at_look = 5};
    (void)state;
    assert_int_equal(start(&device, true), RIG_OK);
    assert_int_equal(device.looks_at_first_question, 5);
    assert_int_equal(device.questions, 1);
}

static void an_earlier_start_tells_nothing(void **state)
{
    struct device device = {.ready_at_look = 5, .console = "ready\n"};
    (void)state;
    assert_int_equal(start(&device, true), RIG_OK);
    assert_int_equal(device.looks_at_first_question, 5);
}

static void one_that_never_says_so_is_asked_all_the_same(void **state)
{
    struct device device = {.ready_at_look = 0};
    (void)state;
    assert_int_equal(start(&device, true), RIG_OK);
    assert_int_equal(device.questions, 1);
}

static void one_that_has_ended_is_asked_all_the_same(void **state)
{
    struct device device = {.end_at_look = 2, .ready_at_look = 100};
    (void)state;
    assert_int_equal(start(&device, true), RIG_OK);
    assert_int_equal(device.looks_at_first_question, 2);
}

static void without_that_word_it_is_asked_at_once(void **state)
{
    struct device device = {.ready_at_look = 5};
    (void)state;
    assert_int_equal(start(&device, false), RIG_OK);
    assert_int_equal(device.looks_at_first_question, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_asked_once_it_says_that_it_is_ready),
        cmocka_unit_test(an_earlier_start_tells_nothing),
        cmocka_unit_test(one_that_never_says_so_is_asked_all_the_same),
        cmocka_unit_test(one_that_has_ended_is_asked_all_the_same),
        cmocka_unit_test(without_that_word_it_is_asked_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
