/* Parts that need nobody else: the lock's model, the chip's profile, writes put together,
 * breakpoints written into RAM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/chip_bus.h"
#include "virtual_probe/chip_lock.h"
#include "virtual_probe/chip_profile.h"
#include "virtual_probe/soft_breakpoints.h"
#include "virtual_probe/write_buffer.h"

/* ---- the lock ---- */

enum {
    FUSE = (int)0x80000000,
    OPENER = 0x50021000,
    CODE = 0x1000,
    CODE_SIZE = 0x100,
    FICR = 0x10000000, /* of an nRF51 */
    UICR_PROTECTION = 0x10001004,
    NVMC_ERASE_ALL = 0x4001E50C,
};

static struct {
    uint32_t fuse;
    uint32_t opener;
    unsigned reads;
    bool gone;
} chip;

static bool read_word(void *context, uint32_t address, uint32_t *value)
{
    (void)context;
    assert_true(address == (uint32_t)FUSE || address == OPENER);
    *value = address == OPENER ? chip.opener : chip.fuse;
    chip.reads++;
    return !chip.gone;
}

static struct chip_lock lock;

static void make_lock_of(const char *part, enum chip_lock_kind kind, uint32_t fuse)
{
    const struct chip_lock_model model = {kind, (uint32_t)FUSE, OPENER, CODE, CODE_SIZE};
    const struct chip_lock_view view = {NULL, read_word};

    memset(&chip, 0, sizeof(chip));
    chip.fuse = fuse;
    chip_lock_init(&lock, &model, chip_profile_find(part), &view);
}

static void make_lock(enum chip_lock_kind kind, uint32_t fuse)
{
    make_lock_of("none", kind, fuse);
}

static void test_lock_before_its_first_reset(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_LATCHED, UINT32_MAX);
    assert_false(chip_lock_is_open(&lock));
}

static void test_part_without_a_lock(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_NONE, 0);
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
    assert_int_equal(chip.reads, 0);
}

static void test_fuse_is_taken_at_a_reset(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_LATCHED, UINT32_MAX);
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
    chip.fuse = 0xFFFFFFFE; /* blown, but not reset since */
    assert_true(chip_lock_is_open(&lock));
    chip_lock_reset(&lock);
    assert_false(chip_lock_is_open(&lock));
    chip.fuse = UINT32_MAX;
    assert_false(chip_lock_is_open(&lock));
}

static void test_opened_until_the_next_reset(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_LATCHED, 0);
    chip_lock_reset(&lock);
    assert_false(chip_lock_is_open(&lock));
    chip.opener = 0xFF;
    assert_true(chip_lock_is_open(&lock));
    chip.opener = 0;
    assert_true(chip_lock_is_open(&lock));
    chip_lock_reset(&lock);
    assert_false(chip_lock_is_open(&lock));
}

/* Whoever is faster than the software gets in. */
static void test_shut_by_software(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_LATE, 0);
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
    chip.opener = 1;
    assert_false(chip_lock_is_open(&lock));
    chip.opener = 0;
    assert_false(chip_lock_is_open(&lock));
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
}

static void test_code_that_cannot_be_read(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_READ_OUT, 0);
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
    assert_false(chip_lock_hides(&lock, CODE - 1));
    assert_true(chip_lock_hides(&lock, CODE));
    assert_true(chip_lock_hides(&lock, CODE + CODE_SIZE - 1));
    assert_false(chip_lock_hides(&lock, CODE + CODE_SIZE));
    chip.fuse = UINT32_MAX;
    chip_lock_reset(&lock);
    assert_false(chip_lock_hides(&lock, CODE));
}

static void expect_covered(uint32_t address, bool is_covered)
{
    assert_int_equal(chip_lock_hides(&lock, address), is_covered);
    assert_int_equal(chip_lock_drops(&lock, address), is_covered);
}

/* Behind the bus nothing is left; the core itself is. */
static void test_memory_that_is_locked(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_MEMORY, 0xFFFFFFFE);
    chip_lock_reset(&lock);
    assert_true(chip_lock_is_open(&lock));
    expect_covered(0, true);
    expect_covered(CODE, true);
    expect_covered(0x20000000, true);
    expect_covered(NVMC_ERASE_ALL, true);
    expect_covered(0xDFFFFFFC, true);
    expect_covered(0xE000EDF0, false);
    expect_covered(0xE00FFFFC, false);
    expect_covered(0xE0100000, true);
}

static void test_memory_lock_is_taken_at_a_reset(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_MEMORY, UINT32_MAX);
    expect_covered(0, true); /* before the first one */
    chip_lock_reset(&lock);
    expect_covered(0, false);
    chip.fuse = 0;
    expect_covered(0, false);
    chip_lock_reset(&lock);
    expect_covered(0, true);
    chip.fuse = UINT32_MAX; /* as by an erasure of all */
    expect_covered(0, true);
    chip_lock_reset(&lock);
    expect_covered(0, false);
}

static void test_what_a_chip_spares(void **state)
{
    (void)state;
    make_lock_of("nrf51", CHIP_LOCK_MEMORY, 0);
    chip_lock_reset(&lock);
    expect_covered(FICR, false);
    expect_covered(UICR_PROTECTION, false);
    expect_covered(NVMC_ERASE_ALL, false);
    expect_covered(NVMC_ERASE_ALL - 4, true); /* of one page */
    expect_covered(NVMC_ERASE_ALL + 4, true);
    expect_covered(FICR - 1, true);
    expect_covered(0, true);
}

static void test_lock_of_code_alone_takes_writes(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_READ_OUT, 0);
    chip_lock_reset(&lock);
    assert_false(chip_lock_drops(&lock, CODE));
}

/* ---- what lies behind it ---- */

static struct {
    unsigned reads;
    unsigned writes;
} guest;

static bool read_guest(void *context, const struct memory_access *access, uint32_t *value)
{
    (void)context;
    (void)access;
    *value = 0x11223344;
    guest.reads++;
    return true;
}

static bool write_guest(void *context, const struct memory_access *access, uint32_t value)
{
    (void)context;
    (void)access;
    (void)value;
    guest.writes++;
    return true;
}

static uint32_t see(const struct chip_bus *bus, uint32_t address, unsigned size)
{
    const struct memory_access access = {address, size, true};
    uint32_t value = 0;

    assert_true(chip_bus_read(bus, &access, &value));
    return value;
}

static void test_what_a_debugger_sees(void **state)
{
    const struct chip_bus bus = {&lock, {NULL, read_guest, write_guest}};
    const struct memory_access code = {0, 4, true};
    const struct memory_access erase = {NVMC_ERASE_ALL, 4, true};

    (void)state;
    memset(&guest, 0, sizeof(guest));
    make_lock_of("nrf51", CHIP_LOCK_MEMORY, UINT32_MAX);
    chip_lock_reset(&lock);
    assert_int_equal(see(&bus, 0, 4), 0x11223344);
    assert_int_equal(see(&bus, FICR + 0x38, 4), 0x2000); /* the part's own */
    assert_int_equal(see(&bus, FICR + 0x39, 1) & 0xFF, 0x20);
    assert_true(chip_bus_write(&bus, &code, 1));
    assert_int_equal(guest.reads, 1);
    assert_int_equal(guest.writes, 1);
    chip.fuse = 0;
    chip_lock_reset(&lock);
    assert_int_equal(see(&bus, 0, 4), 0);
    assert_int_equal(see(&bus, 0x40000524, 4), 0); /* though the part has a word there */
    assert_int_equal(see(&bus, FICR + 0x38, 4), 0x2000);
    assert_true(chip_bus_write(&bus, &code, 1));
    assert_int_equal(guest.reads, 1);
    assert_int_equal(guest.writes, 1);
    assert_int_equal(see(&bus, 0xE000EDF0, 4), 0x11223344);
    assert_true(chip_bus_write(&bus, &erase, 1));
    assert_int_equal(guest.writes, 2);
}

/* ---- the chip's profile ---- */

static void test_words_of_a_part(void **state)
{
    const struct chip_profile *part = chip_profile_find("nrf51");
    uint32_t value = 0;

    (void)state;
    assert_non_null(part);
    assert_true(chip_profile_word(part, FICR + 0x28, &value));
    assert_int_equal(value, UINT32_MAX);
    assert_true(chip_profile_word(part, FICR + 0x34, &value));
    assert_int_equal(value, 2);
    assert_false(chip_profile_word(part, FICR + 0x10, &value)); /* QEMU's is right */
    assert_false(chip_profile_word(part, UICR_PROTECTION, &value));
}

static void test_part_that_is_not_known(void **state)
{
    uint32_t value = 0;

    (void)state;
    assert_null(chip_profile_find("nrf52"));
    assert_null(chip_profile_find(""));
    assert_false(chip_profile_word(chip_profile_find("none"), FICR, &value));
    assert_false(chip_profile_spares(chip_profile_find("none"), FICR));
}

/* What cannot be read keeps the port shut. */
static void test_chip_that_is_gone(void **state)
{
    (void)state;
    make_lock(CHIP_LOCK_LATCHED, UINT32_MAX);
    chip.gone = true;
    chip_lock_reset(&lock);
    assert_false(chip_lock_is_open(&lock));
    chip.opener = 1;
    assert_false(chip_lock_is_open(&lock));
}

/* ---- writes ---- */

static void test_writes_that_follow(void **state)
{
    static const uint8_t expected[] = {0x44, 0x33, 0x22, 0x11, 0x66, 0x55, 0x77};
    static struct write_buffer buffer;

    (void)state;
    assert_true(write_buffer_add(&buffer, 0x1000, 4, 0x11223344));
    assert_true(write_buffer_add(&buffer, 0x1004, 2, 0x5566));
    assert_true(write_buffer_add(&buffer, 0x1006, 1, 0x77));
    assert_int_equal(buffer.address, 0x1000);
    assert_int_equal(buffer.size, sizeof(expected));
    assert_memory_equal(buffer.bytes, expected, sizeof(expected));
    assert_false(write_buffer_add(&buffer, 0x1008, 4, 0));
    assert_false(write_buffer_add(&buffer, 0x1006, 1, 0));
    assert_int_equal(buffer.size, sizeof(expected));
}

static void test_full_buffer(void **state)
{
    static struct write_buffer buffer;

    (void)state;
    for (uint32_t i = 0; i < WRITE_BUFFER_SIZE; i += 4) {
        assert_true(write_buffer_add(&buffer, 0xFFFFF000 + i, 4, i)); /* over the end of memory */
    }
    assert_false(write_buffer_add(&buffer, 0xFFFFF000 + WRITE_BUFFER_SIZE, 1, 0));
    buffer.size = 0;
    assert_true(write_buffer_add(&buffer, 0x2000, 1, 0));
    assert_int_equal(buffer.address, 0x2000);
}

/* ---- breakpoints ---- */

static struct soft_breakpoints soft;

static int set_up_soft(void **state)
{
    (void)state;
    memset(&soft, 0, sizeof(soft));
    return 0;
}

static void test_instructions_that_halt(void **state)
{
    (void)state;
    assert_true(soft_breakpoints_note(&soft, 0x1000, 2, 0xBE00));
    assert_true(soft_breakpoints_note(&soft, 0x1004, 4, 0xBE11BE00));
    assert_false(soft_breakpoints_note(&soft, 0x1008, 4, 0xBEABBE01));
    assert_false(soft_breakpoints_note(&soft, 0x100C, 1, 0xBE));
    assert_int_equal(soft.count, 3);
    assert_int_equal(soft.places[0], 0x1000);
    assert_int_equal(soft.places[1], 0x1004);
    assert_int_equal(soft.places[2], 0x1006);
}

static void test_written_over(void **state)
{
    (void)state;
    (void)soft_breakpoints_note(&soft, 0x1000, 4, 0xBE00BE00);
    assert_true(soft_breakpoints_note(&soft, 0x1001, 1, 0)); /* the first one's second byte */
    assert_int_equal(soft.count, 1);
    assert_int_equal(soft.places[0], 0x1002);
    assert_false(soft_breakpoints_note(&soft, 0x1004, 4, 0));
    assert_true(soft_breakpoints_note(&soft, 0x1000, 4, 0x4770BE00));
    assert_int_equal(soft.count, 1);
    assert_int_equal(soft.places[0], 0x1000);
}

static void test_the_oldest_are_forgotten(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= SOFT_BREAKPOINTS_MAX; i++) {
        assert_true(soft_breakpoints_note(&soft, 0x1000 + 2 * i, 2, 0xBE00));
    }
    assert_int_equal(soft.count, SOFT_BREAKPOINTS_MAX);
    assert_int_equal(soft.places[0], 0x1002);
    assert_int_equal(soft.places[SOFT_BREAKPOINTS_MAX - 1], 0x1000 + 2 * SOFT_BREAKPOINTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_before_its_first_reset),
        cmocka_unit_test(test_part_without_a_lock),
        cmocka_unit_test(test_fuse_is_taken_at_a_reset),
        cmocka_unit_test(test_opened_until_the_next_reset),
        cmocka_unit_test(test_shut_by_software),
        cmocka_unit_test(test_code_that_cannot_be_read),
        cmocka_unit_test(test_memory_that_is_locked),
        cmocka_unit_test(test_memory_lock_is_taken_at_a_reset),
        cmocka_unit_test(test_what_a_chip_spares),
        cmocka_unit_test(test_lock_of_code_alone_takes_writes),
        cmocka_unit_test(test_what_a_debugger_sees),
        cmocka_unit_test(test_words_of_a_part),
        cmocka_unit_test(test_part_that_is_not_known),
        cmocka_unit_test(test_chip_that_is_gone),
        cmocka_unit_test(test_writes_that_follow),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test_setup(test_instructions_that_halt, set_up_soft),
        cmocka_unit_test_setup(test_written_over, set_up_soft),
        cmocka_unit_test_setup(test_the_oldest_are_forgotten, set_up_soft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
