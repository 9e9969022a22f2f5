/* Progress lines: redrawn on a terminal, plain and rare elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/progress.h"

static const struct engine_progress sample = {
    .elapsed_s = 12.4,
    .total_s = 60,
    .figures = {.execs = 123456, .execs_per_second = 9956.1, .edges = 345, .artifacts = 2},
    .new_findings = 1,
    .known_findings = 2,
};

/* What a sink of progress wrote; for free(). */
struct capture {
    char *text;
    size_t size;
    struct progress progress;
};

static void capture_begin(struct capture *capture, bool redraws, bool colours)
{
    memset(capture, 0, sizeof *capture);
    capture->progress.out = open_memstream(&capture->text, &capture->size);
    assert_non_null(capture->progress.out);
    capture->progress.label = "modbus_tcp";
    capture->progress.redraws = redraws;
    capture->progress.colours = colours;
    capture->progress.last_plain_s = -1;
}

static void capture_end(struct capture *capture)
{
    assert_int_equal(fclose(capture->progress.out), 0);
}

static size_t count(const char *text, const char *piece)
{
    size_t found = 0;

    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        found++;
    return found;
}

static void test_line(void **state)
{
    char text[256];

    (void)state;
    progress_format("modbus_tcp", &sample, text, sizeof text);
    assert_string_equal(text, "modbus_tcp: 48s left, 123456 inputs, 9956/s, 345 edges, findings: 1 "
                              "new, 2 known");
}

static void test_time_left_is_never_negative(void **state)
{
    struct engine_progress late = sample;
    char text[256];

    (void)state;
    late.elapsed_s = 61;
    progress_format("x", &late, text, sizeof text);
    assert_non_null(strstr(text, "x: 0s left"));
}

static void test_plain_lines_are_rare(void **state)
{
    struct capture capture;
    struct engine_progress now = sample;

    (void)state;
    capture_begin(&capture, false, false);
    for (int second = 0; second <= 25; second++) {
        now.elapsed_s = second;
        progress_update(&capture.progress, &now);
    }
    progress_end(&capture.progress);
    capture_end(&capture);
    assert_int_equal(count(capture.text, "\n"), 3);
    assert_int_equal(count(capture.text, "\033"), 0);
    assert_int_equal(count(capture.text, "\r"), 0);
    free(capture.text);
}

static void test_terminal_line_is_redrawn_and_removed(void **state)
{
    struct capture capture;

    (void)state;
    capture_begin(&capture, true, false);
    progress_update(&capture.progress, &sample);
    progress_update(&capture.progress, &sample);
    progress_end(&capture.progress);
    capture_end(&capture);
    assert_int_equal(count(capture.text, "\r\033[K"), 3);
    assert_int_equal(count(capture.text, "\n"), 0);
    assert_int_equal(count(capture.text, "48s left"), 2);
    free(capture.text);
}

static void test_announcement_is_safe_and_whole(void **state)
{
    struct capture capture;

    (void)state;
    capture_begin(&capture, true, false);
    progress_update(&capture.progress, &sample);
    progress_announce(&capture.progress, "F-1 \033]0;x\a");
    capture_end(&capture);
    assert_non_null(strstr(capture.text, "\r\033[KF-1 \\x1b]0;x\\x07\n"));
    free(capture.text);
}

static void test_no_color(void **state)
{
    struct progress progress;

    (void)state;
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    progress_begin(&progress, "x");
    assert_false(progress.colours);
    assert_int_equal(unsetenv("NO_COLOR"), 0);
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    progress_begin(&progress, "x");
    assert_false(progress.redraws);
    assert_false(progress.colours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_time_left_is_never_negative),
        cmocka_unit_test(test_plain_lines_are_rare),
        cmocka_unit_test(test_terminal_line_is_redrawn_and_removed),
        cmocka_unit_test(test_announcement_is_safe_and_whole),
        cmocka_unit_test(test_no_color),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
