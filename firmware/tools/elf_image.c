#include "elf_image.h"

#include "tool_report.h"

#include <stdbool.h>
#include <string.h>

static bool is_arm_program(const struct elf_image *image)
{
    const Elf32_Ehdr *header = &image->header;

    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS32 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
           header->e_machine == EM_ARM;
}

static bool has_sections(const struct elf_image *image)
{
    const Elf32_Ehdr *header = &image->header;
    const uint64_t end = (uint64_t)header->e_shoff + (uint64_t)header->e_shnum * sizeof(Elf32_Shdr);

    return header->e_shnum > 0 && header->e_shentsize == sizeof(Elf32_Shdr) &&
           end <= image->length && header->e_shstrndx < header->e_shnum;
}

int elf_image_open(struct elf_image *image, const char *path, const uint8_t *bytes, size_t length)
{
    memset(image, 0, sizeof *image);
    image->path = path;
    image->bytes = bytes;
    image->length = length;
    if (length >= sizeof image->header) {
        memcpy(&image->header, bytes, sizeof image->header);
    }
    if (!is_arm_program(image)) {
        return tool_refuse("%s: no 32-bit little-endian ARM ELF file; give the linked firmware",
                           path);
    }
    if (image->header.e_type != ET_EXEC) {
        return tool_refuse(
            "%s: not linked to fixed addresses; give the firmware that the linker made", path);
    }
    if (!has_sections(image)) {
        return tool_refuse("%s: no section headers within the file; link it again", path);
    }
    image->names = elf_image_section(image, image->header.e_shstrndx);
    if (elf_image_text(image, &image->names, 0) == NULL) {
        return tool_refuse("%s: no names of sections within the file; link it again", path);
    }
    return 0;
}

Elf32_Shdr elf_image_section(const struct elf_image *image, size_t index)
{
    Elf32_Shdr section;

    memcpy(&section, image->bytes + image->header.e_shoff + index * sizeof section, sizeof section);
    return section;
}

const char *elf_image_section_name(const struct elf_image *image, const Elf32_Shdr *section)
{
    return elf_image_text(image, &image->names, section->sh_name);
}

const uint8_t *elf_image_content(const struct elf_image *image, const Elf32_Shdr *section)
{
    const uint64_t end = (uint64_t)section->sh_offset + section->sh_size;

    return section->sh_type == SHT_NOBITS || end > image->length
               ? NULL
               : image->bytes + section->sh_offset;
}

const char *elf_image_text(const struct elf_image *image, const Elf32_Shdr *texts, uint32_t offset)
{
    const uint8_t *content = elf_image_content(image, texts);

    if (content == NULL || texts->sh_type != SHT_STRTAB || offset >= texts->sh_size ||
        content[texts->sh_size - 1U] != '\0') {
        return NULL;
    }
    return (const char *)content + offset;
}
