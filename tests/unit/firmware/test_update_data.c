/* update.h: the bytes of an image on their way to flash, however they are divided. */
#include "support.h"

#include "update_bench.h"

#include <string.h>

#define FIRST_SECTOR (FLASH_SECTOR_SIZE - IMAGE_HEADER_SIZE) /* of the body, bytes in it */

static struct update_bench bench;
static struct bench_image image;

/* Nothing but slot B was touched since the view began, and each sector erased once. */
static void assert_only_slot_b_was_written(size_t length)
{
    const size_t sectors =
        (IMAGE_HEADER_SIZE + length + FLASH_SECTOR_SIZE - 1U) / FLASH_SECTOR_SIZE;
    size_t erases = 0;

    for (uint32_t i = 0; i < support_flash.count && i < SUPPORT_MAX_OPERATIONS; i++) {
        assert_true(support_lies_in(support_flash.operations[i].offset, HAL_FLASH_SLOT_B));
        erases += support_flash.operations[i].erase ? 1U : 0U;
    }
    if (support_flash.count <= SUPPORT_MAX_OPERATIONS) {
        assert_int_equal(erases, sectors);
    }
}

static void body_of_every_length_arrives_in_pieces_of_every_size(void **state)
{
    static const uint32_t lengths[] = {1,
                                       7,
                                       8,
                                       9,
                                       100,
                                       FIRST_SECTOR - 1U,
                                       FIRST_SECTOR,
                                       FIRST_SECTOR + 1U,
                                       FIRST_SECTOR + FLASH_SECTOR_SIZE,
                                       BENCH_MAX_BODY - 1U,
                                       BENCH_MAX_BODY};
    static const size_t pieces[] = {1, 3, 7, 8, 9, 64, 209, 4096, 5001, BENCH_MAX_BODY};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(lengths); i++) {
        bench_make_image(&image, IMAGE_SLOT_B, 1, lengths[i]);
        for (size_t j = 0; j < SUPPORT_COUNT(pieces); j++) {
            bench_new(&bench);
            /* What the slot held before does not matter. */
            memset(
                in_process_change_flash(image_slot_geometry(IMAGE_SLOT_B).offset, BENCH_SLOT_SIZE),
                0x5A, BENCH_SLOT_SIZE);
            assert_int_equal(bench_stage(&bench, &image, pieces[j]), UPDATE_OK);
            assert_true(bench_slot_holds(IMAGE_SLOT_B, &image));
            assert_only_slot_b_was_written(lengths[i]);
        }
    }
}

/* Any division, empty pieces included. */
static void body_may_be_divided_anyhow(void **state)
{
    uint32_t seed = 3;

    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 10001);
    for (int round = 0; round < 200; round++) {
        bench_new(&bench);
        assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
        while (bench.update.received < image.length) {
            const uint32_t at = bench.update.received;
            size_t count = support_random(&seed) % (round % 2 == 0 ? 40U : 3000U);

            count = count < image.length - at ? count : image.length - at;
            assert_int_equal(update_data(&bench.update, at,
                                         support_at_edge(image.body + at, count % 2048U),
                                         count % 2048U),
                             UPDATE_OK);
            assert_int_equal(bench.update.received, at + count % 2048U);
        }
        assert_int_equal(bench_finish(&bench), UPDATE_OK);
        assert_true(bench_slot_holds(IMAGE_SLOT_B, &image));
    }
}

/* A watchdog of two seconds leaves no time for more. */
static void no_message_takes_longer_than_one_erase(void **state)
{
    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 20000);
    bench_new(&bench);
    assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
    assert_int_equal(support_flash.count, 1);
    for (uint32_t at = 0; at < image.length; at += 200U) {
        uint32_t erases = 0;

        support_watch_flash();
        assert_int_equal(update_data(&bench.update, at, image.body + at, 200), UPDATE_OK);
        for (uint32_t i = 0; i < support_flash.count; i++) {
            erases += support_flash.operations[i].erase ? 1U : 0U;
        }
        assert_in_range(erases, 0, 1);
    }
}

static void header_is_written_last(void **state)
{
    const uint32_t slot = image_slot_geometry(IMAGE_SLOT_B).offset;

    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 10001);
    bench_new(&bench);
    assert_int_equal(bench_stage(&bench, &image, 1000), UPDATE_OK);
    assert_in_range(support_flash.count, 2, SUPPORT_MAX_OPERATIONS);
    for (uint32_t i = 1; i < support_flash.count - 1U; i++) {
        assert_in_range(support_flash.operations[i].offset, slot + IMAGE_HEADER_SIZE, FLASH_SIZE);
    }
    assert_int_equal(support_flash.operations[support_flash.count - 1U].offset, slot);
}

/* One bit of the body, first, last and in between: no header is written. */
static void altered_body_is_refused_at_the_finish(void **state)
{
    static const size_t places[] = {0, 1, FIRST_SECTOR - 1U, FIRST_SECTOR, 9999, 10000};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(places); i++) {
        bench_make_image(&image, IMAGE_SLOT_B, 1, 10001);
        image.body[places[i]] ^= 0x80U;
        bench_new(&bench);
        assert_int_equal(bench_stage(&bench, &image, 209), IMAGE_ERROR_BODY);
        assert_int_equal(bench.update.phase, UPDATE_IDLE);
        assert_false(bench_slot_holds(IMAGE_SLOT_B, &image));
        assert_int_equal(bench_activate(&bench), UPDATE_ERROR_ORDER);
        image.body[places[i]] ^= 0x80U;
        assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    }
}

/* What is in flash counts, not what was sent: at the finish, and once more when activated. */
static void flash_that_changed_meanwhile_is_refused(void **state)
{
    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 10001);
    for (int staged = 0; staged <= 1; staged++) {
        uint8_t *byte;

        bench_new(&bench);
        assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
        assert_int_equal(bench_send(&bench, &image, 1000), UPDATE_OK);
        if (staged == 1) {
            assert_int_equal(bench_finish(&bench), UPDATE_OK);
        }
        byte = in_process_change_flash(image_slot_geometry(IMAGE_SLOT_B).offset + 5000U, 1);
        *byte ^= 1U;
        assert_int_equal(staged == 1 ? bench_activate(&bench) : bench_finish(&bench),
                         IMAGE_ERROR_BODY);
        assert_int_equal(bench.update.phase, UPDATE_IDLE);
        bench_start(&bench);
        assert_int_equal(bench.running.slot, IMAGE_SLOT_A);
    }
}

/* Each read of finish and activate. */
static void flash_that_cannot_be_read_is_refused(void **state)
{
    uint32_t failures = 0;

    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 3000);
    for (uint32_t read = 0;; read++) {
        int result;

        bench_new(&bench);
        assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
        assert_int_equal(bench_send(&bench, &image, 1000), UPDATE_OK);
        support_fail_read(read);
        result = bench_finish(&bench);
        result = result == UPDATE_OK ? bench_activate(&bench) : result;
        support_fail_read(UINT32_MAX);
        if (result == UPDATE_OK) {
            break;
        }
        assert_int_equal(result, IMAGE_ERROR_FLASH);
        assert_int_equal(bench.update.phase, UPDATE_IDLE);
        assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
        failures++;
    }
    assert_in_range(failures, 3, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_of_every_length_arrives_in_pieces_of_every_size),
        cmocka_unit_test(body_may_be_divided_anyhow),
        cmocka_unit_test(no_message_takes_longer_than_one_erase),
        cmocka_unit_test(header_is_written_last),
        cmocka_unit_test(altered_body_is_refused_at_the_finish),
        cmocka_unit_test(flash_that_changed_meanwhile_is_refused),
        cmocka_unit_test(flash_that_cannot_be_read_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
