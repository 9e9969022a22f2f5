/*
 * hearth.ld.S - linker script of the boot stage (-DSTAGE_BOOT) and of the application for one slot
 * (-DSTAGE_SLOT=SLOT_A); the C preprocessor makes it from memory_map.h.
 */
#include "memory_map.h"

#ifdef STAGE_BOOT
#define CODE_BASE BOOT_BASE
#define CODE_SIZE BOOT_SIZE
#else
#define CODE_BASE (STAGE_SLOT + BODY_OFFSET)
#define CODE_SIZE (SLOT_SIZE - BODY_OFFSET)
#endif

MEMORY
{
    CODE (rx) : ORIGIN = CODE_BASE, LENGTH = CODE_SIZE
    STACK (rw) : ORIGIN = STACK_BASE, LENGTH = STACK_SIZE
    RAM (rw) : ORIGIN = RAM_BASE, LENGTH = RAM_SIZE
    RETAINED (rw) : ORIGIN = RETAINED_BASE, LENGTH = RETAINED_SIZE
    CONSOLE (rw) : ORIGIN = CONSOLE_BASE, LENGTH = CONSOLE_SIZE
}

ENTRY(startup_reset)

SECTIONS
{
    .text :
    {
        KEEP(*(.vectors))
        KEEP(*(.handlers))
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
    .console (NOLOAD) : { *(.console*) } > CONSOLE

    startup_stack_limit = STACK_BASE;
    startup_stack_top = STACK_BASE + STACK_SIZE;

    .ARM.attributes 0 : { *(.ARM.attributes) }
    /DISCARD/ : { *(.init*) *(.fini*) *(.eh_frame*) }
}
