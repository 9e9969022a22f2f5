#include "elf_sizes.h"

#include "tool_report.h"

#include <string.h>

#define NOINIT ".noinit"

static void add_section(struct elf_sizes *sizes, const Elf32_Shdr *section, bool left_out)
{
    if ((section->sh_flags & SHF_ALLOC) == 0) {
        return;
    }
    if (section->sh_type == SHT_NOBITS) {
        sizes->bss += left_out ? 0 : section->sh_size;
    } else if ((section->sh_flags & SHF_WRITE) != 0) {
        sizes->data += section->sh_size;
    } else {
        sizes->text += section->sh_size;
    }
}

int elf_sizes_measure(struct elf_sizes *sizes, const struct elf_image *image,
                      elf_sizes_is_stack *is_stack, void *context)
{
    memset(sizes, 0, sizeof *sizes);
    for (size_t i = 0; i < image->header.e_shnum; i++) {
        const Elf32_Shdr section = elf_image_section(image, i);
        const char *name = elf_image_section_name(image, &section);

        if (name == NULL) {
            return tool_refuse("%s: section %zu has no name; link it again", image->path, i);
        }
        add_section(sizes, &section,
                    strncmp(name, NOINIT, sizeof NOINIT - 1U) == 0 || is_stack(name, context));
    }
    return 0;
}
