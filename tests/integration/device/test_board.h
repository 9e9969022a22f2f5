/*
 * test_board.h - the tests of the program device.board: what holds on the board and not on a process.
 * test_board.c lists them.
 */
#ifndef TESTS_TEST_BOARD_H
#define TESTS_TEST_BOARD_H

#include "board_bench.h"

/* The device of the test that runs; made by its set-up, gone after its tear-down. */
extern struct board_bench board_test;

/* test_board_faults.c */
void test_fault_line_is_read_strictly(void **state);
void test_read_of_nowhere(void **state);
void test_stack_overflow(void **state);
void test_write_to_flash(void **state);
void test_write_to_boot_rom(void **state);
void test_execution_from_ram(void **state);
void test_lockup_is_the_guests(void **state);
void test_ordinary_image_obeys_no_console(void **state);

/* test_board_resets.c */
void test_hang_ends_by_the_watchdog(void **state);
void test_hang_without_interrupts_ends_by_the_watchdog(void **state);
void test_each_reset_tells_its_cause(void **state);
void test_image_that_crashes_is_reverted(void **state);
void test_debug_port_opens_by_token_only(void **state);

/* test_board_flash.c */
void test_older_image_leaves_nothing(void **state);
void test_settings_outlive_their_log(void **state);
void test_recovery_by_the_bus(void **state);

/* test_board_identity.c */
void test_nonces_differ_over_power_cuts(void **state);
int set_up_two_devices(void **state); /* instead of board_test */
int tear_down_two_devices(void **state);
void test_devices_share_nothing(void **state);
void test_thousand_reads_over_tcp(void **state);
void test_thousand_reads_over_rtu(void **state);

#endif
