#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/process.h"
#include "scenarios/history_minimise.h"

enum { PARTS = 48 };

/* Fails when all these parts are kept. */
struct culprits {
    const size_t *parts;
    size_t count;
    unsigned asked;
    int error;
};

static int ask(void *context, const bool *keep, bool *fails, struct diagnostic *diagnostic)
{
    struct culprits *culprits = context;

    (void)diagnostic;
    culprits->asked++;
    *fails = true;
    for (size_t i = 0; i < culprits->count; i++)
        *fails = *fails && keep[culprits->parts[i]];
    return culprits->error;
}

static unsigned minimise(struct culprits *culprits, unsigned attempts, bool *keep, int expected)
{
    const struct history_search search = {ask, culprits, attempts, process_clock_ms() + 60000};
    struct diagnostic diagnostic = {""};
    unsigned tried = 0;

    for (size_t i = 0; i < PARTS; i++)
        keep[i] = true;
    assert_int_equal(history_minimise(&search, keep, PARTS, &tried, &diagnostic), expected);
    assert_int_equal(tried, culprits->asked);
    assert_true(tried <= attempts);
    return tried;
}

static size_t count_kept(const bool *keep)
{
    size_t kept = 0;

    for (size_t i = 0; i < PARTS; i++)
        kept += keep[i];
    return kept;
}

static void the_last_part_is_tried_first(void **state)
{
    static const size_t last[] = {PARTS - 1};
    struct culprits culprits = {last, 1, 0, RIG_OK};
    bool keep[PARTS];

    (void)state;
    assert_int_equal(minimise(&culprits, 100, keep, RIG_OK), 1);
    assert_int_equal(count_kept(keep), 1);
    assert_true(keep[PARTS - 1]);
}

static void parts_that_fail_together_stay_together(void **state)
{
    static const size_t parts[] = {3, 17, 40};
    struct culprits culprits = {parts, 3, 0, RIG_OK};
    bool keep[PARTS];

    (void)state;
    (void)minimise(&culprits, 200, keep, RIG_OK);
    assert_int_equal(count_kept(keep), 3);
    assert_true(keep[3] && keep[17] && keep[40]);
}

static void attempts_are_bounded_and_what_is_left_still_fails(void **state)
{
    static const size_t parts[] = {0, 20, 47};
    struct culprits culprits = {parts, 3, 0, RIG_OK};
    bool keep[PARTS];

    (void)state;
    (void)minimise(&culprits, 5, keep, RIG_OK);
    assert_true(keep[0] && keep[20] && keep[47]);
}

static void an_error_ends_the_search(void **state)
{
    static const size_t parts[] = {0};
    struct culprits culprits = {parts, 1, 0, RIG_ERROR_INTERRUPTED};
    bool keep[PARTS];

    (void)state;
    assert_int_equal(minimise(&culprits, 100, keep, RIG_ERROR_INTERRUPTED), 1);
    assert_int_equal(count_kept(keep), PARTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_part_is_tried_first),
        cmocka_unit_test(parts_that_fail_together_stay_together),
        cmocka_unit_test(attempts_are_bounded_and_what_is_left_still_fails),
        cmocka_unit_test(an_error_ends_the_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
