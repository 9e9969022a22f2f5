#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "fuzz/libfuzzer.h"
#include "fuzz_fixture.h"
#include "scratch.h"

static int count_artifact(void *context, const struct triage_artifact *artifact,
                          struct diagnostic *diagnostic)
{
    unsigned *count = context;

    (void)diagnostic;
    assert_true(file_is_regular(artifact->path));
    assert_true(artifact->text_size > 0);
    (*count)++;
    return RIG_OK;
}

static struct engine_options engine_options(const struct fuzz_fixture *fixture,
                                            char *working_corpus, unsigned *artifacts)
{
    static const char *const no_folders[] = {NULL};

    return (struct engine_options){
        .type = &libfuzzer_engine,
        .program = FAKE_FUZZER,
        .corpus_folders = no_folders,
        .working_corpus = working_corpus,
        .scratch_folder = fixture->folder,
        .max_length = 64,
        .timeout_s = 2,
        .memory_mb = 512,
        .time_s = 3,
        .jobs = 1,
        .seed = 3,
        .on_artifact = count_artifact,
        .artifact_context = artifacts,
    };
}

/* A program that does nothing must not be started again and again until the time is up. */
static void test_a_program_that_dies_is_a_bench_error(void **state)
{
    struct fuzz_fixture *fixture = *state;
    unsigned artifacts = 0;
    char *corpus = scratch_path(fixture->folder, "working");
    struct engine_options options = engine_options(fixture, corpus, &artifacts);
    struct engine_figures figures;

    options.time_s = 60;
    assert_int_equal(setenv("FAKE_MODE", "dies", 1), 0);
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    assert_int_equal(artifacts, 0);
    assert_non_null(strstr(fixture->diagnostic.text, "exit code 3"));
    assert_non_null(strstr(fixture->diagnostic.text, "no \\x1b[31mlicence"));
    free(corpus);
}

/* What libFuzzer prints when the disk is full: the same as else, but there is no file. */
static void test_an_input_that_was_not_written_is_a_bench_error(void **state)
{
    struct fuzz_fixture *fixture = *state;
    unsigned artifacts = 0;
    char *corpus = scratch_path(fixture->folder, "working");
    char *program = scratch_path(fixture->folder, "full");
    struct engine_options options = engine_options(fixture, corpus, &artifacts);
    struct engine_figures figures;

    scratch_write(fixture->folder, "full",
                  "#!/bin/sh\necho 'artifact_prefix=x; Test unit written to x' >&2\nexit 77\n");
    assert_int_equal(chmod(program, 0755), 0);
    options.program = program;
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "make room"));
    assert_int_equal(libfuzzer_engine.execute_first(&options, &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "make room"));
    free(program);
    free(corpus);
}

static void test_a_missing_program_is_a_bench_error(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 2);
    struct fuzz_result result;

    options.program = "/nowhere/fake.libfuzzer";
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "/nowhere/fake.libfuzzer"));
    assert_int_equal(result.finding_count, 0);
    fuzz_result_clear(&result);
    options = fuzz_fixture_options(fixture, 2);
    options.reproducer_program = "/nowhere/fake.reproducer";
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "/nowhere/fake.reproducer"));
    assert_int_equal(result.finding_count, 0);
    fuzz_result_clear(&result);
}

/* An endless loop is an artifact too, and a working corpus that holds one is cleaned. */
static void test_a_loop_in_the_working_corpus_is_left_out(void **state)
{
    struct fuzz_fixture *fixture = *state;
    unsigned artifacts = 0;
    char *corpus = scratch_path(fixture->folder, "working");
    char *input = scratch_path(fixture->folder, "working/loop");
    struct engine_options options = engine_options(fixture, corpus, &artifacts);
    struct engine_figures figures;

    scratch_write(fixture->folder, "working/loop", "BUG7");
    options.timeout_s = 1;
    options.time_s = 4;
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic), RIG_OK);
    assert_true(artifacts > 0);
    assert_true(figures.execs > 100);
    assert_false(file_exists(input));
    free(corpus);
    free(input);
}

static int interrupt_triage(void *context, const struct triage_artifact *artifact,
                            struct diagnostic *diagnostic)
{
    (void)context;
    (void)artifact;
    interrupt_request();
    return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
}

/* An input that nobody could look at any more is met again by the next run. */
static void test_an_interrupted_artifact_is_kept(void **state)
{
    struct fuzz_fixture *fixture = *state;
    unsigned artifacts = 0;
    char *seeds = scratch_path(fixture->harness.corpus, "seeds");
    char *corpus = scratch_path(fixture->folder, "working");
    const char *const folders[] = {seeds, NULL};
    struct engine_options options = engine_options(fixture, corpus, &artifacts);
    struct engine_figures figures;
    struct text_list names = {0};

    fuzz_fixture_add_input(fixture, "seeds/one", "BUG4");
    options.corpus_folders = folders;
    options.on_artifact = interrupt_triage;
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic),
                     RIG_ERROR_INTERRUPTED);
    assert_int_equal(file_list(corpus, &names, &fixture->diagnostic), RIG_OK);
    for (size_t i = 0; i < names.count; i++) {
        artifacts += strncmp(names.items[i], "crash-", 6) == 0;
    }
    assert_int_equal(artifacts, 1);
    text_list_free(&names);
    assert_int_equal(interrupt_install(), RIG_OK);
    options.on_artifact = count_artifact;
    options.corpus_folders = folders + 1;
    options.max_length = 4;
    artifacts = 0;
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic), RIG_OK);
    assert_true(artifacts > 0);
    free(seeds);
    free(corpus);
}

/* A defect that is hit all the time is counted, not triaged each time. */
static void test_a_flood_is_counted(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 5);
    struct fuzz_result result;
    char name[32];
    char text[32];

    for (unsigned i = 0; i < FUZZ_TRIAGE_LIMIT + 3; i++) {
        (void)snprintf(name, sizeof(name), "seeds/%u", i);
        (void)snprintf(text, sizeof(text), "BUG4%u", i);
        fuzz_fixture_add_input(fixture, name, text);
    }
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_true(result.not_triaged >= 3);
    assert_true(result.artifacts >= FUZZ_TRIAGE_LIMIT + 3);
    assert_true(result.findings[0].artifacts >= FUZZ_TRIAGE_LIMIT + 3);
    fuzz_result_clear(&result);
}

static void test_what_fails_in_the_fuzzer_alone_is_kept_apart(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 2);
    struct fuzz_result result;
    struct finding finding;

    fuzz_fixture_add_input(fixture, "seeds/one", "BUG5");
    fixture->harness.max_length = 4;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    finding = fuzz_fixture_finding(fixture, "not reproduced");
    assert_int_equal(finding.class, FINDING_UNREPRODUCIBLE);
    for (size_t i = 0; i < result.finding_count; i++) {
        assert_true(result.findings[i].id != finding.id || !result.findings[i].counts);
    }
    finding_clear(&finding);
    fuzz_result_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_program_that_dies_is_a_bench_error,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_an_input_that_was_not_written_is_a_bench_error,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_missing_program_is_a_bench_error,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_loop_in_the_working_corpus_is_left_out,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_an_interrupted_artifact_is_kept, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_flood_is_counted, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_what_fails_in_the_fuzzer_alone_is_kept_apart,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
