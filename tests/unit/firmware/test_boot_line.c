/* What the boot stage says on the console, which rigs and people read. */
#include "boot_line.h"

#include "version_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

static void expect_line(const struct boot_handover *decision, const char *expected)
{
    char line[BOOT_LINE_SIZE];

    memset(line, 'x', sizeof line);
    boot_line(decision, line);
    assert_string_equal(line, expected);
}

static void test_decisions(void **state)
{
    struct boot_handover decision = {.slot = IMAGE_SLOT_A,
                                     .image = {.version = IMAGE_VERSION(1, 0, 0)}};

    (void)state;
    expect_line(&decision, "boot: slot A, version 1.0.0");
    decision.slot = IMAGE_SLOT_B;
    decision.image.version = IMAGE_VERSION(255, 255, 65535);
    decision.trial = true;
    decision.reverted = true;
    expect_line(&decision, "boot: slot B, version 255.255.65535, on trial, reverted: the trial was "
                           "not confirmed");
    decision.recovery = true;
    expect_line(&decision, "boot: no image may run: recovery");
}

static void test_versions(void **state)
{
    char text[VERSION_TEXT_SIZE];

    (void)state;
    assert_int_equal(version_text(IMAGE_VERSION(1, 20, 300), text), 8);
    assert_string_equal(text, "1.20.300");
    assert_int_equal(version_text(UINT32_MAX, text), 13);
    assert_string_equal(text, "255.255.65535");
    assert_int_equal(version_text(IMAGE_VERSION(0, 0, 10000), text), 9);
    assert_string_equal(text, "0.0.10000");
}

/* A rig tells causes apart by these lines. */
static void test_causes_differ(void **state)
{
    (void)state;
    for (int i = HAL_RESET_POWER_ON; i <= HAL_RESET_FAULT + 1; i++) {
        for (int k = HAL_RESET_POWER_ON; k < i; k++) {
            assert_string_not_equal(boot_cause_line((enum hal_reset_cause)i),
                                    boot_cause_line((enum hal_reset_cause)k));
        }
    }
    assert_string_equal(boot_cause_line(HAL_RESET_WATCHDOG), "boot: after a reset by the watchdog");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_causes_differ),
    };

    return cmocka_run_group_tests_name("firmware.boot_line", tests, NULL, NULL);
}
