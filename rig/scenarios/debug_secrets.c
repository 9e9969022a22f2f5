#include "scenarios/debug_secrets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/common_runs.h"

enum { ALIKE = 8 /* equal bytes in a row are no chance: they were not erased */ };

/* Empties what both flashes hold: it is still there, and its owner may have it in RAM. */
static void keep_erased(uint8_t *bytes, const struct file_content *before,
                        const struct file_content *after)
{
    size_t alike = 0;

    for (size_t i = 0; i < before->size; i++) {
        alike = before->bytes[i] == after->bytes[i] ? alike + 1 : 0;
        if (alike == ALIKE) {
            memset(bytes + i + 1 - ALIKE, 0, ALIKE);
        } else if (alike > ALIKE) {
            bytes[i] = 0;
        }
    }
}

int debug_secrets_find(const struct file_content *memory, const struct file_content *before,
                       const struct file_content *after, struct debug_secrets *secrets)
{
    struct common_runs found = {0};
    uint8_t *erased;
    int error;

    if (before->size != after->size || before->size == 0) {
        return RIG_ERROR_USAGE;
    }
    erased = malloc(before->size);
    if (erased == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    memcpy(erased, before->bytes, before->size);
    keep_erased(erased, before, after);
    {
        const struct run_image in_memory = {memory->bytes, memory->size, NULL, 0};
        const struct run_image in_flash = {erased, before->size, NULL, 0};

        error = common_runs_find(&in_memory, &in_flash, &found);
    }
    free(erased);
    *secrets = (struct debug_secrets){found.count, found.at, found.at_other};
    return error;
}
