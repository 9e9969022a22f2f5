#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

enum {
    LIMIT_MS = 20000, /* far more than any child here needs */
};

static struct process *run(const char *word, const char *argument, int64_t limit_ms)
{
    const char *const arguments[] = {CHILD_PROGRAM, word, argument, NULL};
    const struct process_options options = {.argv = arguments, .capture_limit = 10000};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};

    assert_int_equal(process_run(&options, limit_ms, &process, &diagnostic), RIG_OK);
    return process;
}

static void assert_no_child_is_left(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* ECHILD: not even a zombie */
}

static void test_decodes_how_a_child_ended(void **state)
{
    struct process *process = run("exit", "77", LIMIT_MS);
    char text[64];
    (void)state;

    assert_int_equal(process_end(process)->outcome, PROCESS_EXITED);
    assert_int_equal(process_end(process)->exit_code, 77);
    process_end_describe(process_end(process), text, sizeof(text));
    assert_string_equal(text, "exit code 77");
    process_destroy(process);

    process = run("abort", NULL, LIMIT_MS);
    assert_int_equal(process_end(process)->outcome, PROCESS_SIGNALED);
    assert_int_equal(process_end(process)->signal_number, 6);
    process_destroy(process);
    assert_no_child_is_left();
}

static void test_a_missing_program_is_a_bench_error(void **state)
{
    const char *const arguments[] = {"/nowhere/\x1b[2Jprogram", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_ERROR_BENCH);
    assert_null(process);
    assert_non_null(strstr(diagnostic.text, "program"));
    assert_non_null(strstr(diagnostic.text, "No such file or directory"));
    assert_null(strchr(diagnostic.text, '\x1b'));
    assert_no_child_is_left();
}

static void test_a_name_is_sought_in_path(void **state)
{
    const char *const missing[] = {"ordeal-no-such-program", NULL};
    const char *const present[] = {"true", NULL};
    struct process_options options = {.argv = missing};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "'ordeal-no-such-program': No such file"));
    options.argv = present;
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->exit_code, 0);
    process_destroy(process);
}

static void test_a_missing_folder_is_named(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, NULL};
    const struct process_options options = {.argv = arguments, .working_folder = "/nowhere"};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "folder '/nowhere'"));
    assert_no_child_is_left();
}

static void test_a_child_starts_in_a_known_state(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "state", NULL};
    const char *const environment[] = {"CHILD_VARIABLE=new", NULL};
    const struct process_options options = {
        .argv = arguments, .environment = environment, .working_folder = "/"};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    size_t size = 0;
    (void)state;

    assert_int_equal(setenv("CHILD_VARIABLE", "old", 1), 0);
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_OK);
    assert_string_equal(process_output(process, PROCESS_STDOUT, &size),
                        "folder=/\nvariable=new\ncore=0\ngroup=1\ninput=0\npipe=1\n");
    process_destroy(process);
}

static void test_a_flood_is_bounded(void **state)
{
    struct process *process = run("flood", NULL, LIMIT_MS);
    size_t size = 0;
    const char *text = process_output(process, PROCESS_STDERR, &size);
    (void)state;

    assert_int_equal(process_end(process)->outcome, PROCESS_EXITED);
    assert_in_range(size, 10000, 10100);
    assert_memory_equal(text, "first\n", 6);
    assert_memory_equal(text + size - 5, "last\n", 5);
    assert_non_null(strstr(text, "bytes left out]"));
    assert_int_equal(process_dropped(process, PROCESS_STDERR), 20000000 + 11 - 10000);
    assert_int_equal(process_dropped(process, PROCESS_STDOUT), 20000000 - 10000);
    process_destroy(process);
}

struct lines {
    unsigned count;
    size_t sizes[8];
};

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct lines *lines = context;

    assert_int_equal(stream, PROCESS_STDOUT);
    assert_int_equal(line[size], '\0');
    lines->sizes[lines->count++ % 8] = size;
}

static void test_lines_come_whole(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "lines", NULL};
    struct lines lines = {0};
    const struct process_options options = {
        .argv = arguments, .on_line = take_line, .on_line_context = &lines};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_OK);
    assert_int_equal(lines.count, 4);
    assert_int_equal(lines.sizes[0], 3);
    assert_int_equal(lines.sizes[1], 3); /* holds a NUL */
    assert_int_equal(lines.sizes[2], 0);
    assert_int_equal(lines.sizes[3], 10); /* has no newline */
    process_destroy(process);
}

static void test_a_full_disk_is_a_bench_error(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "flood", NULL};
    const struct process_options options = {.argv = arguments, .log_path = "/dev/full"};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "No space left"));
    assert_no_child_is_left();
}

static void test_too_many_at_once_are_refused(void **state)
{
    struct process *const none[PROCESS_WAIT_MAX + 1] = {NULL};
    struct diagnostic diagnostic = {""};
    size_t ended = 0;
    (void)state;

    assert_int_equal(process_wait_any(none, PROCESS_WAIT_MAX + 1, 0, &ended, &diagnostic),
                     RIG_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_how_a_child_ended),
        cmocka_unit_test(test_a_missing_program_is_a_bench_error),
        cmocka_unit_test(test_a_name_is_sought_in_path),
        cmocka_unit_test(test_a_missing_folder_is_named),
        cmocka_unit_test(test_a_child_starts_in_a_known_state),
        cmocka_unit_test(test_a_flood_is_bounded),
        cmocka_unit_test(test_lines_come_whole),
        cmocka_unit_test(test_a_full_disk_is_a_bench_error),
        cmocka_unit_test(test_too_many_at_once_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
