#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "fuzz/repro.h"
#include "fuzz_fixture.h"
#include "scratch.h"

static struct repro_options repro_options(const struct fuzz_fixture *fixture, const char *input)
{
    return (struct repro_options){
        .harness = &fixture->harness,
        .reproducer_program = FAKE_REPRODUCER,
        .input_path = input,
    };
}

static char *write_input(const struct fuzz_fixture *fixture, const char *text)
{
    scratch_write(fixture->folder, "input", text);
    return scratch_path(fixture->folder, "input");
}

static void test_a_failing_input_is_reproduced(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *input = write_input(fixture, "BUG1 and the rest");
    struct repro_options options = repro_options(fixture, input);
    struct repro_result result;

    assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_true(result.reproduced);
    assert_int_equal(result.attempts, TRIAGE_ATTEMPTS);
    assert_int_equal(result.hits, TRIAGE_ATTEMPTS);
    assert_int_equal(result.report.report_class, REPORT_MEMORY);
    assert_string_equal(result.report.frames[0].function, "overflow_table");
    assert_string_equal(result.report.frames[0].file, "fake_device.c");
    free(input);
}

static void test_a_passing_input_is_not(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *input = write_input(fixture, "harmless");
    struct repro_options options = repro_options(fixture, input);
    struct repro_result result;

    options.attempts = 2;
    assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_false(result.reproduced);
    assert_int_equal(result.attempts, 2);
    assert_int_equal(result.hits + result.other, 0);
    assert_int_equal(result.report.report_class, REPORT_NONE);
    free(input);
}

/* A finding is reproduced by its own failure only. */
static void test_another_failure_is_said_so(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *input = write_input(fixture, "BUG2");
    struct repro_options options = repro_options(fixture, input);
    struct repro_result result;
    char fingerprint[FINGERPRINT_TEXT_SIZE];

    assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_OK);
    memcpy(fingerprint, result.fingerprint.text, sizeof(fingerprint));
    options.expected_fingerprint = fingerprint;
    assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(result.hits, TRIAGE_ATTEMPTS);
    free(input);
    input = write_input(fixture, "BUG4");
    options.input_path = input;
    assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_false(result.reproduced);
    assert_int_equal(result.hits, 0);
    assert_int_equal(result.other, TRIAGE_ATTEMPTS);
    assert_int_equal(result.report.report_class, REPORT_FAULT);
    free(input);
}

static void test_an_input_that_is_no_file_is_refused(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const char *const inputs[] = {"/nowhere/input", fixture->folder, "/dev/zero"};
    struct repro_result result;

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct repro_options options = repro_options(fixture, inputs[i]);

        assert_int_equal(repro_run(&options, &result, &fixture->diagnostic), RIG_ERROR_NOT_FOUND);
        assert_non_null(strstr(fixture->diagnostic.text, inputs[i]));
    }
}

/* In a child, since it replaces the program. A `gdb` of our own shows what it is started with. */
static void test_gdb_gets_the_reproducer_and_the_input(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *input = write_input(fixture, "BUG1");
    char *log = scratch_path(fixture->folder, "log");
    char *gdb = scratch_path(fixture->folder, "bin/gdb");
    struct repro_options options = repro_options(fixture, input);
    struct file_content content = {0};
    char path[8192];
    pid_t pid;

    scratch_write(fixture->folder, "bin/gdb",
                  "#!/bin/sh\n{ echo \"$@\"; echo \"$ASAN_OPTIONS\"; } > \"$GDB_LOG\"\n");
    assert_int_equal(chmod(gdb, 0755), 0);
    (void)snprintf(path, sizeof(path), "%s/bin:%s", fixture->folder, getenv("PATH"));
    pid = fork();
    if (pid == 0) {
        if (setenv("PATH", path, 1) == 0 && setenv("GDB_LOG", log, 1) == 0) {
            (void)!repro_debug(&options, &fixture->diagnostic);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(file_read(log, 65536, &content, &fixture->diagnostic), RIG_OK);
    assert_non_null(strstr((const char *)content.bytes, "--args " FAKE_REPRODUCER " "));
    assert_non_null(strstr((const char *)content.bytes, input));
    assert_non_null(strstr((const char *)content.bytes, "abort_on_error=1"));
    file_content_free(&content);
    free(input);
    free(log);
    free(gdb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_failing_input_is_reproduced, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_passing_input_is_not, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_another_failure_is_said_so, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_an_input_that_is_no_file_is_refused,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_gdb_gets_the_reproducer_and_the_input,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
