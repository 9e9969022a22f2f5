/* A part whose fuse shuts the debug port, and what opens it. */
#include "lab.h"

#include <signal.h>
#include <string.h>

enum { VECTORS = 0x10000000, BLOWN = 0 };

static void expect_state(struct lab *lab, enum probe_state state)
{
    struct probe_finding finding;

    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    if (finding.state != state) {
        fail_msg("%s (%s) instead of %s", probe_state_name(finding.state), finding.evidence,
                 probe_state_name(state));
    }
}

static void reset_board(struct lab *lab)
{
    LAB_OK(lab, emulator_reset(lab->emulator, lab_deadline(), &lab->diagnostic));
}

static void expect_refused(struct lab *lab, int error)
{
    if (error != RIG_ERROR_DEVICE) {
        fail_msg("%s instead of a refusal: %s", rig_strerror(error), lab->diagnostic.text);
    }
}

/* Nothing that a debugger does comes through. */
static void expect_shut(struct lab *lab)
{
    struct probe *probe = &lab->probe;
    struct diagnostic *diagnostic = &lab->diagnostic;
    uint32_t word = 0;
    uint64_t value = 0;

    expect_state(lab, PROBE_LOCKED);
    expect_refused(lab, probe_read_word(probe, VECTORS, &word, lab_deadline(), diagnostic));
    expect_refused(lab, probe_write_word(probe, VECTORS, 0, lab_deadline(), diagnostic));
    expect_refused(lab, probe_read_register(probe, "pc", &value, lab_deadline(), diagnostic));
    assert_int_not_equal(probe_halt(probe, process_clock_ms() + 300, diagnostic), RIG_OK);
    expect_state(lab, PROBE_LOCKED);
}

/* The guest counts its starts: it is on its way, and was not held by anybody. */
static void expect_runs(struct lab *lab)
{
    const int64_t deadline = lab_deadline();
    const uint32_t before = lab_get_flash(lab, (uint32_t)LAB_FLASH);

    reset_board(lab);
    while (lab_get_flash(lab, (uint32_t)LAB_FLASH) == before) {
        assert_true(process_clock_ms() < deadline);
    }
}

static void test_fuse_counts_from_the_next_reset_on(void **state)
{
    struct lab *lab = *state;

    expect_state(lab, PROBE_OPEN);
    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    expect_state(lab, PROBE_OPEN);
    reset_board(lab);
    expect_shut(lab);
    lab_put_flash(lab, (uint32_t)LAB_FUSE, UINT32_MAX); /* nor does it open before one */
    expect_shut(lab);
    reset_board(lab);
    expect_state(lab, PROBE_OPEN);
}

static void test_shut_when_the_debugger_comes(void **state)
{
    struct lab *lab = *state;

    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    reset_board(lab);
    lab_attach(lab);
    expect_shut(lab);
}

static void test_opened_until_the_next_reset(void **state)
{
    struct lab *lab = *state;
    uint32_t word = 0;

    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    reset_board(lab);
    expect_shut(lab);
    lab_put_flash(lab, (uint32_t)LAB_OPENER, 1);
    lab_attach(lab);
    expect_state(lab, PROBE_OPEN);
    LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_read_word(&lab->probe, VECTORS, &word, lab_deadline(), &lab->diagnostic));
    lab_put_flash(lab, (uint32_t)LAB_OPENER, 0);
    expect_state(lab, PROBE_OPEN);
    reset_board(lab); /* with its core halted */
    expect_runs(lab);
    expect_shut(lab);
}

/* A debugger that holds the chip and resets it itself gets no further: the lock comes first. */
static void test_reset_by_the_debugger(void **state)
{
    struct lab *lab = *state;

    LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    assert_int_not_equal(
        probe_reset(&lab->probe, PROBE_RESET_HALT, process_clock_ms() + 2000, &lab->diagnostic),
        RIG_OK);
    expect_shut(lab);
}

/* A bench that breaks behind a lock is no lock. */
static void test_shut_and_dead(void **state)
{
    struct lab *lab = *state;

    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    reset_board(lab);
    expect_shut(lab);
    assert_int_equal(kill(emulator_process_id(lab->emulator), SIGKILL), 0);
    expect_state(lab, PROBE_DEAD_TARGET);
}

static void test_shut_and_hung(void **state)
{
    struct lab *lab = *state;

    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    reset_board(lab);
    expect_shut(lab);
    assert_int_equal(kill(emulator_process_id(lab->emulator), SIGSTOP), 0);
    expect_state(lab, PROBE_DEAD_TARGET);
}

/* Each reset opens it, until the software has come as far as to shut it. */
static void test_shut_by_software(void **state)
{
    struct lab *lab = *state;

    lab_put_flash(lab, (uint32_t)LAB_OPENER, 0);
    reset_board(lab);
    expect_state(lab, PROBE_OPEN);
    lab_put_flash(lab, (uint32_t)LAB_OPENER, 1);
    expect_shut(lab);
    lab_put_flash(lab, (uint32_t)LAB_OPENER, 0);
    expect_shut(lab);
    reset_board(lab);
    expect_state(lab, PROBE_OPEN);
    LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
}

/* All but the code can be read and changed. */
static void test_code_that_cannot_be_read(void **state)
{
    struct lab *lab = *state;
    struct probe *probe = &lab->probe;
    uint32_t first = 0;
    uint32_t word = 0;
    uint64_t value = 0;

    LAB_OK(lab, probe_read_word(probe, VECTORS, &first, lab_deadline(), &lab->diagnostic));
    probe->known = (struct probe_word){true, VECTORS, first};
    expect_state(lab, PROBE_OPEN);
    lab_put_flash(lab, (uint32_t)LAB_FUSE, BLOWN);
    reset_board(lab);
    expect_state(lab, PROBE_READ_OUT);
    LAB_OK(lab, probe_read_word(probe, VECTORS, &word, lab_deadline(), &lab->diagnostic));
    assert_int_equal(word, 0);
    LAB_OK(lab, probe_read_word(probe, VECTORS + LAB_CODE_SIZE, &word, lab_deadline(),
                                &lab->diagnostic));
    LAB_OK(lab, probe_halt(probe, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_read_register(probe, "pc", &value, lab_deadline(), &lab->diagnostic));
    assert_true(value >= VECTORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fuse_counts_from_the_next_reset_on, lab_set_up_lock,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_shut_when_the_debugger_comes, lab_set_up_lock,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_opened_until_the_next_reset, lab_set_up_lock,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_shut_by_software, lab_set_up_late_lock, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_code_that_cannot_be_read, lab_set_up_read_out,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_reset_by_the_debugger, lab_set_up_lock, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_shut_and_dead, lab_set_up_lock, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_shut_and_hung, lab_set_up_lock, lab_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
