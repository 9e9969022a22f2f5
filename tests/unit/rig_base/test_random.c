#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

/* The first numbers of the published algorithm from seed 1234567. */
static void the_sequence_is_the_published_one(void **state)
{
    uint64_t random = 1234567;

    (void)state;
    assert_true(random_next(&random) == UINT64_C(6457827717110365317));
    assert_true(random_next(&random) == UINT64_C(3203168211198807973));
    assert_true(random_next(&random) == UINT64_C(9817491932198370423));
}

static void numbers_stay_below_their_limit(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_in_range(random_below(&random, 7), 0, 6);
    assert_true(random_below(&random, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sequence_is_the_published_one),
        cmocka_unit_test(numbers_stay_below_their_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
