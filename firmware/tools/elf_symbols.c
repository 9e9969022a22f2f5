#include "elf_symbols.h"

#include "tool_memory.h"
#include "tool_report.h"

#include <stdlib.h>
#include <string.h>

#define NO_FILE "" /* of static functions before the first file */

static int find_table(const struct elf_image *image, Elf32_Shdr *table, Elf32_Shdr *names)
{
    for (size_t i = 0; i < image->header.e_shnum; i++) {
        *table = elf_image_section(image, i);
        if (table->sh_type != SHT_SYMTAB) {
            continue;
        }
        if (table->sh_entsize != sizeof(Elf32_Sym) || table->sh_link >= image->header.e_shnum ||
            elf_image_content(image, table) == NULL) {
            return tool_refuse("%s: the symbol table is not within the file; link it again",
                               image->path);
        }
        *names = elf_image_section(image, table->sh_link);
        return 0;
    }
    return tool_refuse("%s: no symbol table; link without -s and do not strip", image->path);
}

/* Mapping symbols ($t, $d, ...) and other labels in data are none. */
static bool is_function(const struct elf_image *image, const Elf32_Sym *symbol, const char *name)
{
    const unsigned type = ELF32_ST_TYPE(symbol->st_info);

    if (symbol->st_shndx == SHN_UNDEF || name[0] == '\0' || name[0] == '$') {
        return false;
    }
    if (type != STT_NOTYPE) {
        return type == STT_FUNC || type == STT_GNU_IFUNC;
    }
    return symbol->st_shndx == SHN_ABS ||
           (symbol->st_shndx < image->header.e_shnum &&
            (elf_image_section(image, symbol->st_shndx).sh_flags & SHF_EXECINSTR) != 0);
}

/* Points to the code, if all of it is in the file. */
static void find_code(const struct elf_image *image, const Elf32_Sym *symbol,
                      struct elf_symbol *found)
{
    Elf32_Shdr section;
    const uint8_t *content;
    uint64_t end;

    if (ELF32_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx >= image->header.e_shnum) {
        return;
    }
    section = elf_image_section(image, symbol->st_shndx);
    content = elf_image_content(image, &section);
    end = (uint64_t)found->address + symbol->st_size;
    if (content == NULL || found->address < section.sh_addr ||
        end > (uint64_t)section.sh_addr + section.sh_size) {
        return;
    }
    found->code = content + (found->address - section.sh_addr);
    found->length = symbol->st_size;
}

static int add(struct elf_symbols *symbols, const struct elf_image *image, const Elf32_Sym *symbol,
               const char *name, const char *file)
{
    const unsigned binding = ELF32_ST_BIND(symbol->st_info);
    struct elf_symbol *added;
    void *grown = tool_memory_grow(symbols->items, symbols->count, &symbols->capacity,
                                   sizeof *symbols->items);

    if (grown == NULL) {
        return -1;
    }
    symbols->items = grown;
    added = &symbols->items[symbols->count++];
    *added = (struct elf_symbol){
        .name = name,
        .file = binding == STB_LOCAL ? file : NULL,
        .address = symbol->st_value & ~UINT32_C(1),
        .weak = binding == STB_WEAK,
    };
    find_code(image, symbol, added);
    return 0;
}

static int by_name_and_file(const void *left, const void *right)
{
    const struct elf_symbol *a = left;
    const struct elf_symbol *b = right;
    const int names = strcmp(a->name, b->name);

    if (names != 0) {
        return names;
    }
    if (a->file == NULL || b->file == NULL) {
        return (a->file != NULL) - (b->file != NULL);
    }
    return strcmp(a->file, b->file);
}

/* $t and $a, the local symbols that ARM code always has. */
static bool maps_code(const char *name)
{
    return strncmp(name, "$t", 2) == 0 || strncmp(name, "$a", 2) == 0;
}

int elf_symbols_read(struct elf_symbols *symbols, const struct elf_image *image)
{
    const char *file = NO_FILE;
    bool has_local = false;
    Elf32_Shdr table = {0};
    Elf32_Shdr names = {0};

    memset(symbols, 0, sizeof *symbols);
    if (find_table(image, &table, &names) != 0) {
        return -1;
    }
    for (size_t i = 0; i < table.sh_size / sizeof(Elf32_Sym); i++) {
        Elf32_Sym symbol;
        const char *name;

        memcpy(&symbol, elf_image_content(image, &table) + i * sizeof symbol, sizeof symbol);
        name = elf_image_text(image, &names, symbol.st_name);
        if (name == NULL) {
            return tool_refuse("%s: symbol %zu has no name within the file", image->path, i);
        }
        has_local = has_local || maps_code(name);
        if (ELF32_ST_TYPE(symbol.st_info) == STT_FILE) {
            file = name;
        } else if (is_function(image, &symbol, name) &&
                   add(symbols, image, &symbol, name, file) != 0) {
            return -1;
        }
    }
    if (!has_local) {
        return tool_refuse("%s: no local symbols; link without -x and do not strip", image->path);
    }
    qsort(symbols->items, symbols->count, sizeof *symbols->items, by_name_and_file);
    return 0;
}

void elf_symbols_free(struct elf_symbols *symbols)
{
    free(symbols->items);
    memset(symbols, 0, sizeof *symbols);
}

/* Method: the first symbol that is not before `wanted`, by halving. */
static size_t lower_bound(const struct elf_symbols *symbols, const struct elf_symbol *wanted)
{
    size_t low = 0;
    size_t high = symbols->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2U;

        if (by_name_and_file(&symbols->items[middle], wanted) < 0) {
            low = middle + 1U;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct elf_symbol *elf_symbols_find(const struct elf_symbols *symbols, const char *file,
                                          const char *name)
{
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    const struct elf_symbol wanted = {.name = name, .file = slash != NULL ? slash + 1 : file};
    const size_t i = lower_bound(symbols, &wanted);

    return i < symbols->count && by_name_and_file(&symbols->items[i], &wanted) == 0
               ? &symbols->items[i]
               : NULL;
}

bool elf_symbols_same_follows(const struct elf_symbols *symbols, const struct elf_symbol *symbol)
{
    return symbol + 1 < symbols->items + symbols->count &&
           by_name_and_file(symbol, symbol + 1) == 0;
}

bool elf_symbols_has_static(const struct elf_symbols *symbols, const char *name)
{
    const struct elf_symbol wanted = {.name = name};

    for (size_t i = lower_bound(symbols, &wanted);
         i < symbols->count && strcmp(symbols->items[i].name, name) == 0; i++) {
        if (symbols->items[i].file != NULL) {
            return true;
        }
    }
    return false;
}
