#include "flash_layout.h"

#include <stdbool.h>
#include <string.h>

#define LEAST_SECTOR_SIZE  1024U
#define LEAST_PROGRAM_UNIT 4U

struct hal_flash_geometry flash_layout_geometry(const struct flash_layout *layout,
                                                enum hal_flash_area area)
{
    struct hal_flash_geometry geometry;

    memset(&geometry, 0, sizeof geometry); /* padding too: a device's bytes are its state */
    geometry.offset = layout->areas[area].first_sector * layout->sector_size;
    geometry.size = layout->areas[area].sectors * layout->sector_size;
    geometry.sector_size = layout->sector_size;
    geometry.program_unit = layout->program_unit;
    geometry.erased_value = layout->erased_value;
    return geometry;
}

static bool power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1U)) == 0;
}

/* The part, before any area is looked at. */
static const char *part_flaw(const struct flash_layout *layout)
{
    if (!power_of_two(layout->sector_size) || layout->sector_size < LEAST_SECTOR_SIZE) {
        return "sector size is not a power of two of at least 1024";
    }
    if (!power_of_two(layout->program_unit) || layout->program_unit < LEAST_PROGRAM_UNIT ||
        layout->program_unit > HAL_FLASH_MAX_PROGRAM_UNIT) {
        return "program unit is not a power of two of 4 to 32";
    }
    if (layout->size == 0 || layout->size % layout->sector_size != 0) {
        return "part is not a whole number of sectors";
    }
    return NULL;
}

/* Sectors are compared, not bytes: a product of bytes could wrap round. */
static bool area_inside(const struct flash_layout *layout, unsigned area)
{
    const uint32_t all = layout->size / layout->sector_size;

    return layout->areas[area].first_sector <= all &&
           layout->areas[area].sectors <= all - layout->areas[area].first_sector;
}

/* Both are inside the part. */
static bool areas_overlap(const struct flash_layout *layout, unsigned one, unsigned other)
{
    return layout->areas[one].first_sector <
               layout->areas[other].first_sector + layout->areas[other].sectors &&
           layout->areas[other].first_sector <
               layout->areas[one].first_sector + layout->areas[one].sectors;
}

/* The boot stage's sectors are no area: no firmware may touch them. */
static bool area_in_boot_stage(const struct flash_layout *layout, unsigned area)
{
    return layout->areas[area].first_sector < layout->boot_sectors;
}

static const char *area_flaw(const struct flash_layout *layout, unsigned area)
{
    const bool is_log = area > HAL_FLASH_FACTORY && area < HAL_FLASH_SLOT_A;

    if (layout->areas[area].sectors < (is_log ? 2U : 1U)) {
        return "area has too few sectors";
    }
    if (!area_inside(layout, area)) {
        return "area is not inside the part";
    }
    if (area_in_boot_stage(layout, area)) {
        return "area lies in the boot stage";
    }
    for (unsigned other = 0; other < area; other++) {
        if (areas_overlap(layout, other, area)) {
            return "areas overlap";
        }
    }
    return NULL;
}

const char *flash_layout_flaw(const struct flash_layout *layout)
{
    const char *flaw = part_flaw(layout);

    for (unsigned area = 0; area < HAL_FLASH_AREA_COUNT && flaw == NULL; area++) {
        flaw = area_flaw(layout, area);
    }
    if (flaw == NULL &&
        layout->areas[HAL_FLASH_SLOT_A].sectors != layout->areas[HAL_FLASH_SLOT_B].sectors) {
        flaw = "slots differ in size";
    }
    return flaw;
}
