/* Whether a run still goes on, and who takes over what a dead one left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

static struct run get(struct store_fixture *fixture, struct store *store, int64_t id)
{
    struct run run;
    assert_int_equal(store_get_run(store, id, &run, &fixture->diagnostic), RIG_OK);
    return run;
}

static void expect_state(struct store_fixture *fixture, struct store *store, int64_t id,
                         bool is_running, bool finished)
{
    struct run run = get(fixture, store, id);
    assert_int_equal(run.is_running, is_running);
    assert_int_equal(run.finished, finished);
    run_clear(&run);
}

static bool adopt(struct store_fixture *fixture, struct store *store, int64_t id)
{
    bool adopted = false;
    assert_int_equal(store_adopt_run(store, id, &adopted, &fixture->diagnostic), RIG_OK);
    return adopted;
}

/* A child that begins a run and waits; its run's number comes through the pipe. */
static pid_t start_run(const struct store_fixture *fixture, int64_t *id)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store_fixture own = *fixture;
        (void)alarm(30); /* it must not outlive a test that fails */
        struct store *store = store_fixture_open(&own, STORE_CREATE);
        int64_t run = store_fixture_run(&own, store);
        _exit(write(ends[1], &run, sizeof run) == sizeof run && pause() == 0 ? 0 : 1);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], id, sizeof *id), sizeof *id);
    (void)close(ends[0]);
    return child;
}

static void a_run_goes_on_until_its_end(void **state)
{
    struct store_fixture *fixture = *state;
    const struct run_end end = {.verdict = VERDICT_PASS};
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t id = store_fixture_run(fixture, store);
    char *lock = scratch_path(fixture->path, "runs/R-1/lock");
    expect_state(fixture, store, id, true, false);
    assert_false(adopt(fixture, store, id));
    assert_int_equal(store_end_run(store, id, &end, &fixture->diagnostic), RIG_OK);
    expect_state(fixture, store, id, false, true);
    assert_false(file_exists(lock));
    store_close(store);
    free(lock);
}

static void a_killed_run_is_interrupted_and_adopted_once(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    struct store *other = store_fixture_open(fixture, STORE_WRITE);
    int64_t id = 0;
    pid_t child = start_run(fixture, &id);
    expect_state(fixture, store, id, true, false);
    assert_false(adopt(fixture, store, id));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    expect_state(fixture, store, id, false, false);
    assert_true(adopt(fixture, store, id));
    assert_false(adopt(fixture, other, id));
    store_release_run(store, id);
    assert_true(adopt(fixture, other, id));
    store_close(store);
    store_close(other);
}

static void keeps_hashes_and_versions_line_by_line(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct run_start start = {.command = "fuzz",
                                    .target = "native",
                                    .harness_hash = "aa  one\nbb  \x1b[31mtwo",
                                    .tool_versions = "one 1\ntwo 2"};
    int64_t id = 0;
    assert_int_equal(store_begin_run(store, &start, &id, &fixture->diagnostic), RIG_OK);
    struct run run = get(fixture, store, id);
    assert_string_equal(run.harness_hash, "aa  one\nbb  \\x1b[31mtwo");
    assert_string_equal(run.tool_versions, "one 1\ntwo 2");
    run_clear(&run);
    store_close(store);
}

/* Opens the store and begins a run with `spare` descriptors left. 0 when that works, or is a bench
 * error with a message. */
static int begin_with(const struct store_fixture *fixture, int spare)
{
    struct store *store = NULL;
    struct diagnostic diagnostic = {""};
    const struct run_start start = {.command = "fuzz", .target = "native"};
    const struct rlimit limit = {64, 64};
    int last = 0;
    int64_t run = 0;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 99;
    }
    while (last >= 0) {
        last = open("/dev/null", O_RDONLY);
    }
    for (int i = 0; i < spare; i++) {
        (void)close(63 - i);
    }
    int error = store_open(fixture->path, STORE_WRITE, &store, &diagnostic);
    if (error == RIG_OK) {
        error = store_begin_run(store, &start, &run, &diagnostic);
    }
    if (error == RIG_OK) {
        return 0;
    }
    return error == RIG_ERROR_BENCH && diagnostic.text[0] != '\0' ? 1 : 2;
}

/* Without descriptors it is the machine that fails, not the choice of the store. */
static void a_lack_of_descriptors_is_a_bench_error(void **state)
{
    struct store_fixture *fixture = *state;
    int worked = 0;
    int failed = 0;
    store_close(store_fixture_open(fixture, STORE_CREATE));
    for (int spare = 0; spare < 8; spare++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(begin_with(fixture, spare));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 1);
        worked += WEXITSTATUS(status) == 0;
        failed += WEXITSTATUS(status) == 1;
    }
    assert_true(worked > 0);
    assert_true(failed > 1);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_run_goes_on_until_its_end),
        STORE_TEST(a_killed_run_is_interrupted_and_adopted_once),
        STORE_TEST(keeps_hashes_and_versions_line_by_line),
        STORE_TEST(a_lack_of_descriptors_is_a_bench_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
