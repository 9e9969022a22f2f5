/*
 * Method: regions of Armv8-M must not overlap, so a window in a part of flash splits that part's
 * region into three, what lies before, the window, and what lies behind. While they are changed, the
 * part is not mapped for moments; no code that runs then lies in it.
 */
#include "mpu.h"

#include "memory_map.h"
#include "peripherals.h"

#include <stddef.h>

#define ENABLE            1U
#define NO_EXECUTE        (1U << 0)
#define READ_ONLY         (2U << 1) /* AP: privileged, read-only */
#define READ_WRITE        (0U << 1)
#define NORMAL            (0U << 1) /* index into MPU_ATTRIBUTES */
#define DEVICE            (1U << 1)
#define ATTRIBUTES        0x04FFU /* 0: normal, write-back; 1: device, nGnRE */
#define LAST_BYTES        31U     /* a region's limit names its last 32 bytes */
#define HARD_FAULT_TOO    (1U << 1)
#define REGION_BEFORE     12U
#define REGION_WINDOW     13U
#define REGION_BEHIND     14U
#define FLASH_PARTS       3U
#define FIRST_FLASH_PART  1U
#define BEHIND_SLOTS      (SLOT_B + SLOT_SIZE)
#define BEHIND_SLOTS_SIZE (FLASH_BASE + FLASH_SIZE - BEHIND_SLOTS)

struct region {
    uint32_t begin;
    uint32_t size; /* bytes, a multiple of 32; 0: none */
    uint32_t access;
    uint32_t memory;
};

/* In the order of mpu_open_window()'s parts, behind region 0. */
static const struct region flash_parts[FLASH_PARTS] = {
    {FLASH_BASE, SLOT_A - FLASH_BASE, READ_ONLY | NO_EXECUTE, NORMAL},
    {SLOT_A, SLOT_SIZE, READ_ONLY | NO_EXECUTE, NORMAL},
    {SLOT_B, SLOT_SIZE, READ_ONLY | NO_EXECUTE, NORMAL},
};

static const struct region other_regions[] = {
    {BEHIND_SLOTS, BEHIND_SLOTS_SIZE, READ_ONLY | NO_EXECUTE, NORMAL},
    {RETAINED_BASE, RETAINED_SIZE, READ_WRITE | NO_EXECUTE, NORMAL},
    {PERIPHERALS_BASE, PERIPHERALS_SIZE, READ_WRITE | NO_EXECUTE, DEVICE},
};

static const struct region boot_ram = {BOOT_STACK_BASE, BOOT_STACK_SIZE + BOOT_RAM_SIZE,
                                       READ_WRITE | NO_EXECUTE, NORMAL};
static const struct region app_ram = {APP_STACK_BASE, APP_STACK_SIZE + APP_RAM_SIZE,
                                      READ_WRITE | NO_EXECUTE, NORMAL};

/* The part that a window is open in. */
static size_t open_part;

static void set(uint32_t number, const struct region *region)
{
    MPU_REGION = number;
    MPU_LIMIT = 0;
    if (region->size > 0) {
        MPU_BASE = region->begin | region->access;
        MPU_LIMIT = (region->begin + region->size - 1U - LAST_BYTES) | region->memory | ENABLE;
    }
}

static void settle(void)
{
    __asm volatile("dsb\n isb" ::: "memory");
}

void mpu_start(enum mpu_stage stage)
{
    struct region code = {BOOT_ROM_BASE, BOOT_ROM_SIZE, READ_ONLY, NORMAL};
    uint32_t number = FIRST_FLASH_PART + FLASH_PARTS;

    MPU_CONTROL = 0;
    MPU_ATTRIBUTES = ATTRIBUTES;
    if (stage != MPU_BOOT) {
        code.access |= NO_EXECUTE;
    }
    set(0, &code);
    for (uint32_t i = 0; i < FLASH_PARTS; i++) {
        struct region part = flash_parts[i];

        if ((stage == MPU_SLOT_A && part.begin == SLOT_A) ||
            (stage == MPU_SLOT_B && part.begin == SLOT_B)) {
            part.access &= ~NO_EXECUTE;
        }
        set(FIRST_FLASH_PART + i, &part);
    }
    for (size_t i = 0; i < sizeof other_regions / sizeof *other_regions; i++) {
        set(number, &other_regions[i]);
        number++;
    }
    set(number, stage == MPU_BOOT ? &boot_ram : &app_ram);
    MPU_CONTROL = ENABLE | HARD_FAULT_TOO;
    settle();
}

void mpu_stop(void)
{
    MPU_CONTROL = 0;
    settle();
}

void mpu_open_window(uint32_t begin, uint32_t size)
{
    const struct region *part = flash_parts;
    struct region piece;

    while (begin - part->begin >= part->size) {
        part++;
    }
    open_part = (size_t)(part - flash_parts);
    piece = *part;
    piece.size = 0;
    set(FIRST_FLASH_PART + (uint32_t)open_part, &piece);
    piece.size = begin - part->begin;
    set(REGION_BEFORE, &piece);
    piece.begin = begin + size;
    piece.size = part->begin + part->size - piece.begin;
    set(REGION_BEHIND, &piece);
    piece.begin = begin;
    piece.size = size;
    piece.access = READ_WRITE | NO_EXECUTE;
    set(REGION_WINDOW, &piece);
    settle();
}

void mpu_close_window(void)
{
    const struct region none = {0, 0, 0, 0};

    set(REGION_BEFORE, &none);
    set(REGION_WINDOW, &none);
    set(REGION_BEHIND, &none);
    set(FIRST_FLASH_PART + (uint32_t)open_part, &flash_parts[open_part]);
    settle();
}
