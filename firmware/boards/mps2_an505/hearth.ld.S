/*
 * hearth.ld.S - linker script of the boot stage (-DSTAGE_BOOT) and of the application for one slot
 * (-DSTAGE_SLOT=SLOT_A); the C preprocessor makes it from memory_map.h.
 */
#include "memory_map.h"

#ifdef STAGE_BOOT
#define CODE_BASE  BOOT_ROM_BASE
#define CODE_SIZE  BOOT_ROM_SIZE
#define CODE_PAD   0
#define STACK_BASE BOOT_STACK_BASE
#define STACK_SIZE BOOT_STACK_SIZE
#define RAM_BASE   BOOT_RAM_BASE
#define RAM_SIZE   BOOT_RAM_SIZE
#else
#define CODE_BASE  (STAGE_SLOT + BODY_OFFSET)
#define CODE_SIZE  (SLOT_SIZE - BODY_OFFSET)
#define CODE_PAD   (VECTORS_OFFSET - BODY_OFFSET)
#define STACK_BASE APP_STACK_BASE
#define STACK_SIZE APP_STACK_SIZE
#define RAM_BASE   APP_RAM_BASE
#define RAM_SIZE   APP_RAM_SIZE
#endif

MEMORY
{
    CODE (rx) : ORIGIN = CODE_BASE, LENGTH = CODE_SIZE
    STACK (rw) : ORIGIN = STACK_BASE, LENGTH = STACK_SIZE
    RAM (rw) : ORIGIN = RAM_BASE, LENGTH = RAM_SIZE
    RETAINED (rw) : ORIGIN = RETAINED_BASE, LENGTH = RETAINED_SIZE
}

ENTRY(startup_reset)

SECTIONS
{
    .text :
    {
        . = . + CODE_PAD;
        KEEP(*(.vectors))
        *(.text*)
        *(.rodata*)
        . = ALIGN(8);
    } > CODE
    .ARM.exidx : { *(.ARM.exidx*) } > CODE
    .data : ALIGN(8)
    {
        startup_data_begin = .;
        *(.data*)
        . = ALIGN(8);
        startup_data_end = .;
    } > RAM AT > CODE
    startup_data_source = LOADADDR(.data);
    .bss (NOLOAD) : ALIGN(8)
    {
        startup_bss_begin = .;
        *(.bss*)
        *(COMMON)
        . = ALIGN(8);
        startup_bss_end = .;
    } > RAM
    .retained (NOLOAD) : { *(.retained*) } > RETAINED
    startup_stack_limit = STACK_BASE;
    startup_stack_top = STACK_BASE + STACK_SIZE;
    .ARM.attributes 0 : { *(.ARM.attributes) }
    /DISCARD/ : { *(.init*) *(.fini*) *(.eh_frame*) }
}
