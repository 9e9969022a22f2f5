/* test_choice.h - one test of a program, chosen by its name on the command line. */
#ifndef TESTS_TEST_CHOICE_H
#define TESTS_TEST_CHOICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

/*
 * Without an argument all tests run, with one the test of that name. False, after saying so with the
 * names that there are, if there is no such test: a run of no test would pass.
 */
bool test_choice(int argc, char **argv, const struct CMUnitTest *tests, size_t count);

#endif
