/* OpenOCD as it should not be: each start ends by its deadline with one clear line, and no process is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "scratch.h"
#include "target/bench_probe.h"
#include "target/target_file.h"

enum {
    LONG_MS = 60000, /* for what must end by itself, long before */
    SHORT_MS = 300,  /* for what only the deadline ends */
};

static struct diagnostic diagnostic;

static void behave(const char *behaviour)
{
    diagnostic_clear(&diagnostic);
    assert_int_equal(setenv("FAKE_OPENOCD", behaviour, 1), 0);
}

static int open_fake(struct probe *probe, const char *program, int64_t limit_ms)
{
    static const char *const files[] = {"mine.cfg", NULL};
    const struct openocd_options options = {.program = program, .files = files};

    return probe_open(probe, &options, process_clock_ms() + limit_ms, &diagnostic);
}

static void expect_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* How it behaves, what becomes of it, and what is told. */
struct trouble {
    const char *behaviour;
    enum rig_error error;
    int64_t limit_ms;
    const char *words;
};

static void expect_trouble(const struct trouble *trouble)
{
    struct probe probe;
    int error;

    behave(trouble->behaviour);
    error = open_fake(&probe, FAKE_OPENOCD, trouble->limit_ms);
    probe_close(&probe);
    if (error != (int)trouble->error || strstr(diagnostic.text, trouble->words) == NULL) {
        fail_msg("%s: %s: %s", trouble->behaviour, rig_strerror(error), diagnostic.text);
    }
    assert_null(strchr(diagnostic.text, '\n'));
    expect_no_child();
}

static void expect_troubles(const struct trouble *troubles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_trouble(&troubles[i]);
    }
}

#define EXPECT_ALL(troubles) expect_troubles((troubles), sizeof(troubles) / sizeof((troubles)[0]))

static void test_sound(void **state)
{
    struct probe probe;

    (void)state;
    behave("sound");
    if (open_fake(&probe, FAKE_OPENOCD, LONG_MS) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    assert_string_equal(openocd_version(probe.openocd), "0.99.0");
    assert_string_equal(probe.target, "fake.cpu");
    probe_close(&probe);
    expect_no_child();
}

static void test_program_that_cannot_be_started(void **state)
{
    static const char *const programs[] = {"/nowhere/openocd", "no-such-openocd", "/tmp",
                                           "/dev/null"};

    (void)state;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        struct probe probe;

        behave("sound");
        assert_int_equal(open_fake(&probe, programs[i], LONG_MS), RIG_ERROR_BENCH);
        assert_non_null(strstr(diagnostic.text, programs[i]));
        probe_close(&probe);
        expect_no_child();
    }
}

/* A script that is refused is the user's; all else is the bench's. */
static void test_ends_before_its_port(void **state)
{
    static const struct trouble troubles[] = {
        {"refuses", RIG_ERROR_CONFIGURATION, LONG_MS, "exit code 1: mine.cfg:3: no such command"},
        {"cannot-load", RIG_ERROR_BENCH, LONG_MS, "exit code 127: openocd: error while loading"},
        {"crashes", RIG_ERROR_BENCH, LONG_MS, "signal 9"},
    };

    (void)state;
    EXPECT_ALL(troubles);
}

static void test_opens_no_port(void **state)
{
    static const struct trouble troubles[] = {
        {"silent", RIG_ERROR_TIMEOUT, SHORT_MS, "did not open its Tcl port in time"},
        {"logs", RIG_ERROR_TIMEOUT, SHORT_MS, "did not open its Tcl port in time"},
        {"nobody", RIG_ERROR_TIMEOUT, SHORT_MS, "nobody accepts"},
    };

    (void)state;
    EXPECT_ALL(troubles);
}

static void test_does_not_answer(void **state)
{
    static const struct trouble troubles[] = {
        {"mute", RIG_ERROR_TIMEOUT, SHORT_MS, "OpenOCD's Tcl port"},
        {"stubborn", RIG_ERROR_TIMEOUT, SHORT_MS, "OpenOCD's Tcl port"},
        {"mute-later", RIG_ERROR_TIMEOUT, SHORT_MS, "OpenOCD's Tcl port"},
    };

    (void)state;
    EXPECT_ALL(troubles);
}

static void test_answers_nonsense(void **state)
{
    static const struct trouble troubles[] = {
        {"garbage", RIG_ERROR_BENCH, LONG_MS, "is no answer: \\xff\\xfe{{{\\x01%s%n"},
        {"endless", RIG_ERROR_BENCH, LONG_MS, "answers with more than 1048576 bytes"},
        {"event", RIG_ERROR_BENCH, LONG_MS, "is no answer: type target_event"},
        {"other", RIG_ERROR_BENCH, LONG_MS, "is no OpenOCD: SSH-2.0"},
        {"refuses-names", RIG_ERROR_CONFIGURATION, LONG_MS, "gives '[exec reboot]'"},
    };

    (void)state;
    EXPECT_ALL(troubles);
}

static void test_goes_away(void **state)
{
    static const struct trouble troubles[] = {
        {"leaves", RIG_ERROR_BENCH, LONG_MS, "exit code 3: the adapter has caught fire"},
        {"hangs-up", RIG_ERROR_BENCH, LONG_MS, "Tcl port is gone"},
    };

    (void)state;
    EXPECT_ALL(troubles);
}

/* By way of a target's file, and of PATH. */
static void test_attach_a_board(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    struct target target;
    struct bench bench = {.target = &target, .folder = folder, .evidence = folder};
    struct probe probe;

    (void)state;
    scratch_write(folder, "demo.yaml",
                  "schema: 1\nname: demo\nclass: board\n"
                  "probe: {driver: openocd, openocd: [mine.cfg], serial: 123}\n");
    assert_int_equal(target_load(path, &target, &diagnostic), RIG_OK);
    scratch_write(folder, "openocd", "#!/bin/sh\nexec " FAKE_OPENOCD " \"$@\"\n");
    free(path);
    path = scratch_path(folder, "openocd");
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(setenv("PATH", folder, 1), 0);

    behave("sound");
    if (bench_attach(&bench, &probe, process_clock_ms() + LONG_MS, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    probe_close(&probe);
    behave("silent");
    assert_int_equal(bench_attach(&bench, &probe, process_clock_ms() + SHORT_MS, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    probe_close(&probe);
    expect_no_child();
    free(path);
    target_clear(&target);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_program_that_cannot_be_started),
        cmocka_unit_test(test_ends_before_its_port),
        cmocka_unit_test(test_opens_no_port),
        cmocka_unit_test(test_does_not_answer),
        cmocka_unit_test(test_answers_nonsense),
        cmocka_unit_test(test_goes_away),
        cmocka_unit_test(test_attach_a_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
