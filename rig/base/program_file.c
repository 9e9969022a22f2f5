/*
 * Method: ELF-64 (System V ABI, chapter 4, "Object Files"): the header says where the table of
 * sections is, the table where each section is and where its name is in the section of names.
 * Every offset comes from the file, so each piece is copied out through one function that checks it
 * against the file's size.
 */
#include "base/program_file.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"

enum {
    FILE_LIMIT = 1 << 30, /* bytes */
};

/* Bytes of the file. */
struct piece {
    const uint8_t *at;
    size_t size;
};

static bool cut(struct piece whole, uint64_t offset, uint64_t size, struct piece *piece)
{
    if (offset > whole.size || size > whole.size - offset) {
        return false;
    }
    *piece = (struct piece){whole.at + offset, (size_t)size};
    return true;
}

static bool read_header(struct piece whole, Elf64_Ehdr *header)
{
    static const uint16_t one = 1;
    const unsigned char order = *(const unsigned char *)&one == 1 ? ELFDATA2LSB : ELFDATA2MSB;
    struct piece piece;

    if (!cut(whole, 0, sizeof(*header), &piece)) {
        return false;
    }
    memcpy(header, piece.at, sizeof(*header));
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == order &&
           header->e_shentsize == sizeof(Elf64_Shdr);
}

static bool read_section(struct piece whole, const Elf64_Ehdr *header, size_t index,
                         Elf64_Shdr *section)
{
    struct piece table;
    struct piece piece;

    if (!cut(whole, header->e_shoff, (uint64_t)header->e_shnum * sizeof(*section), &table) ||
        !cut(table, (uint64_t)index * sizeof(*section), sizeof(*section), &piece)) {
        return false;
    }
    memcpy(section, piece.at, sizeof(*section));
    return true;
}

static bool has_name(struct piece whole, const Elf64_Shdr *names, const Elf64_Shdr *section,
                     const char *name)
{
    struct piece all;
    struct piece piece;

    return cut(whole, names->sh_offset, names->sh_size, &all) &&
           cut(all, section->sh_name, strlen(name) + 1, &piece) &&
           memcmp(piece.at, name, piece.size) == 0;
}

static bool find_comment(struct piece whole, struct piece *comment)
{
    Elf64_Ehdr header;
    Elf64_Shdr names;
    Elf64_Shdr section;

    if (!read_header(whole, &header) || !read_section(whole, &header, header.e_shstrndx, &names)) {
        return false;
    }
    for (size_t i = 0; i < header.e_shnum; i++) {
        if (read_section(whole, &header, i, &section) && section.sh_type == SHT_PROGBITS &&
            has_name(whole, &names, &section, ".comment")) {
            return cut(whole, section.sh_offset, section.sh_size, comment);
        }
    }
    return false;
}

static bool mentions_clang(const char *line, size_t size)
{
    static const char words[] = "clang version ";

    for (size_t i = 0; i + strlen(words) <= size; i++) {
        if (memcmp(line + i, words, strlen(words)) == 0) {
            return true;
        }
    }
    return false;
}

int program_file_compiler(const char *path, char *text, size_t size, struct diagnostic *diagnostic)
{
    struct file_content content = {NULL, 0};
    struct piece comment = {NULL, 0};
    int error = file_read(path, FILE_LIMIT, &content, diagnostic);

    text[0] = '\0';
    if (error != RIG_OK) {
        return error;
    }
    if (find_comment((struct piece){content.bytes, content.size}, &comment)) {
        size_t at = 0;

        while (at < comment.size) { /* each compiler's line ends with NUL */
            const char *line = (const char *)comment.at + at;
            size_t length = strnlen(line, comment.size - at);

            if (mentions_clang(line, length)) {
                (void)text_escape(text, size, line, length);
                break;
            }
            at += length + 1;
        }
    }
    file_content_free(&content);
    return RIG_OK;
}
