#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "fuzz/corpus.h"
#include "scratch.h"

static size_t count_files(const char *folder)
{
    struct text_list names = {0};
    struct diagnostic diagnostic = {""};
    size_t count;

    assert_int_equal(file_list(folder, &names, &diagnostic), RIG_OK);
    count = names.count;
    text_list_free(&names);
    return count;
}

static void test_removes_links_and_leaves_the_files(void **state)
{
    char *folder = scratch_make();
    char *one = scratch_path(folder, "one");
    char *two = scratch_path(folder, "two");
    char *missing = scratch_path(folder, "missing");
    char *start = scratch_path(folder, "start");
    char *input = scratch_path(folder, "input");
    const char *const folders[] = {one, missing, two, NULL};
    struct diagnostic diagnostic = {""};
    (void)state;

    scratch_write(folder, "one/same", "first");
    scratch_write(folder, "two/same", "second");
    scratch_write(folder, "two/long", "second and more");
    scratch_write(folder, "two/folder/inside", "third");
    scratch_write(folder, "input", "second");
    assert_int_equal(corpus_link(folders, start, &diagnostic), RIG_OK);
    assert_int_equal(count_files(start), 3);
    assert_int_equal(corpus_remove_equal(start, input, 6, &diagnostic), RIG_OK);
    assert_int_equal(count_files(start), 1);
    assert_int_equal(count_files(two), 3);
    free(one);
    free(two);
    free(missing);
    free(start);
    free(input);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_removes_links_and_leaves_the_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
