/* elf_sizes.h - how much flash and RAM a linked program takes, from its sections alone. */
#ifndef TOOLS_ELF_SIZES_H
#define TOOLS_ELF_SIZES_H

#include "elf_image.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes. Flash holds text and data, RAM holds data and bss. */
struct elf_sizes {
    uint64_t text; /* allocated, has content, not writable: code, constants, tables */
    uint64_t data; /* allocated, has content, writable */
    uint64_t bss;  /* allocated, has no content; without what elf_sizes_measure() leaves out */
};

/* Whether the section `name` is a stack, that bss goes without. */
typedef bool elf_sizes_is_stack(const char *name, void *context);

/*
 * Adds up all sections but .noinit* (RAM that outlives a reset) and those that `is_stack` tells, as
 * far as they have no content. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int elf_sizes_measure(struct elf_sizes *sizes, const struct elf_image *image,
                                     elf_sizes_is_stack *is_stack, void *context);

#endif
