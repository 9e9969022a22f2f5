/* crc.h against its published check values. */
#include "support.h"

#include "crc.h"

#include <string.h>

static const uint8_t check_input[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};

static void crc16_has_the_published_check_value(void **state)
{
    (void)state;
    assert_int_equal(crc16_modbus(check_input, sizeof check_input), 0x4B37);
}

static void crc16_of_nothing_is_the_start_value(void **state)
{
    (void)state;
    assert_int_equal(crc16_modbus(check_input, 0), 0xFFFF);
}

static void crc16_over_a_frame_with_its_crc_is_zero(void **state)
{
    uint8_t frame[] = {0x01, 0x04, 0x02, 0xFF, 0xFF, 0xB8, 0x80};

    (void)state;
    assert_int_equal(crc16_modbus(frame, sizeof frame), 0);
    frame[3] ^= 0x10U;
    assert_int_not_equal(crc16_modbus(frame, sizeof frame), 0);
}

static void crc32_has_the_published_check_value(void **state)
{
    (void)state;
    assert_int_equal(crc32_ieee(0, check_input, sizeof check_input), 0xCBF43926U);
    assert_int_equal(crc32_ieee(0, check_input, 0), 0);
}

static void crc32_goes_on_from_a_previous_result(void **state)
{
    (void)state;
    for (size_t first = 0; first <= sizeof check_input; first++) {
        uint32_t part = crc32_ieee(0, check_input, first);

        assert_int_equal(crc32_ieee(part, check_input + first, sizeof check_input - first),
                         0xCBF43926U);
    }
}

static void crc32_sees_each_single_bit(void **state)
{
    uint8_t copy[sizeof check_input];

    (void)state;
    for (size_t bit = 0; bit < 8U * sizeof copy; bit++) {
        memcpy(copy, check_input, sizeof copy);
        copy[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_not_equal(crc32_ieee(0, copy, sizeof copy), 0xCBF43926U);
        assert_int_not_equal(crc16_modbus(copy, sizeof copy), 0x4B37);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc16_has_the_published_check_value),
        cmocka_unit_test(crc16_of_nothing_is_the_start_value),
        cmocka_unit_test(crc16_over_a_frame_with_its_crc_is_zero),
        cmocka_unit_test(crc32_has_the_published_check_value),
        cmocka_unit_test(crc32_goes_on_from_a_previous_result),
        cmocka_unit_test(crc32_sees_each_single_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
