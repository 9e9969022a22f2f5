/* flash_model.h: it reports each breach of the NOR rules, and each fault does what fault.h says. */
#include "support.h"

#include "flash_model.h"
#include "native_layout.h"

#include <string.h>

#define UNIT     FLASH_PROGRAM_UNIT
#define SECTOR   FLASH_SECTOR_SIZE
#define TWO_LONG (2U * UNIT)

static uint8_t bytes[FLASH_SIZE];
static struct flash_model flash;
static jmp_buf escape;
static const char *breach;

static void take_breach(const char *what, uint32_t offset)
{
    (void)offset;
    breach = what;
    longjmp(escape, 1);
}

static void take_power_cut(void)
{
    longjmp(escape, 2);
}

static void new_flash(void)
{
    memset(bytes, FLASH_ERASED, sizeof bytes);
    memset(&flash, 0, sizeof flash);
    flash.layout = &native_layout;
    flash.bytes = bytes;
    flash.on_breach = take_breach;
    flash.on_power_cut = take_power_cut;
    breach = NULL;
}

enum call { CALL_READ, CALL_PROGRAM, CALL_ERASE };

/* What a call came to. */
enum ending { ENDED_OK, ENDED_FLASH_ERROR, ENDED_POWER_CUT, ENDED_BREACH };

/* One call with data 0x00, 0x01, ... */
static int call_flash(enum call call, uint32_t offset, size_t length)
{
    uint8_t data[8U * UNIT];

    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    switch (call) {
    case CALL_READ:
        return flash_model_read(&flash, offset, data, length);
    case CALL_PROGRAM:
        return flash_model_program(&flash, offset, data, length);
    default:
        return flash_model_erase(&flash, offset);
    }
}

static enum ending try_call(enum call call, uint32_t offset, size_t length)
{
    int way_out = setjmp(escape);

    if (way_out == 1) {
        return ENDED_BREACH;
    }
    if (way_out == 2) {
        return ENDED_POWER_CUT;
    }
    return call_flash(call, offset, length) == HAL_OK ? ENDED_OK : ENDED_FLASH_ERROR;
}

static void program_and_erase_do_what_they_say(void **state)
{
    (void)state;
    new_flash();
    assert_int_equal(try_call(CALL_PROGRAM, SECTOR, TWO_LONG), ENDED_OK);
    assert_int_equal(try_call(CALL_PROGRAM, SECTOR + TWO_LONG, UNIT), ENDED_OK);
    for (uint32_t i = 0; i < FLASH_SIZE; i++) {
        uint8_t expected = FLASH_ERASED;

        if (i >= SECTOR && i < SECTOR + TWO_LONG + UNIT) {
            expected = (uint8_t)((i - SECTOR) % TWO_LONG);
        }
        assert_int_equal(bytes[i], expected);
    }
    assert_int_equal(try_call(CALL_ERASE, SECTOR, 0), ENDED_OK);
    assert_int_equal(bytes[SECTOR], FLASH_ERASED);
    assert_int_equal(try_call(CALL_PROGRAM, SECTOR, UNIT), ENDED_OK);
    assert_int_equal(flash.operations, 4);
}

static void reads_have_any_alignment(void **state)
{
    uint8_t read[3];

    (void)state;
    new_flash();
    bytes[FLASH_SIZE - 3U] = 1;
    assert_int_equal(flash_model_read(&flash, FLASH_SIZE - 3U, read, 3), HAL_OK);
    assert_int_equal(read[0], 1);
    assert_int_equal(flash_model_read(&flash, FLASH_SIZE, read, 0), HAL_OK);
    assert_int_equal(flash.operations, 0);
}

static void each_breach_is_reported_and_changes_nothing(void **state)
{
    static const struct {
        enum call call;
        uint32_t offset;
        size_t length;
        const char *what;
    } rows[] = {
        {CALL_READ, FLASH_SIZE, 1, "read outside"},
        {CALL_READ, FLASH_SIZE - 3U, 4, "read outside"},
        {CALL_READ, UINT32_MAX, 2, "read outside"},
        {CALL_READ, 8, SIZE_MAX, "read outside"},
        {CALL_PROGRAM, FLASH_SIZE, UNIT, "program outside"},
        {CALL_PROGRAM, FLASH_SIZE - UNIT, TWO_LONG, "program outside"},
        {CALL_PROGRAM, UINT32_MAX - UNIT + 1U, TWO_LONG, "program outside"},
        {CALL_PROGRAM, SECTOR + 1U, UNIT, "not aligned"},
        {CALL_PROGRAM, SECTOR + UNIT / 2U, UNIT, "not aligned"},
        {CALL_PROGRAM, SECTOR, UNIT - 1U, "not aligned"},
        {CALL_PROGRAM, SECTOR, UNIT + 1U, "not aligned"},
        {CALL_PROGRAM, SECTOR, 0, "not aligned"},
        {CALL_PROGRAM, 0, UNIT, "not erased"},
        {CALL_PROGRAM, 3U * UNIT, UNIT, "not erased"},
        {CALL_PROGRAM, 2U * UNIT, TWO_LONG, "not erased"},
        {CALL_ERASE, UNIT, 0, "not a sector"},
        {CALL_ERASE, SECTOR - 1U, 0, "not a sector"},
        {CALL_ERASE, FLASH_SIZE, 0, "not a sector"},
        {CALL_ERASE, UINT32_MAX - SECTOR + 1U, 0, "not a sector"},
    };
    uint8_t before[FLASH_SIZE];

    (void)state;
    new_flash();
    assert_int_equal(try_call(CALL_PROGRAM, 0, UNIT), ENDED_OK);
    bytes[3U * UNIT + UNIT - 1U] = 0xFE; /* one bit of the unit is enough */
    memcpy(before, bytes, sizeof before);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        breach = NULL;
        assert_int_equal(try_call(rows[i].call, rows[i].offset, rows[i].length), ENDED_BREACH);
        assert_non_null(strstr(breach, rows[i].what));
        assert_memory_equal(bytes, before, sizeof before);
        assert_int_equal(flash.operations, 1);
    }
}

/* How a program of four units looks when `whole` units and half of the next took effect. */
static void assert_programmed(uint32_t whole, bool half)
{
    const uint8_t *at = bytes + SECTOR;
    bool partial = false;

    for (uint32_t i = 0; i < 4U * UNIT; i++) {
        if (i < whole * UNIT) {
            assert_int_equal(at[i], i);
        } else if (half && i < (whole + 1U) * UNIT) {
            /* Some of the bits that should have been cleared are, and no others. */
            assert_int_equal(at[i] & i, i);
            partial = partial || (at[i] != i && at[i] != FLASH_ERASED);
        } else {
            assert_int_equal(at[i], FLASH_ERASED);
        }
    }
    assert_int_equal(partial, half);
}

static struct fault make_fault(enum fault_kind kind, enum fault_moment moment, uint32_t units)
{
    const struct fault fault = {.kind = kind, .moment = moment, .units = units};

    return fault;
}

static const struct {
    enum fault_kind kind;
    enum ending ending;
} kinds[] = {{FAULT_POWER_CUT, ENDED_POWER_CUT}, {FAULT_FLASH_ERROR, ENDED_FLASH_ERROR}};

static void faulty_program_stops_at_its_moment(void **state)
{
    static const struct {
        enum fault_moment moment;
        uint32_t units;
        uint32_t whole;
        bool half;
    } rows[] = {{FAULT_BEFORE, 0, 0, false},       {FAULT_BEFORE, 3, 0, false},
                {FAULT_TORN, 0, 0, true},          {FAULT_TORN, 1, 1, true},
                {FAULT_TORN, 2, 2, true},          {FAULT_TORN, 3, 3, true},
                {FAULT_TORN, 4, 3, true},          {FAULT_TORN, 1000, 3, true},
                {FAULT_TORN, UINT32_MAX, 3, true}, {FAULT_AFTER, 0, 4, false}};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows) * SUPPORT_COUNT(kinds); i++) {
        const size_t row = i / SUPPORT_COUNT(kinds);

        new_flash();
        flash_model_arm(&flash, make_fault(kinds[i % SUPPORT_COUNT(kinds)].kind, rows[row].moment,
                                           rows[row].units));
        assert_int_equal(try_call(CALL_PROGRAM, SECTOR, 4U * UNIT),
                         kinds[i % SUPPORT_COUNT(kinds)].ending);
        assert_true(flash.fault_fired);
        assert_programmed(rows[row].whole, rows[row].half);
    }
}

static void faulty_erase_stops_at_its_moment(void **state)
{
    static const struct {
        enum fault_moment moment;
        uint32_t units;
        uint32_t erased; /* bytes */
    } rows[] = {{FAULT_BEFORE, 0, 0},
                {FAULT_TORN, 0, 0},
                {FAULT_TORN, 1, UNIT},
                {FAULT_TORN, 300, 300U * UNIT},
                {FAULT_TORN, SECTOR / UNIT - 1U, SECTOR - UNIT},
                {FAULT_TORN, SECTOR / UNIT, SECTOR},
                {FAULT_TORN, SECTOR / UNIT + 1U, SECTOR},
                {FAULT_TORN, UINT32_MAX, SECTOR},
                {FAULT_AFTER, 0, SECTOR}};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows) * SUPPORT_COUNT(kinds); i++) {
        const size_t row = i / SUPPORT_COUNT(kinds);

        new_flash();
        memset(bytes, 0, sizeof bytes);
        flash_model_arm(&flash, make_fault(kinds[i % SUPPORT_COUNT(kinds)].kind, rows[row].moment,
                                           rows[row].units));
        assert_int_equal(try_call(CALL_ERASE, SECTOR, 0), kinds[i % SUPPORT_COUNT(kinds)].ending);
        assert_true(flash.fault_fired);
        for (uint32_t at = 0; at < FLASH_SIZE; at++) {
            bool in_erased = at >= SECTOR && at < SECTOR + rows[row].erased;

            assert_int_equal(bytes[at], in_erased ? FLASH_ERASED : 0);
        }
    }
}

static void fault_waits_for_its_operation_and_comes_once(void **state)
{
    struct fault third = make_fault(FAULT_FLASH_ERROR, FAULT_BEFORE, 0);

    (void)state;
    new_flash();
    third.operation = 2;
    flash_model_arm(&flash, third);
    for (uint32_t i = 0; i < 5; i++) {
        enum ending expected = i == 2 ? ENDED_FLASH_ERROR : ENDED_OK;

        assert_int_equal(try_call(i % 2U == 0 ? CALL_PROGRAM : CALL_ERASE, i / 2U * SECTOR, UNIT),
                         expected);
        assert_int_equal(flash.fault_fired, i >= 2);
    }
    assert_int_equal(flash.operations, 5);
}

static void arming_takes_the_fault_before_back(void **state)
{
    (void)state;
    new_flash();
    flash_model_arm(&flash, make_fault(FAULT_POWER_CUT, FAULT_BEFORE, 0));
    flash_model_arm(&flash, make_fault(FAULT_NONE, FAULT_BEFORE, 0));
    assert_int_equal(try_call(CALL_ERASE, 0, 0), ENDED_OK);
    assert_false(flash.fault_fired);
}

/* Areas are whole sectors, inside the part, and apart from each other. */
static void areas_do_not_overlap(void **state)
{
    uint32_t owners[FLASH_SECTORS] = {0};

    (void)state;
    for (enum hal_flash_area area = HAL_FLASH_FACTORY; area < HAL_FLASH_AREA_COUNT; area++) {
        const struct hal_flash_geometry geometry = flash_model_geometry(area);

        assert_int_equal(geometry.offset % geometry.sector_size, 0);
        assert_int_equal(geometry.size % geometry.sector_size, 0);
        assert_in_range(geometry.size, area == HAL_FLASH_FACTORY ? SECTOR : 2U * SECTOR,
                        FLASH_SIZE - geometry.offset);
        for (uint32_t i = 0; i < geometry.size / SECTOR; i++) {
            owners[geometry.offset / SECTOR + i]++;
        }
    }
    for (uint32_t i = 0; i < FLASH_SECTORS; i++) {
        assert_int_equal(owners[i], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_and_erase_do_what_they_say),
        cmocka_unit_test(reads_have_any_alignment),
        cmocka_unit_test(each_breach_is_reported_and_changes_nothing),
        cmocka_unit_test(faulty_program_stops_at_its_moment),
        cmocka_unit_test(faulty_erase_stops_at_its_moment),
        cmocka_unit_test(fault_waits_for_its_operation_and_comes_once),
        cmocka_unit_test(arming_takes_the_fault_before_back),
        cmocka_unit_test(areas_do_not_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
