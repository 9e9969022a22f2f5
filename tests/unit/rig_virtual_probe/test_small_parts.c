/* Parts that need nobody else: the lock's model, writes put together, breakpoints written into RAM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/chip_lock.h"
#include "virtual_probe/soft_breakpoints.h"
#include "virtual_probe/write_buffer.h"

/* ---- the lock ---- */

enum { FUSE = (int)0x80000000, OPENER = 0x50021000, CODE = 0x1000, CODE_SIZE = 0x100 };

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

static void make_lock(enum chip_lock_kind kind, uint32_t fuse)
{
    const struct chip_lock_model model = {kind, (uint32_t)FUSE, OPENER, CODE, CODE_SIZE};
    const struct chip_lock_view view = {NULL, read_word};

    memset(&chip, 0, sizeof(chip));
    chip.fuse = fuse;
    chip_lock_init(&lock, &model, &view);
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
        cmocka_unit_test(test_chip_that_is_gone),
        cmocka_unit_test(test_writes_that_follow),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test_setup(test_instructions_that_halt, set_up_soft),
        cmocka_unit_test_setup(test_written_over, set_up_soft),
        cmocka_unit_test_setup(test_the_oldest_are_forgotten, set_up_soft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
