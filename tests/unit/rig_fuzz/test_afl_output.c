#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "fuzz/afl_output.h"

static enum afl_line read_line(const char *line, char name[AFL_NAME_SIZE])
{
    return afl_output_read(line, strlen(line), name);
}

static void test_lines_of_the_start(void **state)
{
    char name[AFL_NAME_SIZE] = "";

    (void)state;
    assert_int_equal(read_line("\x1b[1;94m[*] \x1b[0mAttempting dry run with "
                               "'id:000001,time:0,execs:0,orig:two'...\x1b[0m",
                               name),
                     AFL_LINE_TRIES);
    assert_string_equal(name, "id:000001,time:0,execs:0,orig:two");
    assert_int_equal(read_line("[!] WARNING: Test case 'id:000001,time:0,execs:0,orig:two' results "
                               "in a crash, skipping",
                               name),
                     AFL_LINE_FAILS);
    assert_int_equal(read_line("[!] WARNING: Test case results in a timeout (skipping)", name),
                     AFL_LINE_HANGS);
    assert_int_equal(read_line("[-] PROGRAM ABORT : No usable test cases in 'x'", name),
                     AFL_LINE_ABORT);
    assert_int_equal(read_line("[*] Fuzzing test case #0 (1 total, 0 crashes saved)...", name),
                     AFL_LINE_OTHER);
    assert_int_equal(read_line("", name), AFL_LINE_OTHER);
}

/* A name that leaves its folder is none. */
static void test_hostile_names(void **state)
{
    char long_name[AFL_NAME_SIZE + 1];
    char name[AFL_NAME_SIZE] = "";

    (void)state;
    memset(long_name, 'a', sizeof(long_name) - 1);
    memcpy(long_name, "id:", 3);
    long_name[sizeof(long_name) - 1] = '\0';
    assert_true(afl_is_input_name("id:000001,src:000000,+cov"));
    assert_false(afl_is_input_name("id:000001/../../x"));
    assert_false(afl_is_input_name("id:000001\n"));
    assert_false(afl_is_input_name("README.txt"));
    assert_false(afl_is_input_name(".."));
    assert_false(afl_is_input_name(""));
    assert_false(afl_is_input_name(long_name));
    assert_int_equal(read_line("Attempting dry run with 'id:1/../../etc/passwd'...", name),
                     AFL_LINE_OTHER);
    assert_int_equal(read_line("Attempting dry run with 'id:1", name), AFL_LINE_OTHER);
    assert_int_equal(read_line("Attempting dry run with ''...", name), AFL_LINE_OTHER);
    assert_string_equal(name, "");
}

static void plain(const char *line, size_t size, const char *expected)
{
    char text[64];

    afl_output_plain(line, size, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void test_colours_are_taken_off(void **state)
{
    (void)state;
    plain("\x1b[1;91m[-] \x1b[0mno", 17, "[-] no");
    plain("a\x1b[31mb\x1b", 8, "ab\\x1b");
    plain("a\x1b[1;2;3", 8, "a");
    plain("a\x07\0b  ", 6, "a\\x07\\x00b");
    plain("", 0, "");
}

static struct afl_figures stats(const char *text)
{
    struct afl_figures figures = {.stability = NAN};

    afl_stats_read(text, strlen(text), &figures);
    return figures;
}

static void test_fuzzer_stats(void **state)
{
    struct afl_figures figures;

    (void)state;
    figures = stats("start_time        : 1795375990\nexecs_done        : 93790\n"
                    "execs_per_sec     : 11714.96\nstability         : 89.25%\n"
                    "edges_found       : 530\ntotal_edges       : 2621\n");
    assert_int_equal(figures.execs, 93790);
    assert_int_equal(figures.edges, 530);
    assert_true(fabs(figures.stability - 89.25) < 1e-9);
    assert_true(fabs(stats("stability         : 100.00%").stability - 100.0) < 1e-9);
    assert_true(fabs(stats("stability : 7%\n").stability - 7.0) < 1e-9);
}

static void test_fuzzer_stats_that_are_wrong(void **state)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        "execs_done",
        "execs_done :",
        "execs_done : -1\n",
        "execs_done : 1234567890123456789012\n",
        "xexecs_done : 1\n",
        "edges_found 7\n",
        "stability : nan%\n",
        "stability : 101.00%\n",
        "stability : 999999999999999999999%\n",
        "stability : .5%\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct afl_figures figures = stats(texts[i]);

        assert_int_equal(figures.execs, 0);
        assert_int_equal(figures.edges, 0);
        assert_true(isnan(figures.stability));
    }
}

static struct afl_figures plot(const char *text)
{
    struct afl_figures figures = {.stability = NAN};

    afl_plot_read(text, strlen(text), &figures);
    return figures;
}

static void test_plot_data(void **state)
{
    static const char *const wrong[] = {"",
                                        "\n",
                                        "# relative_time, cycles_done, cur_item\n",
                                        "1, 2, 3\n",
                                        "0,0,0,0,0,0,0,0,0,0,0,x,y\n",
                                        ",,,,,,,,,,,,,,,,,,\n",
                                        "0, 0, 0, 0, 0, 0, 0%, 0, 0, 0, 0.0, 44, 5"};
    struct afl_figures figures;

    (void)state;
    figures = plot("5, 0, 1, 36, 30, 3, 20.22%, 0, 0, 2, 11714.96, 100, 50\n"
                   "10, 1, 1, 36, 30, 3, 20.22%, 0, 0, 2, 11714.96, 93790, 530\n"
                   "15, 1, 1, 36, 30, 3, 20.22%, 0, 0, 2, 11714.96, 9");
    assert_int_equal(figures.execs, 93790);
    assert_int_equal(figures.edges, 530);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(plot(wrong[i]).execs, 0);
        assert_int_equal(plot(wrong[i]).edges, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_the_start),          cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_colours_are_taken_off),       cmocka_unit_test(test_fuzzer_stats),
        cmocka_unit_test(test_fuzzer_stats_that_are_wrong), cmocka_unit_test(test_plot_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
