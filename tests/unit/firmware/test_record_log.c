/* record_log.h while nothing but time wears the flash: values, rings, limits, garbage. */
#include "support.h"

#include "byte_order.h"
#include "numbered_log.h"

#include <string.h>

#define MAX_SEQUENCE 0x7FFFFFFFU

static const uint16_t sizes[] = {4, 5, 8, 12, 156, 255, 256};

static uint8_t *area_bytes(void)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(NUMBERED_AREA);

    return in_process_change_flash(geometry.offset, geometry.size);
}

static uint32_t area_size(void)
{
    return flash_model_geometry(NUMBERED_AREA).size;
}

static void fresh_area_is_empty_and_stays_unwritten(void **state)
{
    struct numbered_log numbered;

    (void)state;
    numbered_new(&numbered, 4, 0);
    assert_int_equal(numbered_mount(&numbered), RECORD_LOG_EMPTY);
    assert_int_equal(support_flash.count, 0);
}

/* An area that reads blank may be one whose erase was interrupted. */
static void first_value_is_written_to_a_sector_erased_just_before(void **state)
{
    struct numbered_log numbered;

    (void)state;
    numbered_new(&numbered, 4, 1);
    assert_int_equal(support_flash.count, 3);
    assert_true(support_flash.operations[0].erase);
    assert_false(support_flash.operations[1].erase);
    assert_false(support_flash.operations[2].erase);
    assert_int_equal(numbered_mount(&numbered), RECORD_LOG_OK);
    assert_int_equal(numbered.number, 1);
}

static uint32_t sector_of(const struct support_operation *operation)
{
    return operation->offset / FLASH_SECTOR_SIZE;
}

/* One append: erases, if it has to, another sector than the one that was written last. */
static void append_and_check_wear(struct numbered_log *numbered, uint32_t number,
                                  uint32_t *newest_sector, uint32_t *erases)
{
    support_watch_flash();
    assert_int_equal(numbered_append(numbered, number), RECORD_LOG_OK);
    for (uint32_t i = 0; i < support_flash.count; i++) {
        if (support_flash.operations[i].erase) {
            assert_int_not_equal(sector_of(&support_flash.operations[i]), *newest_sector);
            (*erases)++;
        }
    }
    *newest_sector = sector_of(&support_flash.operations[support_flash.count - 1U]);
}

/* `remount`: the device restarts after each value. */
static void go_round(uint16_t size, bool remount)
{
    struct numbered_log numbered;
    uint32_t newest_sector = UINT32_MAX;
    uint32_t erases = 0;
    uint32_t rounds;

    numbered_new(&numbered, size, 0);
    rounds = 5U * 2U * numbered.log.slots;
    for (uint32_t i = 1; i <= rounds; i++) {
        append_and_check_wear(&numbered, i, &newest_sector, &erases);
        if (remount) {
            assert_int_equal(numbered_mount(&numbered), RECORD_LOG_OK);
        }
        assert_int_equal(numbered.number, i);
    }
    assert_int_equal(erases, 5U * 2U);
}

static void many_rounds_keep_the_newest_and_wear_evenly(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(sizes); i++) {
        go_round(sizes[i], false);
        go_round(sizes[i], true);
    }
}

static void logs_of_another_kind_or_size_are_not_read(void **state)
{
    struct numbered_log numbered;
    struct record_log log;
    uint8_t payload[RECORD_LOG_MAX_PAYLOAD];

    (void)state;
    numbered_new(&numbered, 8, 3);
    assert_int_equal(record_log_mount(&log, NUMBERED_AREA, NUMBERED_KIND + 1U, payload, 8),
                     RECORD_LOG_EMPTY);
    assert_int_equal(record_log_mount(&log, NUMBERED_AREA, NUMBERED_KIND, payload, 9),
                     RECORD_LOG_EMPTY);
    assert_int_equal(record_log_mount(&log, NUMBERED_AREA, NUMBERED_KIND, payload, 7),
                     RECORD_LOG_EMPTY);
}

static void impossible_geometry_is_refused(void **state)
{
    struct record_log log;
    uint8_t payload[RECORD_LOG_MAX_PAYLOAD + 1U];

    (void)state;
    support_new_board();
    assert_int_equal(record_log_mount(&log, NUMBERED_AREA, NUMBERED_KIND, payload, 0),
                     RECORD_LOG_ERROR_GEOMETRY);
    assert_int_equal(
        record_log_mount(&log, NUMBERED_AREA, NUMBERED_KIND, payload, RECORD_LOG_MAX_PAYLOAD + 1U),
        RECORD_LOG_ERROR_GEOMETRY);
    assert_int_equal(record_log_mount(&log, HAL_FLASH_FACTORY, NUMBERED_KIND, payload, 4),
                     RECORD_LOG_ERROR_GEOMETRY);
}

/* The last two sequence numbers are usable; then the log refuses, and what it holds stays. */
static void sequence_ends_at_its_limit(void **state)
{
    struct numbered_log numbered;

    (void)state;
    numbered_new(&numbered, 4, 1);
    numbered.log.sequence = MAX_SEQUENCE - 2U;
    assert_int_equal(numbered_append(&numbered, 2), RECORD_LOG_OK);
    assert_int_equal(numbered_append(&numbered, 3), RECORD_LOG_OK);
    support_watch_flash();
    assert_int_equal(numbered_append(&numbered, 4), RECORD_LOG_ERROR_WORN);
    assert_int_equal(numbered_mount(&numbered), RECORD_LOG_OK);
    assert_int_equal(numbered.number, 3);
    assert_int_equal(numbered_append(&numbered, 4), RECORD_LOG_ERROR_WORN);
    assert_int_equal(support_flash.count, 0);
}

/* A device must start even if power failed in the mark of the very last record. */
static void interrupted_last_record_can_be_mounted(void **state)
{
    struct numbered_log numbered;
    const struct support_operation *mark;

    (void)state;
    numbered_new(&numbered, 4, 1);
    numbered.log.sequence = MAX_SEQUENCE - 1U;
    support_watch_flash();
    assert_int_equal(numbered_append(&numbered, 2), RECORD_LOG_OK);
    mark = &support_flash.operations[support_flash.count - 1U];
    *in_process_change_flash(mark->offset, 1) = 0x55;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(numbered_mount(&numbered), RECORD_LOG_OK);
        assert_int_equal(numbered.number, 2);
    }
}

/* Whatever the area holds, the log mounts and goes on. */
static void assert_usable(struct numbered_log *numbered)
{
    assert_true(numbered_mount(numbered) >= RECORD_LOG_OK);
    assert_int_equal(numbered_append(numbered, 1000), RECORD_LOG_OK);
    assert_int_equal(numbered_mount(numbered), RECORD_LOG_OK);
    assert_int_equal(numbered->number, 1000);
}

static void uniform_areas_are_empty_logs(void **state)
{
    struct numbered_log numbered;

    (void)state;
    for (unsigned byte = 0; byte <= 0xFFU; byte++) {
        numbered_new(&numbered, 12, 0);
        memset(area_bytes(), (int)byte, area_size());
        assert_int_equal(numbered_mount(&numbered), RECORD_LOG_EMPTY);
        assert_usable(&numbered);
    }
}

static void random_areas_are_empty_logs(void **state)
{
    struct numbered_log numbered;
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 200; round++) {
        numbered_new(&numbered, 12, 0);
        for (uint32_t i = 0; i < area_size(); i++) {
            area_bytes()[i] = (uint8_t)support_random(&seed);
        }
        assert_int_equal(numbered_mount(&numbered), RECORD_LOG_EMPTY);
        assert_usable(&numbered);
    }
}

/* A flipped bit may cost a value, but never makes one up. */
static void flipped_bits_never_make_up_a_value(void **state)
{
    struct numbered_log numbered;
    static struct in_process_snapshot board;
    const uint32_t used = 3U * 32U; /* bytes in slots of 16 + 4 + padding 4 + mark 8 */

    (void)state;
    numbered_new(&numbered, 4, 3);
    assert_int_equal(numbered.log.slot_size, 32);
    in_process_take(&board, NULL);
    for (uint32_t sector = 0; sector < 2; sector++) {
        for (uint32_t bit = 0; bit < 8U * (used + 32U); bit++) {
            in_process_restore(&board, NULL);
            area_bytes()[sector * FLASH_SECTOR_SIZE + bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
            assert_true(numbered_mount(&numbered) >= RECORD_LOG_OK);
            assert_in_range(numbered.number, 2, 3);
            assert_usable(&numbered);
        }
    }
}

/* Bit n - 1 is set if a place holds the number n; fails the test if a number comes twice. */
static uint32_t numbers_in_places(const struct numbered_log *numbered)
{
    uint32_t found = 0;

    for (uint32_t place = 0; place < record_log_places(&numbered->log); place++) {
        uint8_t record[12] = {0};
        uint32_t sequence = 0;
        int result = record_log_read(&numbered->log, place, record, &sequence);

        if (result == RECORD_LOG_OK) {
            const uint32_t bit = 1U << (get_le32(record) - 1U);

            assert_int_equal(found & bit, 0);
            assert_int_equal(sequence, get_le32(record));
            found |= bit;
        } else {
            assert_int_equal(result, RECORD_LOG_EMPTY);
        }
    }
    return found;
}

static void older_records_are_read_from_their_places(void **state)
{
    struct numbered_log numbered;
    uint8_t record[12];
    uint32_t sequence = 77;

    (void)state;
    numbered_new(&numbered, 12, 0);
    assert_int_equal(numbers_in_places(&numbered), 0);
    numbered_new(&numbered, 12, 5);
    assert_int_equal(numbers_in_places(&numbered), 0x1F);
    assert_int_equal(
        record_log_read(&numbered.log, record_log_places(&numbered.log), record, &sequence),
        RECORD_LOG_EMPTY);
    assert_int_equal(sequence, 77);
    support_fail_read(0);
    assert_int_equal(record_log_read(&numbered.log, 0, record, &sequence), RECORD_LOG_ERROR_FLASH);
}

/* A record whose mark was interrupted counts only once a mount has written it again. */
static void interrupted_record_is_read_after_the_next_mount(void **state)
{
    const struct fault torn_mark = {
        .kind = FAULT_FLASH_ERROR, .moment = FAULT_TORN, .operation = 1};
    struct numbered_log numbered;
    uint8_t record[12];
    uint32_t sequence;
    uint32_t first; /* place in the sector that is being filled */

    (void)state;
    numbered_new(&numbered, 12, 1);
    first = numbered.log.newest_sector * numbered.log.slots;
    flash_model_arm(&in_process_board.flash, torn_mark);
    assert_int_equal(numbered_append(&numbered, 2), RECORD_LOG_ERROR_FLASH);
    assert_int_equal(record_log_read(&numbered.log, first + 1U, record, &sequence),
                     RECORD_LOG_EMPTY);
    assert_int_equal(numbered_mount(&numbered), RECORD_LOG_OK);
    assert_int_equal(numbered.number, 2);
    assert_int_equal(record_log_read(&numbered.log, first + 1U, record, &sequence),
                     RECORD_LOG_EMPTY);
    assert_int_equal(record_log_read(&numbered.log, first + 2U, record, &sequence), RECORD_LOG_OK);
    assert_int_equal(sequence, 3);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {RECORD_LOG_OK, RECORD_LOG_EMPTY, RECORD_LOG_ERROR_FLASH,
                                RECORD_LOG_ERROR_GEOMETRY, RECORD_LOG_ERROR_WORN};

    (void)state;
    support_check_texts(record_log_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_area_is_empty_and_stays_unwritten),
        cmocka_unit_test(first_value_is_written_to_a_sector_erased_just_before),
        cmocka_unit_test(many_rounds_keep_the_newest_and_wear_evenly),
        cmocka_unit_test(logs_of_another_kind_or_size_are_not_read),
        cmocka_unit_test(impossible_geometry_is_refused),
        cmocka_unit_test(sequence_ends_at_its_limit),
        cmocka_unit_test(interrupted_last_record_can_be_mounted),
        cmocka_unit_test(uniform_areas_are_empty_logs),
        cmocka_unit_test(random_areas_are_empty_logs),
        cmocka_unit_test(flipped_bits_never_make_up_a_value),
        cmocka_unit_test(older_records_are_read_from_their_places),
        cmocka_unit_test(interrupted_record_is_read_after_the_next_mount),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
