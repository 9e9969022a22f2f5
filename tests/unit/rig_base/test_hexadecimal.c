#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hexadecimal.h"

static void test_reads_what_it_writes(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x0F, 0xF0, 0xA5, 0xFF};
    uint8_t read[sizeof bytes] = {0};
    char text[2 * sizeof bytes + 1];
    size_t size = 0;

    (void)state;
    hexadecimal_write(bytes, sizeof bytes, text);
    assert_string_equal(text, "000ff0a5ff");
    assert_true(hexadecimal_read(text, read, sizeof read, &size));
    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(read, bytes, sizeof bytes);
    assert_true(hexadecimal_read("A5fF", read, sizeof read, &size));
    assert_int_equal(read[0] << 8 | read[1], 0xA5FF);
}

static void test_refuses_what_is_none(void **state)
{
    static const char *const wrong[] = {"", "0", "000", "0g", "g0", "0x", "00 ", "00\n", "001122"};
    uint8_t bytes[2];
    size_t size = 7;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(hexadecimal_read(wrong[i], bytes, sizeof bytes, &size));
    }
    assert_int_equal(size, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_it_writes),
        cmocka_unit_test(test_refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
