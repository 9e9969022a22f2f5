/* Elements of a Tcl list, as OpenOCD makes them and as it should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "target/tcl_list.h"

static char text[256];

static char *list_of(const char *list)
{
    (void)snprintf(text, sizeof(text), "%s", list);
    return text;
}

/* The first element; NULL when there is none. */
static const char *first(const char *list)
{
    char *at = list_of(list);
    char *element = NULL;

    return tcl_list_next(&at, &element) ? element : NULL;
}

static void test_elements(void **state)
{
    static const struct {
        const char *list;
        const char *element;
    } lists[] = {
        {"0", "0"},
        {"  running ", "running"},
        {"{}", ""},
        {"\"\"", ""},
        {"{two words}", "two words"},
        {"{a {nested} list}", "a {nested} list"},
        {"{a \\} brace} b", "a \\} brace"},
        {"\"quoted words\" b", "quoted words"},
        {"\"a \\\" quote\"", "a \" quote"},
        {"a\\ b\\{\\n c", "a b{\n"},
        {"%s%n", "%s%n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        assert_string_equal(first(lists[i].list), lists[i].element);
    }
}

static void test_what_is_no_element(void **state)
{
    static const char *const lists[] = {"", "   ", "{", "{a", "{a {b}", "{a}b", "\"a", "\"a\"b"};

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        assert_null(first(lists[i]));
    }
}

static void test_one_after_the_other(void **state)
{
    char *list = list_of("1 {a b} \"\" last");
    char *element = NULL;

    (void)state;
    assert_true(tcl_list_next(&list, &element));
    assert_string_equal(element, "1");
    assert_true(tcl_list_next(&list, &element));
    assert_string_equal(element, "a b");
    assert_true(tcl_list_next(&list, &element));
    assert_string_equal(element, "");
    assert_true(tcl_list_next(&list, &element));
    assert_string_equal(element, "last");
    assert_false(tcl_list_next(&list, &element));
}

/* A backslash at the very end stands for itself. */
static void test_backslash_at_the_end(void **state)
{
    (void)state;
    assert_string_equal(first("a\\"), "a\\");
    assert_null(first("{a\\"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_what_is_no_element),
        cmocka_unit_test(test_one_after_the_other),
        cmocka_unit_test(test_backslash_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
