/* QEMU's list of memory, as it is and as it should not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/guest_map.h"

static struct guest_map map;
static struct diagnostic diagnostic;

static const char text[] =
    "FlatView #0\r\n"
    " AS \"tz-ppc-port[4]\", root: pl022\r\n"
    " Root memory region: pl022\r\n"
    "  0000000000000000-0000000000000fff (prio 0, i/o): pl022\r\n"
    "\r\n"
    "FlatView #2\r\n"
    " AS \"cpu-secure-memory-0\", root: armv7m-container\r\n"
    " AS \"cpu-memory-0\", root: armv7m-container\r\n"
    " Root memory region: armv7m-container\r\n"
    "  0000000010000000-00000000103fffff (prio 0, i/o): tz-mpc-upstream\r\n"
    "  0000000040001000-0000000040001fff (prio 0, i/o): tz-ppc-port[1]\r\n"
    "  0000000048007000-0000000048007fff (prio -1000, i/o): FPGA NS PC\r\n"
    "  0000000080000000-0000000080ffffff (prio 0, ram): nor\r\n"
    "  00000000e000e0f0-00000000e000efff (prio 0, i/o): nvic_sysregs @00000000000000f0\r\n"
    "  00000000f0000000-00000000ffffffff (prio 0, rom): last\r\n"
    "  0000000100000000-00000001ffffffff (prio 0, ram): beyond\r\n"
    "\r\n"
    "FlatView #3\r\n"
    "  0000000000000000-0000000000000fff (prio 0, ram): another\r\n";

static void expect_region(uint32_t address, uint32_t size, const char *name,
                          enum guest_region_kind kind)
{
    const struct guest_region *region = guest_map_find(&map, address, size);

    assert_non_null(region);
    assert_string_equal(region->name, name);
    assert_int_equal(region->kind, kind);
}

static void test_as_qemu_says_it(void **state)
{
    (void)state;
    assert_int_equal(guest_map_read(&map, text, &diagnostic), RIG_OK);
    assert_int_equal(map.count, 6);
    expect_region(0x10000000, 4, "tz-mpc-upstream", GUEST_GATED);
    expect_region(0x103FFFFC, 4, "tz-mpc-upstream", GUEST_GATED);
    expect_region(0x40001FFF, 1, "tz-ppc-port[1]", GUEST_DEVICE);
    expect_region(0x48007000, 0x1000, "FPGA NS PC", GUEST_DEVICE);
    expect_region(0x80000000, 0x1000000, "nor", GUEST_RAM);
    expect_region(0xE000E0F0, 4, "nvic_sysregs", GUEST_DEVICE);
    expect_region(0xFFFFFFFF, 1, "last", GUEST_ROM);
}

static void test_between_and_across_regions(void **state)
{
    (void)state;
    assert_int_equal(guest_map_read(&map, text, &diagnostic), RIG_OK);
    assert_null(guest_map_find(&map, 0, 4));
    assert_null(guest_map_find(&map, 0x0FFFFFFE, 4));
    assert_null(guest_map_find(&map, 0x103FFFFE, 4));
    assert_null(guest_map_find(&map, 0x40002000, 1));
    assert_null(guest_map_find(&map, 0xFFFFFFFE, 4));
}

static void test_other_texts(void **state)
{
    static const char *const wrong[] = {
        "",
        "FlatView #0\n AS \"cpu-memory-0\"\n",
        "FlatView #0\n AS \"cpu-memory-0\"\nFlatView #1\n  0000-0fff (prio 0, ram): ram\n",
        " AS \"cpu-memory-0\"\n  1000-1fff (prio 0, ram): a\n  0000-0fff (prio 0, ram): b\n",
        " AS \"cpu-memory-0\"\n  1000-1fff (prio 0, ram): a\n  1fff-2fff (prio 0, ram): b\n",
        " AS \"cpu-memory-0\"\n  2000-1fff (prio 0, ram): a\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(guest_map_read(&map, wrong[i], &diagnostic), RIG_ERROR_BENCH);
    }
}

static void test_too_many_regions(void **state)
{
    static char many[(GUEST_REGIONS_MAX + 2) * 64];
    size_t used = (size_t)snprintf(many, sizeof(many), " AS \"cpu-memory-0\"\n");

    (void)state;
    for (unsigned i = 0; i <= GUEST_REGIONS_MAX; i++) {
        used += (size_t)snprintf(many + used, sizeof(many) - used,
                                 "  %04x-%04x (prio 0, ram): ram%u\n", i * 16, i * 16 + 15, i);
        if (i + 1 == GUEST_REGIONS_MAX) {
            assert_int_equal(guest_map_read(&map, many, &diagnostic), RIG_OK);
            assert_int_equal(map.count, GUEST_REGIONS_MAX);
        }
    }
    assert_int_equal(guest_map_read(&map, many, &diagnostic), RIG_ERROR_BENCH);
}

static void test_long_names_are_cut(void **state)
{
    static const char line[] = " AS \"cpu-memory-0\"\n  0000-0fff (prio 0, ram): "
                               "a name of more than forty-seven characters, which is long enough\n";

    (void)state;
    assert_int_equal(guest_map_read(&map, line, &diagnostic), RIG_OK);
    assert_int_equal(strlen(map.regions[0].name), GUEST_REGION_NAME - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_qemu_says_it),
        cmocka_unit_test(test_between_and_across_regions),
        cmocka_unit_test(test_other_texts),
        cmocka_unit_test(test_too_many_regions),
        cmocka_unit_test(test_long_names_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
