/* The private bus: breakpoints, watchpoints, the ROM table, and what is the core's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_core.h"
#include "virtual_probe/private_bus.h"
#include "virtual_probe/rom_table.h"

enum {
    CPUID = (int)0xE000ED00,
    AIRCR = (int)0xE000ED0C,
    FP_CTRL = (int)0xE0002000,
    FP_COMP0 = (int)0xE0002008,
    DWT_CTRL = (int)0xE0001000,
    DWT_COMP0 = (int)0xE0001020,
    DWT_MASK0 = (int)0xE0001024,
    DWT_FUNCTION0 = (int)0xE0001028,
    M33 = 0x410FD214,
    M3 = 0x412FC231,
};

static struct {
    uint32_t address;
    uint32_t value;
    unsigned writes;
    bool gone;
} rest;

static bool read_rest(void *context, uint32_t address, uint32_t *value)
{
    (void)context;
    rest.address = address;
    *value = 0x12345678;
    return !rest.gone;
}

static bool write_rest(void *context, uint32_t address, uint32_t value)
{
    (void)context;
    rest.address = address;
    rest.value = value;
    rest.writes++;
    return !rest.gone;
}

static struct private_bus bus;

static void power_up(uint32_t cpuid)
{
    static const struct private_bus_rest far_end = {NULL, read_rest, write_rest};

    memset(&rest, 0, sizeof(rest));
    memset(&fake_core, 0, sizeof(fake_core));
    private_bus_init(&bus, core_kind_find(cpuid), &fake_control, &far_end);
}

static int set_up_v8(void **state)
{
    (void)state;
    power_up(M33);
    return 0;
}

static int set_up_v7(void **state)
{
    (void)state;
    power_up(M3);
    return 0;
}

static uint32_t get_part(uint32_t address, unsigned size)
{
    const struct memory_access access = {address, size, true};
    uint32_t value = 0;

    assert_true(private_bus_holds(address));
    assert_true(private_bus_read(&bus, &access, &value));
    return value;
}

static uint32_t get(int address)
{
    return get_part((uint32_t)address, 4);
}

static void put(int address, uint32_t value)
{
    const struct memory_access access = {(uint32_t)address, 4, true};

    assert_true(private_bus_write(&bus, &access, value));
}

static void expect_points(size_t count, enum core_point_kind kind, uint32_t address, uint32_t size)
{
    assert_int_equal(fake_core.point_count, count);
    if (count > 0) {
        assert_int_equal(fake_core.points[count - 1].kind, kind);
        assert_int_equal(fake_core.points[count - 1].address, address);
        assert_int_equal(fake_core.points[count - 1].size, size);
    }
}

static void test_what_is_the_cores_own(void **state)
{
    struct memory_access half = {(uint32_t)AIRCR, 2, true};

    (void)state;
    assert_int_equal(get(CPUID), 0x12345678);
    assert_int_equal(rest.address, (uint32_t)CPUID);
    assert_int_equal(get_part((uint32_t)CPUID + 2, 2) & 0xFFFF, 0x1234);
    put(AIRCR, 0x05FA0300);
    assert_int_equal(rest.value, 0x05FA0300);
    assert_true(private_bus_write(&bus, &half, 0xFFFF));
    assert_int_equal(rest.writes, 1);
    put(AIRCR, 0x05FA0004);
    assert_int_equal(rest.writes, 1);
    assert_int_equal(fake_core.resets, 1);
    rest.gone = true;
    half.address = (uint32_t)CPUID;
    assert_false(private_bus_read(&bus, &half, &rest.value));
}

static void test_where_it_begins_and_ends(void **state)
{
    (void)state;
    assert_false(private_bus_holds(0xDFFFFFFF));
    assert_true(private_bus_holds(0xE0000000));
    assert_true(private_bus_holds(0xE00FFFFF));
    assert_false(private_bus_holds(0xE0100000));
}

static void test_breakpoints_of_version_2(void **state)
{
    (void)state;
    assert_int_equal(get(FP_CTRL), 0x10000080);
    put(FP_COMP0, 0x80000101);
    expect_points(0, 0, 0, 0);
    put(FP_CTRL, 1); /* without the key */
    expect_points(0, 0, 0, 0);
    put(FP_CTRL, 3);
    expect_points(1, CORE_POINT_BREAK, 0x80000100, 2);
    assert_int_equal(get(FP_CTRL), 0x10000081);
    put(FP_COMP0 + 4 * 7, 0x10000003);
    expect_points(2, CORE_POINT_BREAK, 0x10000002, 2);
    put(FP_COMP0 + 4 * 8, 0x10000005); /* there is no ninth */
    expect_points(2, CORE_POINT_BREAK, 0x10000002, 2);
    put(FP_COMP0, 0);
    expect_points(1, CORE_POINT_BREAK, 0x10000002, 2);
}

static void test_breakpoints_of_version_1(void **state)
{
    (void)state;
    assert_int_equal(get(FP_CTRL), 0x60);
    put(FP_CTRL, 3);
    put(FP_COMP0, 0x40000101);
    expect_points(1, CORE_POINT_BREAK, 0x100, 2);
    put(FP_COMP0, 0x80000101);
    expect_points(1, CORE_POINT_BREAK, 0x102, 2);
    put(FP_COMP0, 0x00000101); /* a patch */
    expect_points(0, 0, 0, 0);
}

static void test_watchpoints_of_v8(void **state)
{
    (void)state;
    assert_int_equal(get(DWT_CTRL), 0x4F000000);
    put(DWT_COMP0, 0x20000012);
    put(DWT_FUNCTION0, 5 | 1 << 4 | 2 << 10);
    expect_points(1, CORE_POINT_WRITE, 0x20000010, 4);
    put(DWT_FUNCTION0, 6 | 1 << 4);
    expect_points(1, CORE_POINT_READ, 0x20000012, 1);
    put(DWT_FUNCTION0, 4 | 1 << 4 | 1 << 10);
    expect_points(1, CORE_POINT_ACCESS, 0x20000012, 2);
    put(DWT_FUNCTION0, 4); /* nothing happens then */
    expect_points(0, 0, 0, 0);
    put(DWT_FUNCTION0, 2 | 1 << 4); /* an instruction */
    expect_points(0, 0, 0, 0);
}

static void test_watchpoints_of_v7(void **state)
{
    (void)state;
    put(DWT_COMP0, 0x20000017);
    put(DWT_MASK0, 3);
    put(DWT_FUNCTION0, 7);
    expect_points(1, CORE_POINT_ACCESS, 0x20000010, 8);
    put(DWT_MASK0, UINT32_MAX);
    assert_int_equal(get(DWT_MASK0), 15);
    put(DWT_FUNCTION0, 4);
    expect_points(0, 0, 0, 0);
}

static void test_match_is_read_once(void **state)
{
    (void)state;
    put(DWT_COMP0, 0x20000010);
    put(DWT_FUNCTION0, 5 | 1 << 4 | 2 << 10);
    watchpoint_unit_matched(&bus.watchpoints, 0x20000014);
    assert_int_equal(get(DWT_FUNCTION0) & 1 << 24, 0);
    watchpoint_unit_matched(&bus.watchpoints, 0x20000013);
    assert_int_equal(get(DWT_FUNCTION0) & 1 << 24, 1 << 24);
    assert_int_equal(get(DWT_FUNCTION0) & 1 << 24, 0);
}

/* By the table a debugger finds each component, which says what it is. */
static void test_rom_table(void **state)
{
    static const struct {
        uint32_t base;
        uint8_t part;
    } components[] = {{0xE000E000, 0x0C}, {0xE0001000, 0x02}, {0xE0002000, 0x03}};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t entry = get_part((uint32_t)ROM_TABLE_ADDRESS + 4 * i, 4);

        assert_int_equal(entry & 0xFFF, 3);
        assert_int_equal(ROM_TABLE_ADDRESS + (entry & 0xFFFFF000), components[i].base);
        assert_int_equal(get_part(components[i].base + 0xFE0, 4), components[i].part);
        assert_int_equal(get_part(components[i].base + 0xFF0, 4), 0x0D);
        assert_int_equal(get_part(components[i].base + 0xFF4, 4), 0xE0);
        assert_int_equal(get_part(components[i].base + 0xFFC, 4), 0xB1);
    }
    assert_int_equal(get_part((uint32_t)ROM_TABLE_ADDRESS + 12, 4), 0);
    assert_int_equal(get_part((uint32_t)ROM_TABLE_ADDRESS + 0xFF4, 4), 0x10);
}

static void test_power_lost(void **state)
{
    (void)state;
    put(FP_CTRL, 3);
    put(FP_COMP0, 0x80000101);
    put(DWT_COMP0, 0x20000010);
    private_bus_power_lost(&bus);
    assert_int_equal(get(FP_CTRL), 0x10000080);
    assert_int_equal(get(FP_COMP0) | get(DWT_COMP0), 0);
}

static void test_core_that_is_gone(void **state)
{
    const struct memory_access access = {(uint32_t)FP_CTRL, 4, true};

    (void)state;
    fake_core.gone = true;
    assert_false(private_bus_write(&bus, &access, 3));
}

static void test_cores(void **state)
{
    (void)state;
    assert_string_equal(core_kind_find(M33)->name, "Cortex-M33");
    assert_string_equal(core_kind_find(M3)->name, "Cortex-M3");
    assert_null(core_kind_find(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_is_the_cores_own, set_up_v8),
        cmocka_unit_test_setup(test_where_it_begins_and_ends, set_up_v8),
        cmocka_unit_test_setup(test_breakpoints_of_version_2, set_up_v8),
        cmocka_unit_test_setup(test_breakpoints_of_version_1, set_up_v7),
        cmocka_unit_test_setup(test_watchpoints_of_v8, set_up_v8),
        cmocka_unit_test_setup(test_watchpoints_of_v7, set_up_v7),
        cmocka_unit_test_setup(test_match_is_read_once, set_up_v8),
        cmocka_unit_test_setup(test_rom_table, set_up_v8),
        cmocka_unit_test_setup(test_power_lost, set_up_v8),
        cmocka_unit_test_setup(test_core_that_is_gone, set_up_v8),
        cmocka_unit_test_setup(test_cores, set_up_v8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
