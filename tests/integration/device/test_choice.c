#include "test_choice.h"

#include <stdio.h>
#include <string.h>

static bool is_there(const char *name, const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tests[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool test_choice(int argc, char **argv, const struct CMUnitTest *tests, size_t count)
{
    if (argc == 1) {
        return true;
    }
    if (argc == 2 && is_there(argv[1], tests, count)) {
        cmocka_set_test_filter(argv[1]);
        return true;
    }
    (void)fprintf(stderr, "usage: %s [TEST]; the tests are\n", argv[0]);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(stderr, "  %s\n", tests[i].name);
    }
    return false;
}
