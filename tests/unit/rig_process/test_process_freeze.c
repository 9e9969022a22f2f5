/* A child that is stopped where it is. */
#define _XOPEN_SOURCE 700 /* waitid */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "base/process_freeze.h"

enum { LIMIT_MS = 20000 };

static struct diagnostic diagnostic;

static struct process *start(const char *word, const char *argument)
{
    const char *const arguments[] = {CHILD_PROGRAM, word, argument, NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_OK);
    return process;
}

/* The state of a process as /proc/PID/stat has it: after its name in parentheses. */
static char state_of(pid_t process)
{
    char text[512] = "";
    const char *end;
    FILE *file;

    (void)snprintf(text, sizeof(text), "/proc/%ld/stat", (long)process);
    file = fopen(text, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    assert_int_equal(fclose(file), 0);
    end = strrchr(text, ')');
    assert_non_null(end);
    return end[2];
}

static void test_a_child_that_runs_stands_still(void **state)
{
    struct process *process = start("sleep", NULL);

    (void)state;
    assert_int_equal(process_freeze(process_id(process), &diagnostic), RIG_OK);
    assert_int_equal(state_of(process_id(process)), 'T');
    assert_int_equal(process_freeze(process_id(process), &diagnostic), RIG_OK); /* once more */
    assert_int_equal(process_stop(process, 0, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_STOPPED);
    process_destroy(process);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Its end stays for its owner, who has to learn of it. */
static void test_a_child_that_has_ended(void **state)
{
    struct process *process = start("sleep", NULL);
    siginfo_t ended;

    (void)state;
    assert_int_equal(kill(process_id(process), SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)process_id(process), &ended, WEXITED | WNOWAIT), 0);
    assert_int_equal(process_freeze(process_id(process), &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_int_equal(process_wait(process, process_clock_ms() + LIMIT_MS, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_SIGNALED);
    process_destroy(process);
}

static void test_what_is_no_child(void **state)
{
    const pid_t gone = fork();

    (void)state;
    if (gone == 0) {
        _exit(0);
    }
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    assert_int_equal(process_freeze(gone, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "cannot stop process"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_that_runs_stands_still),
        cmocka_unit_test(test_a_child_that_has_ended),
        cmocka_unit_test(test_what_is_no_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
