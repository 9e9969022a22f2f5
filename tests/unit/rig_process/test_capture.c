#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/capture.h"

static struct capture opened(size_t limit)
{
    struct capture capture = {0};

    assert_int_equal(capture_open(&capture, limit), RIG_OK);
    return capture;
}

static void test_keeps_everything_up_to_the_limit(void **state)
{
    static const char *const texts[] = {"", "a", "abcde", "abcdefghi", "abcdefghij"};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct capture capture = opened(10);

        capture_append(&capture, texts[i], strlen(texts[i]));
        capture_close(&capture);
        assert_int_equal(capture.size, strlen(texts[i]));
        assert_string_equal(capture.data, texts[i]);
        capture_free(&capture);
    }
}

static void test_keeps_both_ends_of_more(void **state)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
    (void)state;

    /* In pieces of every size: the ring wraps at every place. */
    for (size_t piece = 1; piece <= 26; piece++) {
        struct capture capture = opened(10);

        for (size_t at = 0; at < 26; at += piece) {
            size_t left = 26 - at;

            capture_append(&capture, alphabet + at, left < piece ? left : piece);
        }
        capture_close(&capture);
        assert_string_equal(capture.data, "abcde\n[16 bytes left out]\nvwxyz");
        assert_int_equal(capture.size, strlen(capture.data));
        capture_free(&capture);
    }
}

static void test_closes_once(void **state)
{
    struct capture capture = opened(4);
    (void)state;

    capture_append(&capture, "123456", 6);
    capture_close(&capture);
    capture_close(&capture);
    assert_string_equal(capture.data, "12\n[2 bytes left out]\n56");
    capture_free(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_everything_up_to_the_limit),
        cmocka_unit_test(test_keeps_both_ends_of_more),
        cmocka_unit_test(test_closes_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
