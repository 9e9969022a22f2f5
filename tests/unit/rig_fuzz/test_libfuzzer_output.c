#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/libfuzzer_output.h"

static bool read_line(const char *line, struct libfuzzer_figures *figures)
{
    return libfuzzer_output_read(line, strlen(line), figures);
}

static void test_reads_what_libfuzzer_prints(void **state)
{
    struct libfuzzer_figures figures = {0};
    (void)state;

    assert_true(read_line("#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 30Mb", &figures));
    assert_true(figures.is_initialised);
    assert_true(read_line(
        "#4096\tpulse  cov: 45 ft: 61 corp: 12/80b lim: 43 exec/s: 2048 rss: 31Mb", &figures));
    assert_int_equal(figures.execs, 4096);
    assert_int_equal(figures.edges, 45);
    assert_int_equal(figures.corpus, 12);
    assert_true(read_line("stat::number_of_executed_units: 5000", &figures));
    assert_int_equal(figures.execs, 5000);
}

static void test_figures_never_fall(void **state)
{
    struct libfuzzer_figures figures = {0};
    (void)state;

    assert_true(read_line("#900\tNEW    cov: 45 ft: 61 corp: 12/80b", &figures));
    assert_true(read_line("#100\tNEW    cov: 5 ft: 6 corp: 1/8b", &figures));
    assert_int_equal(figures.execs, 900);
    assert_int_equal(figures.edges, 45);
}

static void test_hostile_lines_do_no_harm(void **state)
{
    static const char *const lines[] = {
        "",
        "#",
        "#\t",
        "#x\tcov: 1",
        "# 12\t",
        "cov: 12",
        "#99999999999999999999999999\tcov: 3",
        "stat::number_of_executed_units:",
        "stat::number_of_executed_units: -5",
        "    #1 0x55 in frame /a.c:1:2",
    };
    struct libfuzzer_figures figures = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        (void)read_line(lines[i], &figures);
        assert_int_equal(figures.execs, 0);
        assert_int_equal(figures.edges, 0);
    }
    assert_true(libfuzzer_output_read("#7\t\0 cov: 8 ", 12, &figures));
    assert_int_equal(figures.edges, 8);
    assert_true(read_line("#8\t cov: 99999999999999999999", &figures));
    assert_int_equal(figures.edges, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_libfuzzer_prints),
        cmocka_unit_test(test_figures_never_fall),
        cmocka_unit_test(test_hostile_lines_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
