/* elf_image.h, elf_symbols.h, elf_sizes.h on a small program that is built here, and on damaged ones. */
#include "refusal.h"

#include "elf_sizes.h"
#include "elf_symbols.h"

#include <stdlib.h>
#include <string.h>

enum { NO_SECTION, TEXT, DATA, BSS, NOINIT, STACK, SYMBOLS, TEXTS, SECTIONS };

/* One string table for sections and symbols. */
static const char texts[] = "\0.text\0.data\0.bss\0.noinit.boot\0.stack\0.symtab\0.strtab\0"
                            "$t\0a.c\0step\0b.c\0reset\0spare\0label\0other\0";

static uint32_t text_at(const char *text)
{
    for (uint32_t i = 1; i < sizeof texts; i++) {
        if (strcmp(texts + i, text) == 0 && texts[i - 1] == '\0') {
            return i;
        }
    }
    fail_msg("no '%s' in the table", text);
    return 0;
}

#define SYMBOL_COUNT 11U

struct program {
    Elf32_Ehdr header;
    Elf32_Shdr sections[SECTIONS];
    Elf32_Sym symbols[SYMBOL_COUNT];
    uint8_t code[16];
    char texts[sizeof texts];
};

static struct program good;

static void set_section(size_t i, const char *name, Elf32_Word type, Elf32_Word flags,
                        Elf32_Word address, size_t offset, size_t size)
{
    good.sections[i] = (Elf32_Shdr){.sh_name = text_at(name),
                                    .sh_type = type,
                                    .sh_flags = flags,
                                    .sh_addr = address,
                                    .sh_offset = (Elf32_Off)offset,
                                    .sh_size = (Elf32_Word)size};
}

static void set_symbol(size_t i, const char *name, unsigned char binding, unsigned char type,
                       Elf32_Section section, Elf32_Addr value, Elf32_Word size)
{
    good.symbols[i] = (Elf32_Sym){.st_name = text_at(name),
                                  .st_value = value,
                                  .st_size = size,
                                  .st_info = (unsigned char)ELF32_ST_INFO(binding, type),
                                  .st_shndx = section};
}

static void set_symbols(void)
{
    set_symbol(1, "a.c", STB_LOCAL, STT_FILE, SHN_ABS, 0, 0);
    set_symbol(2, "$t", STB_LOCAL, STT_NOTYPE, TEXT, 0x100, 0);
    set_symbol(3, "step", STB_LOCAL, STT_FUNC, TEXT, 0x101, 4);
    set_symbol(4, "b.c", STB_LOCAL, STT_FILE, SHN_ABS, 0, 0);
    set_symbol(5, "step", STB_LOCAL, STT_FUNC, TEXT, 0x105, 4);
    set_symbol(6, "reset", STB_GLOBAL, STT_FUNC, TEXT, 0x109, 8);
    set_symbol(7, "spare", STB_WEAK, STT_FUNC, TEXT, 0x10D, 400); /* larger than its section */
    set_symbol(8, "label", STB_GLOBAL, STT_NOTYPE, TEXT, 0x10C, 0);
    set_symbol(9, "other", STB_GLOBAL, STT_OBJECT, DATA, 0x2000, 4);
    set_symbol(10, ".data", STB_GLOBAL, STT_FUNC, SHN_UNDEF, 0, 0);
}

static int build(void **state)
{
    (void)state;
    memset(&good, 0, sizeof good);
    memcpy(good.header.e_ident, ELFMAG, SELFMAG);
    good.header.e_ident[EI_CLASS] = ELFCLASS32;
    good.header.e_ident[EI_DATA] = ELFDATA2LSB;
    good.header.e_type = ET_EXEC;
    good.header.e_machine = EM_ARM;
    good.header.e_shoff = offsetof(struct program, sections);
    good.header.e_shentsize = sizeof(Elf32_Shdr);
    good.header.e_shnum = SECTIONS;
    good.header.e_shstrndx = TEXTS;
    set_section(TEXT, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x100,
                offsetof(struct program, code), sizeof good.code);
    set_section(DATA, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x2000,
                offsetof(struct program, code), 8);
    set_section(BSS, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x3000, 0, 400);
    set_section(NOINIT, ".noinit.boot", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x4000, 0, 5000);
    set_section(STACK, ".stack", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x6000, 0, 60000);
    set_section(SYMBOLS, ".symtab", SHT_SYMTAB, 0, 0, offsetof(struct program, symbols),
                sizeof good.symbols);
    good.sections[SYMBOLS].sh_link = TEXTS;
    good.sections[SYMBOLS].sh_entsize = sizeof(Elf32_Sym);
    set_section(TEXTS, ".strtab", SHT_STRTAB, 0, 0, offsetof(struct program, texts), sizeof texts);
    memcpy(good.texts, texts, sizeof texts);
    set_symbols();
    return 0;
}

static bool is_stack(const char *name, void *context)
{
    return strcmp(name, context) == 0;
}

/* Reads everything from `length` bytes in memory of just that length. */
static int read_all(const void *bytes, size_t length, struct elf_sizes *sizes)
{
    static char stack[] = ".stack";
    uint8_t *copy = malloc(length > 0 ? length : 1);
    struct elf_symbols symbols = {0};
    struct elf_image image;
    unsigned sum = 0;
    int result;

    assert_non_null(copy);
    memcpy(copy, bytes, length);
    result = elf_image_open(&image, "p", copy, length);
    result = result == 0 ? elf_symbols_read(&symbols, &image) : result;
    result = result == 0 ? elf_sizes_measure(sizes, &image, is_stack, stack) : result;
    for (size_t i = 0; i < symbols.count; i++) {
        sum += (unsigned)strlen(symbols.items[i].name);
        for (size_t at = 0; at < symbols.items[i].length; at++) {
            sum += symbols.items[i].code[at];
        }
    }
    assert_true(sum < UINT32_MAX);
    elf_symbols_free(&symbols);
    free(copy);
    return result;
}

static int read_good(void)
{
    struct elf_sizes sizes;

    return read_all(&good, sizeof good, &sizes);
}

static void sections_are_added_up(void **state)
{
    struct elf_sizes sizes;

    (void)state;
    assert_int_equal(read_all(&good, sizeof good, &sizes), 0);
    assert_int_equal(sizes.text, 16);
    assert_int_equal(sizes.data, 8);
    assert_int_equal(sizes.bss, 400);
    good.sections[STACK].sh_name = good.sections[BSS].sh_name;
    good.sections[NOINIT].sh_type = SHT_PROGBITS; /* it takes flash: it counts */
    good.sections[TEXTS].sh_flags = SHF_ALLOC;
    assert_int_equal(read_all(&good, sizeof good, &sizes), 0);
    assert_int_equal(sizes.text, 16 + sizeof texts);
    assert_int_equal(sizes.data, 5008);
    assert_int_equal(sizes.bss, 60400);
}

static void functions_are_found(void **state)
{
    struct elf_image image;
    struct elf_symbols symbols;

    (void)state;
    assert_int_equal(elf_image_open(&image, "p", (const uint8_t *)&good, sizeof good), 0);
    assert_int_equal(elf_symbols_read(&symbols, &image), 0);
    assert_int_equal(symbols.count, 5);
    assert_int_equal(elf_symbols_find(&symbols, "some/b.c", "step")->address, 0x104);
    assert_int_equal(elf_symbols_find(&symbols, "a.c", "step")->address, 0x100);
    assert_null(elf_symbols_find(&symbols, "c.c", "step"));
    assert_null(elf_symbols_find(&symbols, NULL, "step"));
    assert_null(elf_symbols_find(&symbols, NULL, "other"));
    assert_null(elf_symbols_find(&symbols, NULL, ".data"));
    assert_true(elf_symbols_has_static(&symbols, "step"));
    assert_false(elf_symbols_has_static(&symbols, "reset"));
    assert_int_equal(elf_symbols_find(&symbols, NULL, "reset")->length, 8);
    assert_false(elf_symbols_find(&symbols, NULL, "reset")->weak);
    assert_true(elf_symbols_find(&symbols, NULL, "spare")->weak);
    assert_null(elf_symbols_find(&symbols, NULL, "spare")->code);
    assert_non_null(elf_symbols_find(&symbols, NULL, "label"));
    elf_symbols_free(&symbols);
}

static void what_is_no_linked_program_is_refused(void **state)
{
    (void)state;
    good.header.e_machine = EM_386;
    assert_refused(read_good(), "no 32-bit little-endian ARM");
    assert_int_equal(build(state), 0);
    good.header.e_type = ET_REL;
    assert_refused(read_good(), "not linked");
    assert_int_equal(build(state), 0);
    good.header.e_shnum = 0;
    assert_refused(read_good(), "no section headers");
    assert_int_equal(build(state), 0);
    good.header.e_shstrndx = SYMBOLS;
    assert_refused(read_good(), "no names of sections");
    assert_int_equal(build(state), 0);
    good.sections[SYMBOLS].sh_type = SHT_PROGBITS;
    assert_refused(read_good(), "no symbol table");
    assert_int_equal(build(state), 0);
    good.sections[SYMBOLS].sh_size = 0x7FFFFFF0;
    assert_refused(read_good(), "not within the file");
    assert_int_equal(build(state), 0);
    good.symbols[3].st_name = sizeof texts;
    assert_refused(read_good(), "symbol 3 has no name");
    assert_int_equal(build(state), 0);
    good.symbols[2].st_name = text_at("other");
    assert_refused(read_good(), "no local symbols");
    assert_int_equal(build(state), 0);
    good.sections[BSS].sh_name = 0xFFFFFFFF;
    assert_refused(read_good(), "section 3 has no name");
}

/* Whatever byte is damaged or missing: the program is read or refused, within its bytes. */
static void damage_does_no_harm(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    struct elf_sizes sizes;

    (void)state;
    for (size_t i = 0; i < offsetof(struct program, texts) + sizeof texts; i++) {
        uint8_t *byte = (uint8_t *)&good + i;
        const uint8_t before = *byte;

        for (size_t j = 0; j < sizeof values; j++) {
            *byte = values[j];
            (void)read_good();
        }
        *byte = before;
        assert_int_equal(read_all(&good, i, &sizes), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sections_are_added_up, build),
        cmocka_unit_test_setup(functions_are_found, build),
        cmocka_unit_test_setup(what_is_no_linked_program_is_refused, build),
        cmocka_unit_test_setup(damage_does_no_harm, build),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
