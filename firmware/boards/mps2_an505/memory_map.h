/*
 * memory_map.h - where everything is, for C and for the linker scripts, which are made of it by the
 * preprocessor: numbers only. (Arm AN505, 3.1 and 3.2: memory map, Secure aliases.)
 *
 *   boot ROM    SSRAM1; its content comes with the ELF at every reset, as that of a ROM would
 *   flash       a memory file of the emulator in the place of the board's PSRAM, behind NOR rules
 *               that flash_driver.c keeps
 *   RAM         SSRAM2: the application's and the boot stage's own, and what outlives a reset
 */
#ifndef MPS2_AN505_MEMORY_MAP_H
#define MPS2_AN505_MEMORY_MAP_H

#define BOOT_ROM_BASE 0x10000000
#define BOOT_ROM_SIZE 0x00040000

#define FLASH_BASE 0x80000000
#define FLASH_SIZE 0x01000000
#define SLOT_SIZE  0x00100000
#define SLOT_A     0x80100000
#define SLOT_B     0x80200000

/* From the begin of a slot: the body, behind the image's header, and in it the vector table, aligned
 * to the power of two above its size (Armv8-M ARM, VTOR). */
#define BODY_OFFSET    0x80
#define VECTORS_OFFSET 0x200

/* Stacks lie below the RAM that goes with them, with nothing mapped further down: an overflow faults
 * and overwrites nothing. */
#define APP_STACK_BASE  0x38000000
#define APP_STACK_SIZE  0x00002000
#define APP_RAM_BASE    0x38002000
#define APP_RAM_SIZE    0x0004E000
#define BOOT_STACK_BASE 0x38080000
#define BOOT_STACK_SIZE 0x00002000
#define BOOT_RAM_BASE   0x38082000
#define BOOT_RAM_SIZE   0x0001E000

/* Kept through every reset but a loss of power, and common to boot stage and application. */
#define RETAINED_BASE 0x380C0000
#define RETAINED_SIZE 0x00001000

#define PERIPHERALS_BASE 0x40000000
#define PERIPHERALS_SIZE 0x20000000

#endif
