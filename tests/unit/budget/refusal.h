/* refusal.h - what the code under test refused, in place of its line on standard error. */
#ifndef TESTS_REFUSAL_H
#define TESTS_REFUSAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

extern char refusal[512]; /* the last one */

/* `result` must be -1, and the last refusal must hold `text`. */
void assert_refused(int result, const char *text);

#endif
