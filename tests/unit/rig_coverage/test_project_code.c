/* Which files are code under test, and those that no program holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/project_code.h"

#include <stdlib.h>

#include "scratch.h"

static void test_what_is_code_under_test(void **state)
{
    static const struct project_code code = {"/p", "/p/out"};
    static const struct {
        const char *path;
        const char *relative;
    } cases[] = {
        {"/p/src/a.c", "src/a.c"},
        {"/p/a.c", "a.c"},
        {"/p/harnesses.c", "harnesses.c"},
        {"/p/outer/a.c", "outer/a.c"},
        {"/p/src/harnesses/a.c", "src/harnesses/a.c"},
        {"/p/harnesses/a.c", NULL},
        {"/p/out/generated.c", NULL},
        {"/p/.sources/lib/a.c", NULL},
        {"/p/src/.hidden/a.c", NULL},
        {"/p/src/../../etc/a.c", NULL},
        {"/pp/a.c", NULL},
        {"/usr/include/stdio.h", NULL},
        {"/p", NULL},
        {"/p/", NULL},
        {"src/a.c", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *relative = project_code_path(&code, cases[i].path);

        if (cases[i].relative == NULL)
            assert_null(relative);
        else
            assert_string_equal(relative, cases[i].relative);
    }
}

static void add(struct coverage *coverage, const char *path)
{
    struct coverage_file *file = NULL;

    assert_int_equal(coverage_add_file(coverage, path, &file), RIG_OK);
    file->is_in_program = true;
    file->count.lines = 1;
    file->count.lines_covered = 1;
}

static void test_code_that_no_program_holds_is_not_covered(void **state)
{
    static const char forgotten[] = "/* A file\n * of ours. */\n#include <stdio.h>\n\n"
                                    "// one function\nint f(void)\n{\n"
                                    "    /* a */ /* b */\n    return 1; // 1\n}\n";
    char *folder = scratch_make();
    const struct project_code code = {folder, "/nowhere"};
    struct coverage coverage = {.project = NULL};
    struct diagnostic diagnostic = {.text = ""};
    struct coverage_count sum;

    (void)state;
    scratch_write(folder, "src/known.c", "int g(void)\n{\n}\n");
    scratch_write(folder, "src/forgotten.c", forgotten);
    scratch_write(folder, "src/table.c", "const int table[] = {1, 2};\n");
    scratch_write(folder, "src/notes.txt", forgotten);
    scratch_write(folder, "other/elsewhere.c", forgotten);
    scratch_write(folder, "beside.c", "/* unclosed int f(void) {");
    add(&coverage, "src/known.c");
    add(&coverage, "top.c");
    coverage_sort(&coverage);
    assert_int_equal(project_code_add_missing(&code, &coverage, &diagnostic), RIG_OK);
    assert_int_equal(coverage_sum(&coverage, "src", &sum), 2);
    assert_int_equal(coverage_sum(&coverage, "other", &sum), 0);
    assert_int_equal(coverage_sum(&coverage, "src/forgotten.c", &sum), 1);
    assert_int_equal(sum.lines, 4);
    assert_int_equal(sum.lines_covered, 0);
    coverage_clear(&coverage);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_code_under_test),
        cmocka_unit_test(test_code_that_no_program_holds_is_not_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
