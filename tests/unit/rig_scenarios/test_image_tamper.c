/* Images that were genuine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scenarios/image_tamper.h"

enum { SIZE = 2048, SEEDS = 300 };

static struct file_content make_image(size_t size)
{
    struct file_content image = {malloc(size + 1), size};

    assert_non_null(image.bytes);
    for (size_t i = 0; i <= size; i++)
        image.bytes[i] = (uint8_t)(i * 7);
    return image;
}

/* The first byte that differs; the size when none does. */
static size_t first_difference(const struct file_content *one, const struct file_content *other)
{
    const size_t size = one->size < other->size ? one->size : other->size;
    size_t at = 0;

    while (at < size && one->bytes[at] == other->bytes[at])
        at++;
    return at;
}

static unsigned bits_turned(const struct file_content *one, const struct file_content *other)
{
    unsigned count = 0;

    for (size_t i = 0; i < one->size && i < other->size; i++) {
        for (unsigned different = one->bytes[i] ^ other->bytes[i]; different != 0; different >>= 1)
            count += different & 1u;
    }
    return count;
}

static void expect_place(enum tamper_kind kind, size_t at)
{
    switch (kind) {
    case TAMPER_HEAD:
        assert_in_range(at, 0, TAMPER_HEAD_SIZE - 1);
        break;
    case TAMPER_BODY:
        assert_in_range(at, TAMPER_HEAD_SIZE, SIZE - 1);
        break;
    case TAMPER_TAIL:
        assert_in_range(at, SIZE - TAMPER_TAIL_SIZE, SIZE - 1);
        break;
    default:
        assert_int_equal(at, SIZE - 1);
        break;
    }
}

static void one_bit_is_turned_where_the_kind_says(void **state)
{
    static const enum tamper_kind kinds[] = {TAMPER_HEAD, TAMPER_BODY, TAMPER_TAIL, TAMPER_LAST};
    const struct file_content genuine = make_image(SIZE);
    struct diagnostic unused;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct file_content image = make_image(SIZE);
            char what[TAMPER_WHAT];
            uint64_t random = seed;

            assert_int_equal(image_tamper(&image, kinds[i], &random, what, &unused), RIG_OK);
            assert_int_equal(image.size, SIZE);
            assert_int_equal(bits_turned(&genuine, &image), 1);
            expect_place(kinds[i], first_difference(&genuine, &image));
            free(image.bytes);
        }
    }
    free(genuine.bytes);
}

static void what_is_left_is_as_it_was(void **state)
{
    const struct file_content genuine = make_image(SIZE);
    struct diagnostic unused;
    unsigned by_one = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct file_content shorter = make_image(SIZE);
        struct file_content longer = make_image(SIZE);
        char what[TAMPER_WHAT];
        uint64_t random = seed;

        assert_int_equal(image_tamper(&shorter, TAMPER_SHORT, &random, what, &unused), RIG_OK);
        assert_int_equal(image_tamper(&longer, TAMPER_LONG, &random, what, &unused), RIG_OK);
        assert_in_range(shorter.size, SIZE / 2, SIZE - 1);
        assert_in_range(longer.size, SIZE + 1, SIZE + TAMPER_MORE);
        assert_int_equal(first_difference(&genuine, &shorter), shorter.size);
        assert_int_equal(first_difference(&genuine, &longer), SIZE);
        by_one += shorter.size == SIZE - 1;
        free(shorter.bytes);
        free(longer.bytes);
    }
    assert_in_range(by_one, SEEDS / 4, SEEDS - SEEDS / 4);
    free(genuine.bytes);
}

static void what_is_no_image_is_refused(void **state)
{
    struct file_content image = make_image(TAMPER_SIZE_MIN - 1);
    struct diagnostic unused;
    char what[TAMPER_WHAT];
    uint64_t random = 1;

    (void)state;
    assert_int_equal(image_tamper(&image, TAMPER_HEAD, &random, what, &unused),
                     RIG_ERROR_CONFIGURATION);
    free(image.bytes);
}

static void kinds_have_names(void **state)
{
    enum tamper_kind kind = TAMPER_KINDS;

    (void)state;
    for (size_t i = 0; i < TAMPER_KINDS; i++) {
        assert_true(tamper_find(tamper_name((enum tamper_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(tamper_find("", &kind));
    assert_false(tamper_find("heads", &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bit_is_turned_where_the_kind_says),
        cmocka_unit_test(what_is_left_is_as_it_was),
        cmocka_unit_test(what_is_no_image_is_refused),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
