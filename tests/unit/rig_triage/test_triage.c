#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "findings/triage.h"
#include "scratch.h"
#include "store_fixture.h"

static struct reproducer make_reproducer(struct store_fixture *fixture)
{
    struct reproducer reproducer = {.program = FAKE_REPRODUCER, .timeout_s = 5, .memory_mb = 512};

    assert_int_equal(triage_find_symbolizer(reproducer.symbolizer, sizeof(reproducer.symbolizer),
                                            &fixture->diagnostic),
                     RIG_OK);
    return reproducer;
}

static struct triage_filing make_filing(struct store_fixture *fixture, struct store *store)
{
    return (struct triage_filing){.store = store,
                                  .run = store_fixture_run(fixture, store),
                                  .clause = "5.13-1B",
                                  .severity = SEVERITY_HIGH};
}

static struct triage_result run(struct store_fixture *fixture, const struct reproducer *reproducer,
                                const char *input)
{
    struct triage_result result;

    scratch_write(fixture->folder, "crash-1", input);
    assert_int_equal(triage_run_input(reproducer, fixture->input, &result, &fixture->diagnostic),
                     RIG_OK);
    return result;
}

static void test_a_failure_is_filed_once(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, "BUG1 input");
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct triage_filing filing = make_filing(fixture, store);
    const struct triage_artifact artifact = {.path = fixture->input};
    struct triage_outcome outcome;
    struct finding finding;
    struct file_content evidence = {0};
    char *path;

    assert_int_equal(result.hits, TRIAGE_ATTEMPTS);
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_true(outcome.is_new && outcome.counts);
    assert_string_equal(outcome.clause, "5.13-1B");
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_false(outcome.is_new);
    assert_int_equal(store_fixture_count(fixture, store), 1);
    assert_int_equal(store_get_finding(store, outcome.finding, &finding, &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(finding.occurrences, 2);
    assert_string_equal(finding.title, "heap-buffer-overflow in overflow_table");
    assert_string_equal(finding.fingerprint, result.fingerprint.text);
    assert_string_equal(finding.frames.items[0], "overflow_table");
    path = store_evidence_path(store, finding.input.path);
    assert_int_equal(file_read(path, 100, &evidence, &fixture->diagnostic), RIG_OK);
    assert_string_equal((const char *)evidence.bytes, "BUG1 input");
    file_content_free(&evidence);
    free(path);
    path = store_evidence_path(store, finding.report);
    assert_int_equal(file_read(path, 1 << 20, &evidence, &fixture->diagnostic), RIG_OK);
    assert_non_null(strstr((const char *)evidence.bytes, "ERROR: AddressSanitizer"));
    file_content_free(&evidence);
    free(path);
    finding_clear(&finding);
    triage_result_clear(&result);
    store_close(store);
}

static void test_the_oracle_names_the_clause(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, "BUG2");
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct triage_filing filing = make_filing(fixture, store);
    const struct triage_artifact artifact = {.path = fixture->input};
    struct triage_outcome outcome;

    assert_int_equal(result.report.report_class, REPORT_ORACLE);
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_string_equal(outcome.clause, "5.1-5");
    triage_result_clear(&result);
    store_close(store);
}

/* Runs an input, files what comes of it, and reads the finding; free it with finding_clear(). */
static struct finding file_input(struct store_fixture *fixture, const struct triage_filing *filing,
                                 const char *input)
{
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, input);
    const struct triage_artifact artifact = {.path = fixture->input};
    struct triage_outcome outcome;
    struct finding finding;

    assert_int_equal(triage_file(filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(
        store_get_finding(filing->store, outcome.finding, &finding, &fixture->diagnostic), RIG_OK);
    triage_result_clear(&result);
    return finding;
}

/* A slip in a harness must not put its findings where nobody looks. */
static void test_an_unknown_clause_is_filed_under_the_harness(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, "BUG2");
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    struct triage_filing filing = make_filing(fixture, store);
    const struct triage_artifact artifact = {.path = fixture->input};
    struct clauses *clauses = NULL;
    struct triage_outcome outcome;
    struct finding finding;

    assert_int_equal(clauses_load(CLAUSES_FILE, &clauses, &fixture->diagnostic), RIG_OK);
    filing.clauses = clauses;
    (void)snprintf(result.report.clause, sizeof(result.report.clause), "5.99-9");
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_string_equal(outcome.clause, "5.13-1B");
    assert_int_equal(store_get_finding(store, outcome.finding, &finding, &fixture->diagnostic),
                     RIG_OK);
    assert_non_null(strstr(finding.detail, "names the unknown clause 5.99-9"));
    finding_clear(&finding);
    clauses_free(clauses);
    triage_result_clear(&result);
    store_close(store);
}

/* One oracle: what was asked is the identity, by which path of the harness is not. */
static void test_an_oracle_is_told_apart_by_what_was_asked(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct triage_filing filing = make_filing(fixture, store);
    struct finding first = file_input(fixture, &filing, "BUG86");
    struct finding same = file_input(fixture, &filing, "BUG86!");
    struct finding other = file_input(fixture, &filing, "BUG85");

    assert_string_equal(first.title, "oracle change-needs-login (function-6)");
    assert_string_equal(first.detail, "change-needs-login, about function-6");
    assert_string_equal(first.clause, "5.5-5");
    assert_int_equal(same.id, first.id);
    assert_int_equal(same.occurrences, 2);
    assert_int_not_equal(other.id, first.id);
    assert_string_equal(other.title, "oracle change-needs-login (function-5)");
    finding_clear(&first);
    finding_clear(&same);
    finding_clear(&other);
    store_close(store);
}

static void test_each_kind_is_seen(void **state)
{
    static const struct {
        const char *input;
        enum report_class report_class;
        const char *title;
    } cases[] = {
        {"BUG3", REPORT_HANG, "hang device-calls in answer_for_ever"},
        {"BUG4", REPORT_FAULT, "abort in assert_state"},
        {"BUG7", REPORT_HANG, "hang wall-clock in spin"},
        {"BUG9", REPORT_FAULT, "exit-7"},
        {"BUGA", REPORT_FAULT, "SIGSEGV"},
    };
    struct store_fixture *fixture = *state;
    struct reproducer reproducer = make_reproducer(fixture);

    reproducer.timeout_s = 1;
    reproducer.attempts = 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct triage_result result = run(fixture, &reproducer, cases[i].input);
        char title[TRIAGE_TITLE_SIZE];

        assert_int_equal(result.hits, 2);
        assert_int_equal(result.report.report_class, cases[i].report_class);
        triage_title(&result.report, title, sizeof(title));
        assert_string_equal(title, cases[i].title);
        triage_result_clear(&result);
    }
}

/* One defect under two handlers is two; by which engine it was met does not matter. */
static void test_handlers_are_told_apart_and_engines_are_not(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct run_start other_engine = {.command = "fuzz",
                                           .target = "native",
                                           .rung = RUNG_HOST,
                                           .harness = "modbus_tcp",
                                           .engine = "afl"};
    struct triage_filing filing = make_filing(fixture, store);
    struct finding reading = file_input(fixture, &filing, "BUGBr");
    struct finding writing = file_input(fixture, &filing, "BUGBw");
    struct finding again;

    assert_string_equal(reading.bucket, "memory|copy_text<handle_read");
    assert_string_equal(writing.bucket, "memory|copy_text<handle_write");
    assert_int_not_equal(reading.id, writing.id);
    assert_int_equal(store_begin_run(store, &other_engine, &filing.run, &fixture->diagnostic),
                     RIG_OK);
    again = file_input(fixture, &filing, "BUGBr and more of it");
    assert_int_equal(again.id, reading.id);
    assert_int_equal(again.occurrences, 2);
    finding_clear(&reading);
    finding_clear(&writing);
    finding_clear(&again);
    store_close(store);
}

static void test_a_known_failure_does_not_count(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, "BUG1 input");
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    struct triage_filing filing = make_filing(fixture, store);
    const struct triage_artifact artifact = {.path = fixture->input};
    struct triage_outcome outcome;

    filing.known = "in the packaged version";
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_true(outcome.is_new && !outcome.counts && !outcome.reopened);
    assert_int_equal(outcome.state, FINDING_KNOWN);
    filing.known = NULL;
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_true(outcome.reopened && outcome.counts && !outcome.is_new);
    triage_result_clear(&result);
    store_close(store);
}

/* One hit in three attempts is a finding that says so. */
static void test_a_flaky_failure_is_filed(void **state)
{
    struct store_fixture *fixture = *state;
    struct reproducer reproducer = make_reproducer(fixture);
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct triage_filing filing = make_filing(fixture, store);
    const struct triage_artifact artifact = {.path = fixture->input};
    char *token = scratch_path(fixture->folder, "token");
    char variable[4096];
    const char *const environment[] = {variable, NULL};
    struct triage_result result;
    struct triage_outcome outcome;
    struct finding finding;

    (void)snprintf(variable, sizeof(variable), "FAKE_TOKEN=%s", token);
    scratch_write(fixture->folder, "token", "");
    reproducer.environment = environment;
    result = run(fixture, &reproducer, "BUG6");
    assert_int_equal(result.hits, 1);
    assert_int_equal(result.attempts, 3);
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_true(outcome.counts);
    assert_int_equal(store_get_finding(store, outcome.finding, &finding, &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(finding.class, FINDING_FAULT);
    assert_string_equal(finding.detail, "abort, 1 of 3 attempts");
    finding_clear(&finding);
    triage_result_clear(&result);
    free(token);
    store_close(store);
}

static void test_what_does_not_fail_again_is_kept_apart(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer reproducer = make_reproducer(fixture);
    struct triage_result result = run(fixture, &reproducer, "harmless");
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct triage_filing filing = make_filing(fixture, store);
    const char text[] = "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n";
    const struct triage_artifact artifact = {fixture->input, text, sizeof(text) - 1};
    struct triage_outcome outcome;
    struct finding finding;

    assert_int_equal(result.hits, 0);
    assert_int_equal(triage_file(&filing, &artifact, &result, &outcome, &fixture->diagnostic),
                     RIG_OK);
    assert_false(outcome.counts);
    assert_int_equal(store_get_finding(store, outcome.finding, &finding, &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(finding.class, FINDING_UNREPRODUCIBLE);
    assert_string_equal(finding.title, "not reproduced: heap-use-after-free");
    finding_clear(&finding);
    triage_result_clear(&result);
    store_close(store);
}

static void assert_bench_error(struct store_fixture *fixture, const struct reproducer *reproducer,
                               const char *input, const char *text)
{
    struct triage_result result;

    assert_int_equal(triage_run_input(reproducer, input, &result, &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    if (strstr(fixture->diagnostic.text, text) == NULL) {
        fail_msg("'%s' is not in: %s", text, fixture->diagnostic.text);
    }
}

static void write_script(const struct store_fixture *fixture, const char *path, const char *text)
{
    scratch_write(fixture->folder, "script", text);
    assert_int_equal(chmod(path, 0755), 0);
}

static void test_faults_of_the_bench_are_no_findings(void **state)
{
    struct store_fixture *fixture = *state;
    const struct reproducer sound = make_reproducer(fixture);
    struct reproducer broken = sound;
    char *script = scratch_path(fixture->folder, "script");

    broken.program = "/nowhere/reproducer";
    assert_bench_error(fixture, &broken, fixture->input, "/nowhere/reproducer");
    broken.program = fixture->input; /* not executable */
    assert_bench_error(fixture, &broken, fixture->input, "not executable");
    write_script(fixture, script, "no program of any kind\n");
    broken.program = script;
    assert_bench_error(fixture, &broken, fixture->input, "cannot start");
    write_script(fixture, script, "#!/bin/sh\necho cannot be read >&2\nexit 2\n");
    assert_bench_error(fixture, &broken, fixture->input, "cannot be read");
    write_script(fixture, script, "#!/bin/sh\nkill -KILL $$\n");
    assert_bench_error(fixture, &broken, fixture->input, "out of memory");
    broken = sound;
    (void)snprintf(broken.symbolizer, sizeof(broken.symbolizer), "/nowhere/symbolizer");
    assert_bench_error(fixture, &broken, fixture->input, "llvm-14");
    assert_bench_error(fixture, &sound, "/nowhere/input", "/nowhere/input");
    free(script);
}

/* Options of the sanitizers are separated by blanks, among others. */
static void test_a_symbolizer_in_a_folder_with_a_blank_works(void **state)
{
    struct store_fixture *fixture = *state;
    struct reproducer reproducer = make_reproducer(fixture);
    char *link = scratch_path(fixture->folder, "my tools/llvm-symbolizer");
    char title[TRIAGE_TITLE_SIZE];
    struct triage_result result;

    scratch_write(fixture->folder, "my tools/note", "");
    assert_int_equal(symlink(reproducer.symbolizer, link), 0);
    assert_int_equal(text_copy(reproducer.symbolizer, sizeof(reproducer.symbolizer), link), RIG_OK);
    result = run(fixture, &reproducer, "BUG1 input");
    triage_title(&result.report, title, sizeof(title));
    assert_string_equal(title, "heap-buffer-overflow in overflow_table");
    triage_result_clear(&result);
    free(link);
}

static void test_a_missing_symbolizer_is_said(void **state)
{
    struct store_fixture *fixture = *state;
    char *path = text_duplicate(getenv("PATH"));
    char found[TRIAGE_PATH_SIZE];

    assert_non_null(path);
    assert_int_equal(setenv("PATH", fixture->folder, 1), 0);
    assert_int_equal(triage_find_symbolizer(found, sizeof(found), &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_non_null(strstr(fixture->diagnostic.text, "llvm-14"));
    free(path);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_failure_is_filed_once),
        TEST(test_the_oracle_names_the_clause),
        TEST(test_an_unknown_clause_is_filed_under_the_harness),
        TEST(test_an_oracle_is_told_apart_by_what_was_asked),
        TEST(test_each_kind_is_seen),
        TEST(test_handlers_are_told_apart_and_engines_are_not),
        TEST(test_a_known_failure_does_not_count),
        TEST(test_a_flaky_failure_is_filed),
        TEST(test_what_does_not_fail_again_is_kept_apart),
        TEST(test_faults_of_the_bench_are_no_findings),
        TEST(test_a_symbolizer_in_a_folder_with_a_blank_works),
        TEST(test_a_missing_symbolizer_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
