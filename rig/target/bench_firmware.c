#include "target/bench_firmware.h"

#include <stdlib.h>
#include <string.h>

static const char *const parts[] = {"program", "boot", "image_a"};

#define PARTS (sizeof parts / sizeof parts[0])

/* Appends the file's hash, when the target names that part. */
static int add_part(const struct target *target, const struct workspace *workspace, const char *key,
                    char *all, size_t *used, struct diagnostic *diagnostic)
{
    const char *name = target_find_setting(target, "firmware", key);
    char *path = NULL;
    int error = RIG_OK;

    if (name == NULL)
        return RIG_OK;
    error = workspace_find_firmware(workspace, target->folder, name, &path, diagnostic);
    if (error == RIG_OK) {
        error = file_sha256(path, all + *used, diagnostic);
        *used += FILE_HASH_TEXT_SIZE - 1;
    }
    free(path);
    return error;
}

int bench_firmware_hash(const struct target *target, const struct workspace *workspace,
                        char hash[FILE_HASH_TEXT_SIZE], struct diagnostic *diagnostic)
{
    char all[PARTS * FILE_HASH_TEXT_SIZE] = "";
    size_t used = 0;
    int error = RIG_OK;

    hash[0] = '\0';
    for (size_t i = 0; error == RIG_OK && i < PARTS; i++)
        error = add_part(target, workspace, parts[i], all, &used, diagnostic);
    return error == RIG_OK && used > 0 ? bytes_sha256(all, used, hash) : error;
}

int bench_product_read(const struct target *target, const struct workspace *workspace,
                       struct bench_product *product, struct diagnostic *diagnostic)
{
    struct diagnostic unused = {.text = ""};
    char *path = NULL;
    int error = RIG_OK;

    *product = (struct bench_product){target_find_setting(target, "firmware", "product"),
                                      target_find_setting(target, "firmware", "sha256"), ""};
    if (product->file != NULL && product->named != NULL &&
        workspace_find_firmware(workspace, target->folder, product->file, &path, &unused) == RIG_OK)
        error = file_sha256(path, product->hash, diagnostic);
    free(path);
    return error;
}

bool bench_product_is_other(const struct bench_product *product)
{
    return product->hash[0] != '\0' && strcmp(product->hash, product->named) != 0;
}
