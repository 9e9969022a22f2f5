/* What a killed run left in its scratch folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "fuzz/leftovers.h"
#include "fuzz_fixture.h"
#include "scratch.h"

static const struct run_start earlier = {
    .command = "fuzz", .target = "native", .harness = "fake_device", .engine = "libfuzzer"};

/* Begins R-1 in a store that is closed again, which is what the end of its process does, and leaves
 * inputs of two jobs, of which one fails, and one of the control. */
static void leave_inputs(struct fuzz_fixture *fixture)
{
    struct store *store = NULL;
    int64_t run = 0;

    assert_int_equal(store_open(fixture->store_path, STORE_WRITE, &store, &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(store_begin_run(store, &earlier, &run, &fixture->diagnostic), RIG_OK);
    assert_int_equal(run, 1);
    store_close(store);
    scratch_write(fixture->store_path, "runs/R-1/scratch/job-0/crash-one", "BUG2");
    scratch_write(fixture->store_path, "runs/R-1/scratch/job-1/timeout-two", "ok");
    scratch_write(fixture->store_path, "runs/R-1/scratch/job-1/slow-unit-three", "BUG2");
    scratch_write(fixture->store_path, "runs/R-1/scratch/control-memory/job-0/crash-four", "BUG4");
    scratch_write(fixture->store_path, "runs/R-1/scratch/start/0", "BUG4");
}

static bool exists(const struct fuzz_fixture *fixture, const char *name)
{
    char *path = scratch_path(fixture->store_path, name);
    bool found = file_exists(path);

    free(path);
    return found;
}

/* The inputs of this harness are too short for the fuzzer to meet a defect itself. */
static struct fuzz_result fuzz(struct fuzz_fixture *fixture)
{
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 1);
    struct fuzz_result result;

    fixture->harness.max_length = 3;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    return result;
}

static void test_the_next_run_takes_them_up(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_result result;
    struct finding finding;
    struct run run;

    leave_inputs(fixture);
    result = fuzz(fixture);
    assert_int_equal(result.finding_count, 1);
    assert_true(result.findings[0].is_new);
    finding = fuzz_fixture_finding(fixture, "attempts-counted");
    assert_int_equal(finding.first_run, result.run);
    assert_true(exists(fixture, "corpus/fake_device/timeout-two"));
    assert_false(exists(fixture, "corpus/fake_device/crash-one"));
    assert_false(exists(fixture, "runs/R-1/scratch"));
    assert_false(exists(fixture, "runs/R-1/lock"));
    assert_false(exists(fixture, "runs/R-2/scratch"));
    assert_int_equal(store_get_run(fixture->store, 1, &run, &fixture->diagnostic), RIG_OK);
    assert_false(run.finished || run.is_running);
    run_clear(&run);
    finding_clear(&finding);
    fuzz_result_clear(&result);
}

static void test_what_others_may_need_stays(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_result result;
    bool adopted = false;

    leave_inputs(fixture);
    assert_int_equal(store_adopt_run(fixture->store, 1, &adopted, &fixture->diagnostic), RIG_OK);
    assert_true(adopted); /* as if it went on */
    result = fuzz(fixture);
    assert_int_equal(result.finding_count, 0);
    fuzz_result_clear(&result);
    store_release_run(fixture->store, 1);
    free(fixture->harness.name);
    fixture->harness.name = text_duplicate("other");
    result = fuzz(fixture);
    assert_int_equal(result.finding_count, 0);
    fuzz_result_clear(&result);
    assert_true(exists(fixture, "runs/R-1/scratch/job-0/crash-one"));
}

static void interrupt_at(void *context, int64_t finding)
{
    (void)context;
    (void)finding;
    interrupt_request();
}

/* An interrupt on the way leaves the rest for yet another run. */
static void test_an_interrupt_leaves_the_rest(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 1);
    struct fuzz_result result;

    leave_inputs(fixture);
    scratch_write(fixture->store_path, "runs/R-1/scratch/job-2/crash-five", "BUG4");
    options.on_finding = interrupt_at;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_INTERRUPTED);
    assert_int_equal(result.finding_count, 1);
    fuzz_result_clear(&result);
    assert_true(exists(fixture, "runs/R-1/scratch/job-2/crash-five"));
    assert_int_equal(interrupt_install(), RIG_OK);
    result = fuzz(fixture);
    assert_int_equal(result.finding_count, 1);
    assert_true(result.findings[0].is_new);
    fuzz_result_clear(&result);
    assert_false(exists(fixture, "runs/R-1/scratch"));
}

/* A run that ends by an error keeps what it could not look at. */
static void test_a_scratch_folder_with_inputs_is_kept(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *folder = scratch_path(fixture->folder, "scratch");

    scratch_write(fixture->folder, "scratch/job-0/crash-one", "BUG2");
    assert_int_equal(leftovers_clean(folder, &fixture->diagnostic), RIG_OK);
    assert_true(file_is_directory(folder));
    assert_int_equal(file_remove(folder, &fixture->diagnostic), RIG_OK);
    scratch_write(fixture->folder, "scratch/job-0/slow-unit-one", "BUG2");
    scratch_write(fixture->folder, "scratch/control-oracle/job-0/crash-one", "");
    assert_int_equal(leftovers_clean(folder, &fixture->diagnostic), RIG_OK);
    assert_false(file_exists(folder));
    assert_int_equal(leftovers_clean(folder, &fixture->diagnostic), RIG_OK);
    free(folder);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_next_run_takes_them_up),
        TEST(test_what_others_may_need_stays),
        TEST(test_an_interrupt_leaves_the_rest),
        TEST(test_a_scratch_folder_with_inputs_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
