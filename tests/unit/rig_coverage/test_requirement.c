/* Requirements on coverage: parsed strictly, met only by what was measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/requirement.h"

static void test_parses_a_list(void **state)
{
    struct coverage_requirements requirements;
    struct diagnostic diagnostic = {.text = ""};

    (void)state;
    assert_int_equal(
        coverage_requirements_parse("firmware/app=90,a=b=1", &requirements, &diagnostic), RIG_OK);
    assert_int_equal(requirements.count, 2);
    assert_string_equal(requirements.items[0].path, "firmware/app");
    assert_int_equal(requirements.items[0].percent, 90);
    assert_string_equal(requirements.items[1].path, "a=b");
    assert_int_equal(requirements.items[1].percent, 1);
    coverage_requirements_free(&requirements);
}

static void test_refuses_what_would_require_nothing(void **state)
{
    static const char *const cases[] = {",",       "src",    "src=",   "=90",     "src=0",
                                        "src=101", "src=-1", "src=9x", "/src=90", "a=90,src"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct coverage_requirements requirements;
        struct diagnostic diagnostic = {.text = ""};

        assert_int_equal(coverage_requirements_parse(cases[i], &requirements, &diagnostic),
                         RIG_ERROR_USAGE);
        assert_non_null(strstr(diagnostic.text, "FOLDER=PERCENT"));
        coverage_requirements_free(&requirements);
    }
}

static enum requirement_outcome check(char *path, unsigned percent, uint64_t covered,
                                      uint64_t lines)
{
    struct coverage coverage = {.project = NULL};
    struct coverage_requirement requirement = {path, percent};
    struct coverage_file *file = NULL;
    struct coverage_count count;
    enum requirement_outcome outcome;

    assert_int_equal(coverage_add_file(&coverage, "src/a.c", &file), RIG_OK);
    file->count.lines = lines;
    file->count.lines_covered = covered;
    outcome = coverage_requirement_check(&requirement, &coverage, &count);
    coverage_clear(&coverage);
    return outcome;
}

static void test_judges_at_the_limit(void **state)
{
    (void)state;
    assert_int_equal(check("src", 90, 900, 1000), REQUIREMENT_MET);
    assert_int_equal(check("src", 90, 899, 1000), REQUIREMENT_MISSED);
    assert_int_equal(check("src", 100, 999, 1000), REQUIREMENT_MISSED);
    assert_int_equal(check("src", 100, 1000, 1000), REQUIREMENT_MET);
    assert_int_equal(check("src", 1, 0, 1000), REQUIREMENT_MISSED);
}

static void test_a_folder_without_code_meets_nothing(void **state)
{
    (void)state;
    assert_int_equal(check("srcs", 1, 5, 5), REQUIREMENT_EMPTY);
    assert_int_equal(check("src", 1, 0, 0), REQUIREMENT_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses_a_list),
        cmocka_unit_test(test_refuses_what_would_require_nothing),
        cmocka_unit_test(test_judges_at_the_limit),
        cmocka_unit_test(test_a_folder_without_code_meets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
