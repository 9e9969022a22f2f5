#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

/* Numbers that a child acknowledged: the last one that came through the pipe whole. */
struct acknowledged {
    char text[65536];
    size_t size;
};

static void read_some(int descriptor, struct acknowledged *seen)
{
    ssize_t count = read(descriptor, seen->text + seen->size, sizeof seen->text - 1 - seen->size);
    assert_true(count > 0);
    seen->size += (size_t)count;
    seen->text[seen->size] = '\0';
}

static size_t count_lines(const struct acknowledged *seen)
{
    size_t lines = 0;
    for (size_t i = 0; i < seen->size; i++) {
        lines += seen->text[i] == '\n';
    }
    return lines;
}

/* Requires a row with evidence for each number. */
static void expect_all(struct store_fixture *fixture, struct acknowledged *seen)
{
    struct store *store = store_fixture_open(fixture, STORE_READ);
    char *rest = NULL;
    for (char *line = strtok_r(seen->text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        struct finding finding;
        int64_t id = 0;
        assert_int_equal(finding_parse_id(line, &id), RIG_OK);
        assert_int_equal(store_get_finding(store, id, &finding, &fixture->diagnostic), RIG_OK);
        char *input = store_evidence_path(store, finding.input.path);
        char *report = store_evidence_path(store, finding.report);
        assert_true(file_is_regular(input));
        assert_true(file_is_regular(report));
        free(input);
        free(report);
        finding_clear(&finding);
    }
    store_close(store);
}

/* One child that files until it is killed after `enough` acknowledgements. */
static void kill_after(struct store_fixture *fixture, const char *salt, size_t enough)
{
    struct acknowledged *seen = calloc(1, sizeof *seen);
    int ends[2];
    int status = 0;
    assert_non_null(seen);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        _exit(-store_fixture_file_for_ever(fixture, salt, ends[1], SIZE_MAX));
    }
    (void)close(ends[1]);
    while (count_lines(seen) < enough) {
        read_some(ends[0], seen);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    for (ssize_t count = 1; count > 0 && seen->size < sizeof seen->text - 1;) {
        count = read(ends[0], seen->text + seen->size, sizeof seen->text - 1 - seen->size);
        seen->size += count > 0 ? (size_t)count : 0;
    }
    seen->text[seen->size] = '\0';
    (void)close(ends[0]);
    assert_true(seen->size > 0 && seen->text[seen->size - 1] == '\n');
    expect_all(fixture, seen);
    free(seen);
}

static void sigkill_loses_no_acknowledged_finding(void **state)
{
    struct store_fixture *fixture = *state;
    for (size_t round = 0; round < 12; round++) {
        char salt[16];
        (void)snprintf(salt, sizeof salt, "%zu", round);
        kill_after(fixture, salt, 1 + round);
    }
    struct store *store = store_fixture_open(fixture, STORE_WRITE);
    struct run_list list;
    assert_int_equal(store_list_runs(store, 0, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 12);
    assert_false(list.items[0].finished);
    run_list_free(&list);
    store_close(store);
}

/* Runs two children that file the same fingerprints at once, from an empty folder on. */
static void two_processes_file_at_once(void **state)
{
    struct store_fixture *fixture = *state;
    const size_t each = 25;
    pid_t children[2];
    for (size_t i = 0; i < 2; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            _exit(-store_fixture_file_for_ever(fixture, "same", -1, each));
        }
    }
    for (size_t i = 0; i < 2; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    const struct finding_filter everything = {0};
    struct finding_list list;
    struct store *store = store_fixture_open(fixture, STORE_READ);
    assert_int_equal(store_list_findings(store, &everything, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, each);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.items[i].occurrences, 2);
    }
    finding_list_free(&list);
    store_close(store);
}

/* Files until the limit on file sizes stops the database; 0 when that is a bench error with a
 * remedy. */
static int fill_up(const struct store_fixture *fixture, rlim_t bytes, int descriptor)
{
    const struct rlimit limit = {bytes, bytes};
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 99;
    }
    return store_fixture_file_for_ever(fixture, "full", descriptor, 100000) == RIG_ERROR_BENCH ? 0
                                                                                               : 1;
}

static void a_full_disk_is_a_bench_error(void **state)
{
    struct store_fixture *fixture = *state;
    struct acknowledged *seen = calloc(1, sizeof *seen);
    int ends[2];
    int status = 0;
    assert_non_null(seen);
    store_close(store_fixture_open(fixture, STORE_CREATE));
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        _exit(fill_up(fixture, 48 * 1024, ends[1]));
    }
    (void)close(ends[1]);
    for (ssize_t count = 1; count > 0;) {
        count = read(ends[0], seen->text + seen->size, sizeof seen->text - 1 - seen->size);
        seen->size += count > 0 ? (size_t)count : 0;
    }
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    size_t lines = count_lines(seen);
    assert_true(lines > 0);
    expect_all(fixture, seen);
    struct store *store = store_fixture_open(fixture, STORE_WRITE);
    assert_int_equal(store_fixture_count(fixture, store), lines);
    struct finding_report report = store_fixture_report(fixture, "after");
    int64_t run = store_fixture_run(fixture, store);
    assert_true(store_fixture_file(fixture, store, run, &report).is_new);
    store_close(store);
    free(seen);
}

/* The input is larger than what may be written: evidence fails before the row. */
static int file_large_input(const struct store_fixture *fixture)
{
    const struct rlimit limit = {256 * 1024, 256 * 1024};
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 99;
    }
    return store_fixture_file_for_ever(fixture, "large", -1, 1) == RIG_ERROR_BENCH ? 0 : 1;
}

static void no_room_for_evidence_means_no_row(void **state)
{
    struct store_fixture *fixture = *state;
    int status = 0;
    char *bytes = calloc(1, 512 * 1024);
    assert_non_null(bytes);
    scratch_write_bytes(fixture->folder, "crash-1", bytes, 512 * 1024);
    free(bytes);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(file_large_input(fixture));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    struct store *store = store_fixture_open(fixture, STORE_READ);
    assert_int_equal(store_fixture_count(fixture, store), 0);
    store_close(store);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(sigkill_loses_no_acknowledged_finding),
        STORE_TEST(two_processes_file_at_once),
        STORE_TEST(a_full_disk_is_a_bench_error),
        STORE_TEST(no_room_for_evidence_means_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
