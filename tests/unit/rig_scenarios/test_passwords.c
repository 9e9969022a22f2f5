#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/passwords.h"

static void wrong_ones_are_wrong(void **state)
{
    static const char *const rights[] = {"YN34-KJ95-3BL8-4MYP", "1234", "a-", "x", ""};
    uint64_t random = 1;

    (void)state;
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
        for (unsigned j = 0; j < 1000; j++) {
            char wrong[ADAPTER_PASSWORD];

            password_make_wrong(rights[i], &random, wrong);
            assert_string_not_equal(wrong, rights[i]);
            assert_true(strlen(wrong) > 0 && strlen(wrong) < ADAPTER_PASSWORD);
        }
    }
}

static void some_are_nearly_right(void **state)
{
    uint64_t random = 1;
    bool shorter = false;
    bool longer = false;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        char wrong[ADAPTER_PASSWORD];

        password_make_wrong("YN34-KJ95", &random, wrong);
        shorter = shorter || strcmp(wrong, "YN34-KJ9") == 0;
        longer = longer || (strncmp(wrong, "YN34-KJ95", 9) == 0 && strlen(wrong) == 10);
    }
    assert_true(shorter && longer);
}

static void the_same_seed_draws_the_same(void **state)
{
    uint64_t one = 5;
    uint64_t other = 5;
    char a[ADAPTER_PASSWORD];
    char b[ADAPTER_PASSWORD];

    (void)state;
    password_make_new(&one, a);
    password_make_new(&other, b);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), 20);
    password_make_new(&one, b);
    assert_string_not_equal(a, b);
}

static void bits_are_an_upper_bound(void **state)
{
    (void)state;
    assert_true(password_bits("") < 0.01);
    assert_true(password_bits("1234") > 13.2 && password_bits("1234") < 13.4);
    assert_true(password_bits("12-34") < 13.4);
    assert_true(password_bits("abcd") > 18.7 && password_bits("abcd") < 18.9);
    assert_true(password_bits("YN34-KJ95-3BL8-4MYP") > 80);
}

static void alike_are_counted_ones(void **state)
{
    (void)state;
    assert_int_equal(password_alike_percent("same", "same"), 100);
    assert_int_equal(password_alike_percent("", ""), 100);
    assert_int_equal(password_alike_percent("0001-0001", "0001-0002"), 87);
    assert_int_equal(password_alike_percent("ABCD-EFGH", "IJKL-MNOP"), 0);
    assert_int_equal(password_alike_percent("abcd", "ab"), 50);
}

static void read_off_is_the_longest_piece(void **state)
{
    static const char number[] = "4f3c9a21b7d05e6688c2f10a97be43d1";

    (void)state;
    assert_int_equal(password_read_off_percent("4F3C-9A21-B7D0-5E66", number), 100);
    assert_int_equal(password_read_off_percent("97be43d1", number), 100);
    assert_int_equal(password_read_off_percent("HTH-97be43d1", number), 72);
    assert_int_equal(password_read_off_percent("4F3C-9A21-XXXX-XXXX", number), 50);
    assert_int_equal(password_read_off_percent("4F9A-B75E-88F1-97D1", number), 12);
    assert_int_equal(password_read_off_percent("WXYZ", number), 0);
    assert_int_equal(password_read_off_percent("4F3C", "00:4f:3c"), 100);
    assert_int_equal(password_read_off_percent("4F3C", ""), 0);
    assert_int_equal(password_read_off_percent("", number), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_ones_are_wrong),
        cmocka_unit_test(some_are_nearly_right),
        cmocka_unit_test(the_same_seed_draws_the_same),
        cmocka_unit_test(bits_are_an_upper_bound),
        cmocka_unit_test(alike_are_counted_ones),
        cmocka_unit_test(read_off_is_the_longest_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
