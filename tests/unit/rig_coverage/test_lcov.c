/* The lcov text of llvm-cov, sound and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/lcov.h"

static const struct project_code code = {"/project", "/project/build"};

/* What llvm-cov-14 prints: the static function of a header comes once for each file that includes
 * it, functions in no order of lines. */
static const char sound[] = "SF:/project/src/a.c\n"
                            "FN:20,beta\n"
                            "FN:10,a.c:alpha\n"
                            "FN:40,gamma\n"
                            "FNDA:7,beta\n"
                            "FNDA:0,a.c:alpha\n"
                            "FNDA:1,gamma\n"
                            "FNF:3\n"
                            "FNH:2\n"
                            "DA:7,0\n"
                            "DA:10,0\n"
                            "DA:11,0\n"
                            "DA:20,7\n"
                            "DA:21,0\n"
                            "DA:22,0\n"
                            "DA:23,7\n"
                            "DA:40,1\n"
                            "DA:41,0\n"
                            "BRDA:20,0,0,7\n"
                            "BRDA:20,0,1,-\n"
                            "BRF:2\n"
                            "BRH:1\n"
                            "LF:9\n"
                            "LH:4\n"
                            "end_of_record\n"
                            "SF:/project/src/h.h\n"
                            "FN:3,a.c:inlined\n"
                            "FN:3,b.c:inlined\n"
                            "FNDA:0,a.c:inlined\n"
                            "FNDA:2,b.c:inlined\n"
                            "DA:3,2\n"
                            "LF:1\n"
                            "LH:1\n"
                            "end_of_record\n"
                            "SF:/project/src/macros.h\n"
                            "DA:5,9\n"
                            "LF:0\n"
                            "LH:0\n"
                            "end_of_record\n"
                            "SF:/project/harnesses/h.c\n"
                            "LF:5\n"
                            "LH:5\n"
                            "end_of_record\n";

static int read_text(const char *text, struct coverage *coverage, struct diagnostic *diagnostic)
{
    struct lcov_reader *reader = lcov_reader_create(&code, coverage);
    int error;

    assert_non_null(reader);
    memset(coverage, 0, sizeof *coverage);
    while (*text != '\0') {
        const size_t size = strcspn(text, "\n");
        char line[256];

        assert_true(size < sizeof line);
        memcpy(line, text, size);
        line[size] = '\0';
        lcov_read_line(reader, line, size);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
    error = lcov_reader_end(reader, diagnostic);
    lcov_reader_destroy(reader);
    return error;
}

static void test_counts_and_what_is_never_reached(void **state)
{
    struct diagnostic diagnostic = {.text = ""};
    struct coverage coverage;
    const struct coverage_file *file;

    (void)state;
    assert_int_equal(read_text(sound, &coverage, &diagnostic), RIG_OK);
    assert_int_equal(coverage.file_count, 2);
    file = &coverage.files[0];
    assert_string_equal(file->path, "src/a.c");
    assert_string_equal(file->folder, "src");
    assert_true(file->is_in_program);
    assert_int_equal(file->count.lines, 9);
    assert_int_equal(file->count.lines_covered, 4);
    assert_int_equal(file->count.branches, 2);
    assert_int_equal(file->count.branches_covered, 1);
    assert_int_equal(file->never_entered.count, 1);
    assert_string_equal(file->never_entered.items[0], "alpha");
    assert_int_equal(file->never_reached_count, 2);
    assert_int_equal(file->never_reached[0].first, 21);
    assert_int_equal(file->never_reached[0].last, 22);
    assert_int_equal(file->never_reached[1].first, 41);
    assert_int_equal(file->never_reached[1].last, 41);
    coverage_clear(&coverage);
}

static void test_an_inline_function_is_entered_when_one_instance_is(void **state)
{
    struct diagnostic diagnostic = {.text = ""};
    struct coverage coverage;

    (void)state;
    assert_int_equal(read_text(sound, &coverage, &diagnostic), RIG_OK);
    assert_string_equal(coverage.files[1].path, "src/h.h");
    assert_int_equal(coverage.files[1].never_entered.count, 0);
    coverage_clear(&coverage);
}

static void test_nonsense_is_refused_with_its_line(void **state)
{
    static const char *const cases[] = {
        "DA:1,1\n",
        "SF:/project/a.c\nSF:/project/b.c\n",
        "SF:/project/a.c\nLF:1\n",
        "SF:/project/a.c\nDA:x,1\n",
        "SF:/project/a.c\nDA:1\n",
        "SF:/project/a.c\nDA:1,-1\n",
        "SF:/project/a.c\nDA:99999999999,0\n",
        "SF:/project/a.c\nDA:1,99999999999999999999999\n",
        "SF:/project/a.c\nFN:1\n",
        "SF:/project/a.c\nFN:1,a\nFNDA:1,b\n",
        "SF:/project/a.c\nFNDA:1,b\n",
        "SF:/project/a.c\nLF:1\nLH:2\nend_of_record\n",
        "SF:/project/a.c\nLF:1\nLH:1\nBRF:0\nBRH:1\nend_of_record\n",
        "SF:/project/a.c\nLF:18446744073709551616\n",
        "warning: no such file\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostic diagnostic = {.text = ""};
        struct coverage coverage;

        assert_int_equal(read_text(cases[i], &coverage, &diagnostic), RIG_ERROR_BENCH);
        assert_non_null(strstr(diagnostic.text, "at line "));
        coverage_clear(&coverage);
    }
}

static void test_a_nul_in_a_line_is_refused(void **state)
{
    struct diagnostic diagnostic = {.text = ""};
    struct coverage coverage = {.project = NULL};
    struct lcov_reader *reader = lcov_reader_create(&code, &coverage);

    (void)state;
    assert_non_null(reader);
    lcov_read_line(reader, "SF:/a\0b", 7);
    assert_int_equal(lcov_reader_end(reader, &diagnostic), RIG_ERROR_BENCH);
    lcov_reader_destroy(reader);
    coverage_clear(&coverage);
}

/* Each prefix of the text is read or refused; the sanitizers watch. */
static void test_text_that_is_cut_short(void **state)
{
    char text[sizeof sound];

    (void)state;
    for (size_t size = 0; size < sizeof sound; size++) {
        struct diagnostic diagnostic = {.text = ""};
        struct coverage coverage;
        int error;

        memcpy(text, sound, size);
        text[size] = '\0';
        error = read_text(text, &coverage, &diagnostic);
        assert_true(error == RIG_OK || error == RIG_ERROR_BENCH);
        coverage_clear(&coverage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_and_what_is_never_reached),
        cmocka_unit_test(test_an_inline_function_is_entered_when_one_instance_is),
        cmocka_unit_test(test_nonsense_is_refused_with_its_line),
        cmocka_unit_test(test_a_nul_in_a_line_is_refused),
        cmocka_unit_test(test_text_that_is_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
