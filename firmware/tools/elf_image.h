/*
 * elf_image.h - a linked 32-bit little-endian ARM program in memory (System V ABI, chapter 4; ELF for
 * the Arm architecture). The file may be anything: every offset and name is checked before use.
 */
#ifndef TOOLS_ELF_IMAGE_H
#define TOOLS_ELF_IMAGE_H

#include "hal.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct elf_image {
    const char *path; /* of the caller; for messages */
    const uint8_t *bytes;
    size_t length;
    Elf32_Ehdr header;
    Elf32_Shdr names; /* the section with the names of sections */
};

/*
 * Checks the headers of the `length` bytes at `bytes`, which stay the caller's and must outlive
 * `image`. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int elf_image_open(struct elf_image *image, const char *path, const uint8_t *bytes,
                                  size_t length);

/* The header of a section; `index` is less than image->header.e_shnum. */
Elf32_Shdr elf_image_section(const struct elf_image *image, size_t index);

/* The name of a section of `image`, or NULL if it has no valid one. */
const char *elf_image_section_name(const struct elf_image *image, const Elf32_Shdr *section);

/* The content of a section, section->sh_size bytes; NULL if it is not within the file. */
const uint8_t *elf_image_content(const struct elf_image *image, const Elf32_Shdr *section);

/* The text at `offset` of a section of texts, or NULL if there is none. */
const char *elf_image_text(const struct elf_image *image, const Elf32_Shdr *texts, uint32_t offset);

#endif
