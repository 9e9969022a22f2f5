/* elf_symbols.h - the functions that the linker put into a program, by its symbol table. */
#ifndef TOOLS_ELF_SYMBOLS_H
#define TOOLS_ELF_SYMBOLS_H

#include "elf_image.h"
#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_symbol {
    const char *name;
    const char *file; /* of a static function: its source file without folder; NULL: a global one */
    uint32_t address; /* without the Thumb bit */
    bool weak;
    const uint8_t *code; /* of a function with a size, or NULL */
    uint32_t length;     /* of code, bytes */
};

/* Texts stay in the image. */
struct elf_symbols {
    struct elf_symbol *items; /* by name; among equal ones global first, then by file */
    size_t count;
    size_t capacity;
};

/*
 * Takes functions from the symbol table: typed ones, and labels of assembly in code. A program that
 * was stripped is refused. Returns 0, or -1 after saying what is wrong; free in either case.
 */
HAL_MUST_CHECK int elf_symbols_read(struct elf_symbols *symbols, const struct elf_image *image);

void elf_symbols_free(struct elf_symbols *symbols);

/*
 * Finds a static function of `file` (its folder does not count), or a global one (`file` NULL).
 * Returns the first of them, behind which equal ones follow, or NULL if there is none.
 */
const struct elf_symbol *elf_symbols_find(const struct elf_symbols *symbols, const char *file,
                                          const char *name);

/* Whether the symbol behind `symbol` has its name and file: such files lie in different folders. */
bool elf_symbols_same_follows(const struct elf_symbols *symbols, const struct elf_symbol *symbol);

/* Whether any file has a static function of that name. */
bool elf_symbols_has_static(const struct elf_symbols *symbols, const char *name);

#endif
