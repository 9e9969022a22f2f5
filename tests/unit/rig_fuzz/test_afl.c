/* The AFL++ engine with a stand-in for afl-fuzz (fake/afl-fuzz), which behaves as FAKE_AFL says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "fuzz/afl.h"
#include "fuzz/fuzz_findings.h"
#include "fuzz_fixture.h"
#include "scratch.h"

/* A run of the engine: what it is given, and what it hands out. */
struct engine_run {
    struct fuzz_fixture *fixture;
    struct engine_options options;
    char *program;
    char *working_corpus;
    const char *folders[2];
    struct engine_figures figures;
    char inputs[256]; /* of the artifacts, one after the other */
    unsigned hangs;
    bool interrupt;
};

static int take(void *context, const struct triage_artifact *artifact,
                struct diagnostic *diagnostic)
{
    struct engine_run *run = context;
    struct file_content content = {0};
    struct sanitizer_report report;

    if (run->interrupt) {
        interrupt_request();
        return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
    }
    assert_int_equal(file_read(artifact->path, 64, &content, diagnostic), RIG_OK);
    (void)strncat(run->inputs, (const char *)content.bytes,
                  sizeof(run->inputs) - strlen(run->inputs) - 1);
    file_content_free(&content);
    triage_read_artifact(artifact, &report);
    run->hangs += report.report_class == REPORT_HANG;
    return RIG_OK;
}

static void write_program(const struct engine_run *run, const char *script)
{
    scratch_write(run->fixture->folder, "fake.afl", script);
    assert_int_equal(chmod(run->program, 0755), 0);
}

static void begin(struct engine_run *run, struct fuzz_fixture *fixture, const char *behaviour)
{
    char *path = text_format("%s:/usr/bin:/bin", FAKE_AFL_FOLDER);

    memset(run, 0, sizeof(*run));
    run->fixture = fixture;
    run->working_corpus = scratch_path(fixture->folder, "working");
    run->program = scratch_path(fixture->folder, "fake.afl");
    run->folders[0] = fixture->harness.corpus;
    /* Fails on what the stand-in finds, as a harness would. */
    write_program(run, "#!/bin/sh\ncase $(cat \"$1\") in BUG7*) exec sleep 60;; "
                       "BUG*) echo failed >&2; kill -ABRT $$;; esac\n");
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_int_equal(setenv("FAKE_AFL", behaviour, 1), 0);
    free(path);
    run->options = (struct engine_options){
        .type = &afl_engine,
        .program = run->program,
        .corpus_folders = run->folders,
        .working_corpus = run->working_corpus,
        .scratch_folder = fixture->folder,
        .max_length = 16,
        .timeout_s = 1,
        .memory_mb = 512,
        .time_s = 2,
        .jobs = 1,
        .seed = 3,
        .on_artifact = take,
        .artifact_context = run,
    };
}

static int go(struct engine_run *run)
{
    return afl_engine.run(&run->options, &run->figures, &run->fixture->diagnostic);
}

static void end(struct engine_run *run)
{
    free(run->working_corpus);
    free(run->program);
}

static void assert_says(const struct engine_run *run, const char *text)
{
    assert_non_null(strstr(run->fixture->diagnostic.text, text));
    assert_null(strchr(run->fixture->diagnostic.text, '\n'));
    assert_null(strchr(run->fixture->diagnostic.text, '\x1b'));
}

static void assert_file_holds(const struct engine_run *run, const char *name, const char *text)
{
    char *path = scratch_path(run->fixture->folder, name);
    struct file_content content = {0};

    assert_int_equal(file_read(path, 1 << 20, &content, &run->fixture->diagnostic), RIG_OK);
    assert_non_null(strstr((const char *)content.bytes, text));
    file_content_free(&content);
    free(path);
}

static size_t count_working(const struct engine_run *run)
{
    struct text_list names = {0};
    size_t count;

    assert_int_equal(file_list(run->working_corpus, &names, &run->fixture->diagnostic), RIG_OK);
    count = names.count;
    text_list_free(&names);
    return count;
}

static void test_finds_are_handed_out_and_imported(void **state)
{
    struct engine_run run;

    begin(&run, *state, "good");
    run.options.jobs = 2;
    assert_int_equal(go(&run), RIG_OK);
    assert_string_equal(run.inputs, "BUG4BUG7");
    assert_int_equal(run.hangs, 1);
    assert_int_equal(run.figures.artifacts, 2);
    assert_int_equal(run.figures.execs, 2000);
    assert_int_equal(run.figures.edges, 12);
    assert_true(fabs(run.figures.stability - 97.51) < 1e-9);
    /* One of each job; neither what they began with nor what they had of each other. */
    assert_int_equal(count_working(&run), 2);
    assert_file_holds(&run, "afl/main.arguments", " -M");
    assert_file_holds(&run, "afl/secondary-1.arguments", " -S");
    assert_file_holds(&run, "afl/main.arguments", " -G16");
    assert_file_holds(&run, "afl/main.environment", "HARNESS_MAX_LENGTH=16\n");
    assert_file_holds(&run, "afl/main.environment", "AFL_HANG_TMOUT=1000\n");
    assert_file_holds(&run, "afl/main.environment", "max_allocation_size_mb=512");
    end(&run);
}

/* Long ones are cut, empty ones left out, and the committed files stay as they are. */
static void test_the_corpus_to_begin_with(void **state)
{
    struct engine_run run;

    fuzz_fixture_add_input(*state, "short", "short");
    fuzz_fixture_add_input(*state, "empty", "");
    fuzz_fixture_add_input(*state, "long", "0123456789abcdefXYZ");
    begin(&run, *state, "good");
    scratch_write(run.fixture->folder, "working/older", "older");
    assert_int_equal(go(&run), RIG_OK);
    assert_file_holds(&run, "start/0", "0123456789abcdef");
    assert_file_holds(&run, "start/1", "short");
    assert_file_holds(&run, "start/2", "older");
    assert_file_holds(&run, "corpus/long", "XYZ");
    end(&run);
}

static void test_a_reason_to_give_up_is_told(void **state)
{
    struct engine_run run;

    begin(&run, *state, "dies");
    run.options.time_s = 60;
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "exit code 1");
    assert_says(&run, "no licence\\x07");
    assert_true(isnan(run.figures.stability));
    end(&run);
}

static void test_the_reason_of_the_system_is_told(void **state)
{
    struct engine_run run;

    begin(&run, *state, "full");
    run.options.time_s = 60;
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "Unable to create 'x': No space left on device");
    end(&run);
}

static void test_no_reason_to_give_up(void **state)
{
    struct engine_run run;

    begin(&run, *state, "silent");
    run.options.time_s = 60;
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "exit code 1");
    assert_int_equal(afl_engine.execute_first(&run.options, &run.fixture->diagnostic),
                     RIG_ERROR_BENCH);
    end(&run);
}

static void test_garbage_does_no_harm(void **state)
{
    struct engine_run run;

    begin(&run, *state, "garbage");
    assert_int_equal(go(&run), RIG_OK);
    assert_string_equal(run.inputs, "");
    assert_int_equal(run.figures.execs, 0);
    assert_int_equal(run.figures.edges, 0);
    assert_true(isnan(run.figures.stability));
    assert_int_equal(count_working(&run), 0);
    end(&run);
}

static void interrupt_now(void *context, const struct engine_progress *progress)
{
    (void)context;
    (void)progress;
    interrupt_request();
}

static void test_what_does_not_end_is_killed(void **state)
{
    struct engine_run run;

    begin(&run, *state, "deaf");
    run.options.time_s = 600;
    run.options.jobs = 2;
    run.options.on_progress = interrupt_now;
    assert_int_equal(go(&run), RIG_ERROR_INTERRUPTED);
    end(&run);
}

/* Inputs that fail when afl-fuzz begins are reported, then left out, and the rest is fuzzed. */
static void test_failing_seeds_are_left_out(void **state)
{
    struct engine_run run;
    char *older;

    fuzz_fixture_add_input(*state, "a", "BUG4");
    fuzz_fixture_add_input(*state, "b", "BUG7");
    begin(&run, *state, "seeds");
    scratch_write(run.fixture->folder, "working/older", "BUG1");
    older = scratch_path(run.working_corpus, "older");
    run.options.time_s = 5;
    run.options.jobs = 2;
    assert_int_equal(go(&run), RIG_OK);
    assert_string_equal(run.inputs, "BUG4BUG1BUG7");
    assert_int_equal(run.hangs, 1);
    assert_false(file_exists(older));
    assert_file_holds(&run, "corpus/a", "BUG4");
    free(older);
    end(&run);
}

static void test_an_interrupted_artifact_is_kept(void **state)
{
    struct engine_run run;

    begin(&run, *state, "good");
    run.interrupt = true;
    assert_int_equal(go(&run), RIG_ERROR_INTERRUPTED);
    assert_int_equal(count_working(&run), 3); /* both failing inputs, and the one that is new */
    end(&run);
}

/* What a killed run left is found by whoever comes next. */
static void test_artifacts_of_a_dead_run_are_listed(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct text_list paths = {0};

    scratch_write(fixture->folder, "afl/main/crashes/id:000000,sig:06", "BUG4");
    scratch_write(fixture->folder, "afl/main/crashes/README.txt", "BUG4");
    scratch_write(fixture->folder, "afl/secondary-1/hangs/id:000000", "BUG7");
    scratch_write(fixture->folder, "afl/main/queue/id:000000", "harmless");
    scratch_write(fixture->folder, "control-oracle/afl/main/crashes/id:000000", "x");
    assert_int_equal(engine_list_artifacts(fixture->folder, &paths, &fixture->diagnostic), RIG_OK);
    assert_int_equal(paths.count, 2);
    text_list_free(&paths);
}

static void test_a_missing_afl_fuzz_is_named_with_a_remedy(void **state)
{
    struct engine_run run;

    begin(&run, *state, "good");
    assert_int_equal(setenv("PATH", run.fixture->folder, 1), 0);
    assert_int_equal(afl_engine.check(&run.fixture->diagnostic), RIG_ERROR_CONFIGURATION);
    assert_says(&run, "install the package afl++");
    end(&run);
}

static void test_missing_programs(void **state)
{
    struct engine_run run;

    begin(&run, *state, "good");
    run.options.program = "/nowhere/fake.afl";
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "/nowhere/fake.afl");
    write_program(&run, "#!/bin/sh\necho no licence >&2; exit 3\n");
    run.options.program = run.program;
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "exit code 3");
    assert_says(&run, "no licence");
    end(&run);
}

static void test_a_program_that_fails_on_nothing(void **state)
{
    struct engine_run run;

    begin(&run, *state, "good");
    write_program(&run, "#!/bin/sh\nkill -ABRT $$\n");
    assert_int_equal(go(&run), RIG_ERROR_BENCH);
    assert_says(&run, "fails on the empty input");
    assert_int_equal(run.figures.artifacts, 1);
    end(&run);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_finds_are_handed_out_and_imported),
        TEST(test_the_corpus_to_begin_with),
        TEST(test_a_reason_to_give_up_is_told),
        TEST(test_the_reason_of_the_system_is_told),
        TEST(test_no_reason_to_give_up),
        TEST(test_garbage_does_no_harm),
        TEST(test_what_does_not_end_is_killed),
        TEST(test_failing_seeds_are_left_out),
        TEST(test_an_interrupted_artifact_is_kept),
        TEST(test_artifacts_of_a_dead_run_are_listed),
        TEST(test_a_missing_afl_fuzz_is_named_with_a_remedy),
        TEST(test_missing_programs),
        TEST(test_a_program_that_fails_on_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
