/* flash_layout.h and board_layouts.h: each board's flash keeps the rules of hal.h, and each breach of
 * one is named. */
#include "support.h"

#include "board_layouts.h"
#include "flash_layout.h"
#include "microbit_layout.h"
#include "mps2_an505_layout.h"
#include "native_layout.h"

#include <string.h>

#define KIB 1024U

static void each_board_keeps_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOARD_LAYOUTS; i++) {
        const char *flaw = flash_layout_flaw(board_layouts[i]);

        if (flaw != NULL) {
            fail_msg("%s: %s", board_layouts[i]->board, flaw);
        }
    }
}

/* From the numbers that code sees, not from the table: inside the part, aligned, apart. */
static void each_byte_has_one_area_at_most(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOARD_LAYOUTS; i++) {
        uint64_t end = 0; /* areas are in the order of the enum on every board */

        for (enum hal_flash_area area = HAL_FLASH_FACTORY; area < HAL_FLASH_AREA_COUNT; area++) {
            const struct hal_flash_geometry geometry =
                flash_layout_geometry(board_layouts[i], area);

            assert_true(geometry.offset >= end);
            assert_int_equal(geometry.offset % geometry.sector_size, 0);
            assert_int_equal(geometry.size % geometry.sector_size, 0);
            assert_true(geometry.size > 0);
            end = (uint64_t)geometry.offset + geometry.size;
        }
        assert_true(end <= board_layouts[i]->size);
    }
}

static void slots_are_where_images_are_linked(void **state)
{
    static const struct {
        const struct flash_layout *layout;
        uint32_t slot_a;
        uint32_t slot_b;
        uint32_t slot_size;
        uint32_t sector_size;
        uint32_t program_unit;
    } rows[] = {
        {&native_layout, 52 * KIB, 116 * KIB, 64 * KIB, 4 * KIB, 8},
        {&mps2_an505_layout, 1024 * KIB, 2048 * KIB, 1024 * KIB, 4 * KIB, 8},
        {&microbit_layout, 88 * KIB, 172 * KIB, 84 * KIB, 1 * KIB, 4},
    };

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const struct hal_flash_geometry a = flash_layout_geometry(rows[i].layout, HAL_FLASH_SLOT_A);
        const struct hal_flash_geometry b = flash_layout_geometry(rows[i].layout, HAL_FLASH_SLOT_B);

        assert_int_equal(a.offset, rows[i].slot_a);
        assert_int_equal(b.offset, rows[i].slot_b);
        assert_int_equal(a.size, rows[i].slot_size);
        assert_int_equal(b.size, rows[i].slot_size);
        assert_int_equal(a.sector_size, rows[i].sector_size);
        assert_int_equal(a.program_unit, rows[i].program_unit);
        assert_int_equal(a.erased_value, 0xFF);
    }
}

/* A device's bytes are its state: those that no field has are the same each time. */
static void padding_is_zero(void **state)
{
    struct hal_flash_geometry geometry;
    const size_t end = offsetof(struct hal_flash_geometry, erased_value) + 1U;

    (void)state;
    memset(&geometry, 0xEE, sizeof geometry);
    geometry = flash_layout_geometry(&mps2_an505_layout, HAL_FLASH_SEED);
    for (size_t i = end; i < sizeof geometry; i++) {
        assert_int_equal(((const uint8_t *)&geometry)[i], 0);
    }
}

static void boards_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(flash_layout_find("native"), &native_layout);
    assert_ptr_equal(flash_layout_find("mps2_an505"), &mps2_an505_layout);
    assert_ptr_equal(flash_layout_find("microbit"), &microbit_layout);
    assert_null(flash_layout_find("mps2"));
    assert_null(flash_layout_find(""));
    for (size_t i = 0; i < BOARD_LAYOUTS; i++) {
        assert_non_null(strstr(BOARD_LAYOUT_NAMES, board_layouts[i]->board));
    }
}

static void break_sector_size(struct flash_layout *layout)
{
    layout->sector_size = 4095;
}

static void break_small_sectors(struct flash_layout *layout)
{
    layout->sector_size = 512;
}

static void break_program_unit(struct flash_layout *layout)
{
    layout->program_unit = 12;
}

static void break_small_unit(struct flash_layout *layout)
{
    layout->program_unit = 2;
}

static void break_large_unit(struct flash_layout *layout)
{
    layout->program_unit = 2U * HAL_FLASH_MAX_PROGRAM_UNIT;
}

static void break_size(struct flash_layout *layout)
{
    layout->size--;
}

static void break_empty_part(struct flash_layout *layout)
{
    layout->size = 0;
}

static void break_factory(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_FACTORY].sectors = 0;
}

static void break_log(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_SEED].sectors = 1;
}

static void break_last_sector(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_SLOT_B].first_sector++;
}

static void break_far_away(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_SETTINGS].first_sector = UINT32_MAX;
}

static void break_endless(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_EVENTS].sectors = UINT32_MAX;
}

static void break_overlap(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_SLOT_A].first_sector--;
}

static void break_overlap_behind(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_EVENTS].first_sector = layout->areas[HAL_FLASH_SEED].first_sector + 1U;
    layout->areas[HAL_FLASH_EVENTS].sectors = 2;
}

static void break_boot_stage(struct flash_layout *layout)
{
    layout->boot_sectors = 1;
}

static void break_large_boot_stage(struct flash_layout *layout)
{
    layout->boot_sectors = UINT32_MAX;
}

static void break_slots(struct flash_layout *layout)
{
    layout->areas[HAL_FLASH_SLOT_B].sectors--;
}

static void each_flaw_is_named(void **state)
{
    static const struct {
        void (*spoil)(struct flash_layout *layout);
        const char *flaw;
    } rows[] = {
        {break_sector_size, "sector size"},
        {break_small_sectors, "sector size"},
        {break_program_unit, "program unit"},
        {break_small_unit, "program unit"},
        {break_large_unit, "program unit"},
        {break_size, "whole number of sectors"},
        {break_empty_part, "whole number"},
        {break_factory, "too few"},
        {break_log, "too few"},
        {break_last_sector, "not inside"},
        {break_far_away, "not inside"},
        {break_endless, "not inside"},
        {break_overlap, "overlap"},
        {break_overlap_behind, "overlap"},
        {break_boot_stage, "boot stage"},
        {break_large_boot_stage, "boot stage"},
        {break_slots, "slots differ"},
    };

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        struct flash_layout layout = native_layout; /* has no sector to spare */
        const char *flaw;

        rows[i].spoil(&layout);
        flaw = flash_layout_flaw(&layout);
        if (flaw == NULL || strstr(flaw, rows[i].flaw) == NULL) {
            fail_msg("row %zu: '%s' instead of '%s'", i, flaw != NULL ? flaw : "no flaw",
                     rows[i].flaw);
        }
    }
}

/* For who talks to a device of another board: its geometry, this process's flash. */
static void told_layout_changes_geometry_alone(void **state)
{
    uint8_t byte = 0;

    (void)state;
    support_new_board();
    in_process_use_layout(&mps2_an505_layout);
    assert_int_equal(image_slot_geometry(IMAGE_SLOT_B).offset, 2048 * KIB);
    assert_int_equal(hal_flash_read(FLASH_SIZE - 1U, &byte, 1), HAL_OK);
    assert_int_equal(byte, FLASH_ERASED);
    in_process_use_layout(&native_layout);
    assert_int_equal(image_slot_geometry(IMAGE_SLOT_B).offset,
                     flash_model_geometry(HAL_FLASH_SLOT_B).offset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_board_keeps_the_rules),
        cmocka_unit_test(each_byte_has_one_area_at_most),
        cmocka_unit_test(slots_are_where_images_are_linked),
        cmocka_unit_test(padding_is_zero),
        cmocka_unit_test(boards_are_found_by_name),
        cmocka_unit_test(each_flaw_is_named),
        cmocka_unit_test(told_layout_changes_geometry_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
