/*
 * product.ld.S - linker script of the product: boot stage and signed image of slot A, as they are, at
 * their places in flash. The C preprocessor makes it from memory_map.h.
 */
#include "memory_map.h"

SECTIONS
{
    .boot BOOT_BASE : { hearth-boot.bin(.data) }
    .slot_a SLOT_A : { hearth-a.signed.bin(.data) }
}
