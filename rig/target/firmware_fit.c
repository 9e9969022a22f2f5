#include "target/firmware_fit.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"

enum { FILE_LIMIT = 64 * 1024 * 1024 };

/* Which number of `storage` bounds a file. */
struct bound {
    const char *key;
    const char *size;
};

static const struct bound bounds[] = {
    {"boot", "boot_size"}, {"image_a", "slot_size"}, {"image_b", "slot_size"}};

static const struct bound *find_bound(const char *key)
{
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        if (strcmp(bounds[i].key, key) == 0) {
            return &bounds[i];
        }
    }
    return NULL;
}

int firmware_fit(const struct target *target, const char *key, const char *path,
                 struct diagnostic *diagnostic)
{
    const struct bound *bound = find_bound(key);
    struct file_content content = {NULL, 0};
    uint64_t most = 0;

    if (bound == NULL || !target_find_number(target, "storage", bound->size, &most)) {
        return RIG_OK;
    }
    int error = file_read(path, FILE_LIMIT, &content, diagnostic);
    if (error == RIG_OK && content.size >= SELFMAG && memcmp(content.bytes, ELFMAG, SELFMAG) == 0) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s: `firmware.%s`: %s is an ELF file; name the one with the bytes "
                                "as they lie in flash",
                                target->path, key, path);
    } else if (error == RIG_OK && content.size > most) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s: `firmware.%s`: %s has %zu bytes, and `storage.%s` is %" PRIu64
                                "; name a smaller file, or correct the size",
                                target->path, key, path, content.size, bound->size, most);
    }
    file_content_free(&content);
    return error;
}
