/* Measuring with harness programs and tools that are scripts: what goes wrong, and what is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/measure.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "scratch.h"

/* Runs its files: one that says crash ends it, one that says hang takes an hour. Its counts of
 * oracles are the file PROGRAM.counts. */
#define HARNESS                                                                                    \
    "#!/bin/sh\n"                                                                                  \
    "for file in \"$@\"; do\n"                                                                     \
    "    case $(cat \"$file\") in\n"                                                               \
    "    crash) kill -ABRT $$ ;;\n"                                                                \
    "    hang) sleep 3600 ;;\n"                                                                    \
    "    signal) kill -INT $PPID; sleep 3600 ;;\n"                                                 \
    "    esac\n"                                                                                   \
    "done\n"                                                                                       \
    "[ ! -e \"$0.counts\" ] || cat \"$0.counts\" > \"$ORDEAL_GATES\"\n"                            \
    "echo profile > \"$LLVM_PROFILE_FILE\"\n"

/* Refuses a list that is empty or names what is not there. */
#define PROFDATA                                                                                   \
    "#!/bin/sh\n"                                                                                  \
    "set -e\n"                                                                                     \
    "[ -s profiles ]\n"                                                                            \
    "{ cat profiles; echo; } | while read -r profile; do\n"                                        \
    "    [ -z \"$profile\" ] || cat \"$profile\" > merged.profdata\n"                              \
    "done\n"                                                                                       \
    "[ -s merged.profdata ]\n"

#define COV_BEGIN "#!/bin/sh\ncat <<END\nSF:"
#define COV_END   "/src/a.c\nFN:1,f\nFNDA:1,f\nDA:1,1\nLF:2\nLH:1\nend_of_record\nEND\n"

#define LIMIT_MS 60000

struct fixture {
    char *folder;
    char *temporary; /* TMPDIR while the test runs */
    char *profdata;
    char *cov;
    struct coverage_program programs[2];
    struct coverage_request request;
    struct coverage coverage;
    struct diagnostic diagnostic;
};

static char *write_program(const struct fixture *fixture, const char *name, const char *text)
{
    char *path = scratch_path(fixture->folder, name);

    scratch_write(fixture->folder, name, text);
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

static void write_tools(struct fixture *fixture)
{
    char *cov = text_format("%s%s%s", COV_BEGIN, fixture->folder, COV_END);

    assert_non_null(cov);
    fixture->profdata = write_program(fixture, "bin/profdata", PROFDATA);
    fixture->cov = write_program(fixture, "bin/cov", cov);
    free(cov);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->folder = scratch_make();
    fixture->temporary = scratch_path(fixture->folder, "per%mcent");
    assert_int_equal(file_make_directories(fixture->temporary, &fixture->diagnostic), RIG_OK);
    assert_int_equal(setenv("TMPDIR", fixture->temporary, 1), 0);
    assert_int_equal(interrupt_install(), RIG_OK);
    write_tools(fixture);
    scratch_write(fixture->folder, "src/a.c", "int f(void)\n{\n}\n");
    scratch_write(fixture->folder, "corpus/seeds/one", "1");
    scratch_write(fixture->folder, "corpus/seeds/two", "2");
    scratch_write(fixture->folder, "corpus/regressions/three", "3");
    for (size_t i = 0; i < 2; i++)
        fixture->programs[i] = (struct coverage_program){
            .name = i == 0 ? "first" : "second",
            .program = write_program(fixture, i == 0 ? "b/1.coverage" : "b/2.coverage", HARNESS),
            .corpus = scratch_path(fixture->folder, "corpus"),
            .timeout_s = 5,
        };
    fixture->request = (struct coverage_request){.project = fixture->folder,
                                                 .build = "/nowhere",
                                                 .programs = fixture->programs,
                                                 .program_count = 2,
                                                 .profdata = fixture->profdata,
                                                 .cov = fixture->cov,
                                                 .limit_ms = LIMIT_MS};
    *state = fixture;
    return 0;
}

/* Nothing may be left in TMPDIR, whatever happened. */
static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct text_list left = {NULL, 0};

    assert_int_equal(file_list(fixture->temporary, &left, &fixture->diagnostic), RIG_OK);
    assert_int_equal(left.count, 0);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    for (size_t i = 0; i < 2; i++) {
        free((char *)fixture->programs[i].program);
        free((char *)fixture->programs[i].corpus);
    }
    coverage_clear(&fixture->coverage);
    free(fixture->profdata);
    free(fixture->cov);
    free(fixture->temporary);
    scratch_remove(fixture->folder);
    free(fixture);
    return 0;
}

static int measure(struct fixture *fixture)
{
    return coverage_measure(&fixture->request, &fixture->coverage, &fixture->diagnostic);
}

/* Nothing is measured, for a reason that holds TEXT. */
static void assert_not_measured(struct fixture *fixture, const char *text)
{
    assert_int_equal(measure(fixture), RIG_OK);
    assert_non_null(fixture->coverage.reason);
    assert_non_null(strstr(fixture->coverage.reason, text));
    assert_int_equal(fixture->coverage.file_count, 0);
    assert_false(coverage_is_complete(&fixture->coverage));
}

/* What the first harness could not do does not keep the second from being measured. */
static void assert_measured_in_part(struct fixture *fixture)
{
    assert_int_equal(measure(fixture), RIG_OK);
    assert_null(fixture->coverage.reason);
    assert_int_equal(fixture->coverage.file_count, 1);
    assert_false(coverage_is_complete(&fixture->coverage));
    assert_null(fixture->coverage.harnesses[1].reason);
}

static void test_all_inputs_of_all_harnesses(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(measure(fixture), RIG_OK);
    assert_null(fixture->coverage.reason);
    assert_true(coverage_is_complete(&fixture->coverage));
    assert_int_equal(fixture->coverage.inputs, 6);
    assert_int_equal(fixture->coverage.harness_count, 2);
    assert_int_equal(fixture->coverage.harnesses[1].inputs, 3);
    assert_int_equal(fixture->coverage.file_count, 1);
    assert_string_equal(fixture->coverage.files[0].path, "src/a.c");
}

static void test_more_inputs_than_one_process_takes(void **state)
{
    struct fixture *fixture = *state;
    char *input = scratch_path(fixture->folder, "corpus/seeds/one");

    for (int i = 0; i < 300; i++) {
        char *name = text_format("%s-%03d", input, i);
        assert_non_null(name);
        assert_int_equal(link(input, name), 0);
        free(name);
    }
    free(input);
    scratch_write(fixture->folder, "corpus/seeds/two", "crash");
    fixture->request.program_count = 1;
    assert_int_equal(measure(fixture), RIG_OK);
    assert_int_equal(fixture->coverage.inputs, 302);
    assert_int_equal(fixture->coverage.harnesses[0].failed.count, 1);
}

static void test_an_input_that_crashes_is_named_and_costs_no_other(void **state)
{
    struct fixture *fixture = *state;
    const struct coverage_harness *harness;

    scratch_write(fixture->folder, "corpus/regressions/bad", "crash");
    assert_measured_in_part(fixture);
    harness = &fixture->coverage.harnesses[0];
    assert_int_equal(harness->inputs, 3);
    assert_int_equal(harness->failed.count, 1);
    assert_non_null(strstr(harness->failed.items[0], "regressions/bad: signal 6"));
    assert_null(harness->reason);
}

static void test_nothing_runs_through(void **state)
{
    struct fixture *fixture = *state;

    scratch_write(fixture->folder, "corpus/seeds/one", "crash");
    scratch_write(fixture->folder, "corpus/seeds/two", "crash");
    scratch_write(fixture->folder, "corpus/regressions/three", "crash");
    assert_not_measured(fixture, "no input of first ran through");
}

static void test_time_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    const int64_t begin_ms = process_clock_ms();

    scratch_write(fixture->folder, "corpus/seeds/one", "hang");
    fixture->request.limit_ms = 1000;
    assert_not_measured(fixture, "time is over: 3 inputs");
    assert_true(process_clock_ms() - begin_ms < 30000);
}

static void test_a_program_that_is_not_built(void **state)
{
    struct fixture *fixture = *state;
    char *program = (char *)fixture->programs[0].program;

    fixture->programs[0].program = NULL;
    fixture->programs[0].missing = "first.coverage: not built";
    assert_measured_in_part(fixture);
    assert_string_equal(fixture->coverage.harnesses[0].reason, "first.coverage: not built");
    free(program);
}

static void test_a_program_without_instrumentation(void **state)
{
    struct fixture *fixture = *state;

    scratch_write(fixture->folder, "b/1.coverage", "#!/bin/sh\nexit 0\n");
    assert_int_equal(chmod(fixture->programs[0].program, 0755), 0);
    assert_measured_in_part(fixture);
    assert_non_null(strstr(fixture->coverage.harnesses[0].reason, "-fprofile-instr-generate"));
}

static void test_a_harness_without_inputs(void **state)
{
    struct fixture *fixture = *state;

    free((char *)fixture->programs[0].corpus);
    fixture->programs[0].corpus = scratch_path(fixture->folder, "src");
    assert_measured_in_part(fixture);
    assert_non_null(strstr(fixture->coverage.harnesses[0].reason, "no committed input"));
}

static void test_tools_that_fail(void **state)
{
    static const struct {
        const char *cov;
        const char *reason;
    } cases[] = {{"#!/bin/sh\necho 'error: of another version' >&2\nexit 1\n", "another version"},
                 {"#!/bin/sh\necho 'no lcov'\n", "makes no sense at line 1"},
                 {"#!/bin/sh\nexit 0\n", "hold no code of"},
                 {"#!/bin/sh\nkill -9 $$\n", "signal 9"},
                 {"#!/nowhere/sh\n", "cov"}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        coverage_clear(&fixture->coverage);
        scratch_write(fixture->folder, "bin/cov", cases[i].cov);
        assert_int_equal(chmod(fixture->cov, 0755), 0);
        assert_not_measured(fixture, cases[i].reason);
    }
    coverage_clear(&fixture->coverage);
    scratch_write(fixture->folder, "bin/profdata", "#!/bin/sh\necho bad profile >&2\nexit 1\n");
    assert_int_equal(chmod(fixture->profdata, 0755), 0);
    assert_not_measured(fixture, "bad profile");
}

static void test_oracles_are_counted(void **state)
{
    struct fixture *fixture = *state;
    struct text_list judges = {NULL, 0};
    const struct coverage_harness *harness;

    assert_int_equal(text_list_append(&judges, "5.1-4"), RIG_OK);
    assert_int_equal(text_list_append(&judges, "5.5-5"), RIG_OK);
    fixture->programs[0].judges = &judges;
    fixture->programs[1].judges = &judges;
    scratch_write(fixture->folder, "b/1.coverage.counts",
                  "{\"inputs\": 3, \"oracles\": {\"5.5-5\": 12, \"none\": 1}}");
    scratch_write(fixture->folder, "b/2.coverage.counts", "{\"inputs\": 3, \"gates\": {}}");
    assert_int_equal(measure(fixture), RIG_OK);
    assert_true(coverage_is_complete(&fixture->coverage));
    harness = &fixture->coverage.harnesses[0];
    assert_true(harness->counts_oracles);
    assert_int_equal(harness->oracle_count, 3);
    assert_string_equal(harness->oracles[0].clause, "5.1-4");
    assert_int_equal(harness->oracles[0].checks, 0);
    assert_int_equal(harness->oracles[1].checks, 12);
    assert_true(coverage_is_unjudged(&fixture->coverage, "first", "5.1-4"));
    assert_false(fixture->coverage.harnesses[1].counts_oracles);
    text_list_free(&judges);
}

static void test_counts_that_make_no_sense(void **state)
{
    static const char *const cases[] = {"",
                                        "{",
                                        "[]",
                                        "{\"oracles\": 1}",
                                        "{\"oracles\": {\"5.5-5\": -1}}",
                                        "{\"oracles\": {\"5.5-5\": 1.5}}",
                                        "{\"oracles\": {\"5.5-5\": 9223372036854775807}}",
                                        "{\"oracles\": {\"5.5-5\": 1, \"5.5-5\": 2}}"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        coverage_clear(&fixture->coverage);
        scratch_write(fixture->folder, "b/1.coverage.counts", cases[i]);
        assert_measured_in_part(fixture);
        assert_non_null(strstr(fixture->coverage.harnesses[0].reason, "make no sense"));
        assert_false(coverage_is_unjudged(&fixture->coverage, "first", "5.5-5"));
    }
}

/* llvm-cov leaves functions out whose profile does not match, and says so. */
static void test_a_warning_makes_it_incomplete(void **state)
{
    struct fixture *fixture = *state;
    char *cov = text_format("%s%s%s%s", COV_BEGIN, fixture->folder, COV_END,
                            "echo 'warning: 2 functions have mismatched data' >&2\n");

    assert_non_null(cov);
    scratch_write(fixture->folder, "bin/cov", cov);
    assert_int_equal(chmod(fixture->cov, 0755), 0);
    free(cov);
    assert_measured_in_part(fixture);
    assert_string_equal(fixture->coverage.note, "warning: 2 functions have mismatched data");
}

static void test_an_interrupt_ends_it(void **state)
{
    struct fixture *fixture = *state;

    scratch_write(fixture->folder, "corpus/seeds/one", "signal");
    assert_int_equal(measure(fixture), RIG_ERROR_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_inputs_of_all_harnesses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_more_inputs_than_one_process_takes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_input_that_crashes_is_named_and_costs_no_other,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_runs_through, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_program_that_is_not_built, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_program_without_instrumentation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_harness_without_inputs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tools_that_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oracles_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts_that_make_no_sense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_warning_makes_it_incomplete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_interrupt_ends_it, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
