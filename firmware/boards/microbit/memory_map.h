/*
 * memory_map.h - where everything is, for C and for the linker scripts, which are made of it by the
 * preprocessor: numbers only. (nRF51822 Product Specification 3.x, 3.1: memory.)
 *
 *   flash       256 KiB in pages of 1 KiB: boot stage, what is kept, two slots; microbit_layout.c
 *               has the areas. Borders are multiples of 4 KiB, the blocks of protection.h
 *   RAM         16 KiB, of boot stage and application in turn; at its end what outlives a reset
 */
#ifndef MICROBIT_MEMORY_MAP_H
#define MICROBIT_MEMORY_MAP_H

#define FLASH_BASE 0x00000000
#define FLASH_SIZE 0x00040000
#define BOOT_BASE  0x00000000
#define BOOT_SIZE  0x00010000
#define KEPT_BASE  0x00011000 /* behind the factory page: what the firmware may change */
#define SLOT_SIZE  0x00015000
#define SLOT_A     0x00016000
#define SLOT_B     0x0002B000

/* From the begin of a slot: the body, behind the image's header, which begins with the vectors. */
#define BODY_OFFSET 0x80

/* The stack lies at the begin of RAM, with nothing mapped further down: an overflow faults and
 * overwrites nothing. */
#define STACK_BASE 0x20000000
#define STACK_SIZE 0x00001000
#define RAM_BASE   0x20001000
#define RAM_SIZE   0x00002D00

/* Kept through every reset but a loss of power, and common to boot stage and application. */
/* What mbedTLS works with, in either stage. */
#define CRYPTO_POOL_SIZE 0x00001200

#define RETAINED_BASE  0x20003D00
#define RETAINED_SIZE  0x00000100
#define CONSOLE_BASE   0x20003E00
#define CONSOLE_SIZE   0x000001FC
#define STAGE_HANDLERS 0x20003FFC

#endif
