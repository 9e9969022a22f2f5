/*
 * What only the board can show: its watchdog, its protection, its causes of a reset, its flash and
 * its start without a network, on the emulated board (HEARTH_TARGET=mps2_an505_qemu).
 */
#include "test_board.h"

#include "test_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

struct board_bench board_test;

static int set_up(void **state)
{
    *state = &board_test;
    board_bench_create(&board_test, NULL);
    return 0;
}

/* With the image that obeys test_command.h. */
static int set_up_test_image(void **state)
{
    *state = &board_test;
    board_bench_create(&board_test, EMULATED_TEST_IMAGE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    board_bench_destroy(&board_test);
    return 0;
}

#define ORDINARY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define WITH_COMMANDS(function)                                                                    \
    cmocka_unit_test_setup_teardown(function, set_up_test_image, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fault_line_is_read_strictly),
        WITH_COMMANDS(test_read_of_nowhere),
        WITH_COMMANDS(test_stack_overflow),
        WITH_COMMANDS(test_write_to_flash),
        WITH_COMMANDS(test_write_to_boot_rom),
        WITH_COMMANDS(test_execution_from_ram),
        WITH_COMMANDS(test_lockup_is_the_guests),
        ORDINARY(test_ordinary_image_obeys_no_console),
        WITH_COMMANDS(test_hang_ends_by_the_watchdog),
        WITH_COMMANDS(test_hang_without_interrupts_ends_by_the_watchdog),
        WITH_COMMANDS(test_each_reset_tells_its_cause),
        ORDINARY(test_image_that_crashes_is_reverted),
        ORDINARY(test_debug_port_opens_by_token_only),
        ORDINARY(test_older_image_leaves_nothing),
        ORDINARY(test_settings_outlive_their_log),
        ORDINARY(test_recovery_by_the_bus),
        ORDINARY(test_nonces_differ_over_power_cuts),
        cmocka_unit_test_setup_teardown(test_devices_share_nothing, set_up_two_devices,
                                        tear_down_two_devices),
        ORDINARY(test_thousand_reads_over_tcp),
        ORDINARY(test_thousand_reads_over_rtu),
    };

    if (!device_process_is_emulated()) {
        (void)fprintf(stderr, "device.board: set HEARTH_TARGET=mps2_an505_qemu; these tests are of "
                              "the emulated board\n");
        return 2;
    }
    if (!test_choice(argc, argv, tests, sizeof tests / sizeof tests[0])) {
        return 2;
    }
    return cmocka_run_group_tests_name("device.board", tests, NULL, NULL);
}
