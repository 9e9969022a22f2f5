#include "scenarios/image_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_LIMIT = 64 * 1024 * 1024, ERASED = 0xff };

int image_find(const struct bench *bench, const char *key, char **path,
               struct diagnostic *diagnostic)
{
    const char *name = target_find_setting(bench->target, "images", key);

    *path = NULL;
    if (name == NULL)
        return RIG_OK;
    return workspace_find_firmware(bench->workspace, bench->target->folder, name, path, diagnostic);
}

/* ---- slots ---- */

static bool find_offset(const struct bench *bench, const char *slot, uint64_t *offset)
{
    return (strcmp(slot, "a") == 0 &&
            target_find_number(bench->target, "storage", "slot_a", offset)) ||
           (strcmp(slot, "b") == 0 &&
            target_find_number(bench->target, "storage", "slot_b", offset));
}

bool image_slots_are_known(const struct bench *bench)
{
    uint64_t number;

    return storage_exists(&bench->storage) && find_offset(bench, "a", &number) &&
           find_offset(bench, "b", &number) &&
           target_find_number(bench->target, "storage", "slot_size", &number);
}

int image_slot_place(const struct bench *bench, const char *slot, struct storage_part *place,
                     struct diagnostic *diagnostic)
{
    if (!find_offset(bench, slot, &place->from) ||
        !target_find_number(bench->target, "storage", "slot_size", &place->size))
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "nobody knows where the device's slot '%.8s' is", slot);
    return RIG_OK;
}

int image_slot_read(const struct bench *bench, const char *slot, struct file_content *content,
                    struct diagnostic *diagnostic)
{
    struct storage_part place = {0, 0};
    int error = image_slot_place(bench, slot, &place, diagnostic);

    if (error == RIG_OK)
        error = storage_read(&bench->storage, content, diagnostic);
    if (error != RIG_OK)
        return error;
    if (place.from > content->size || place.size > content->size - place.from) {
        file_content_free(content);
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: slot %s of %" PRIu64 " bytes at %" PRIu64
                               " is not within the storage",
                               bench->target->path, slot, place.size, place.from);
    }
    memmove(content->bytes, content->bytes + place.from, (size_t)place.size);
    content->size = (size_t)place.size;
    content->bytes[content->size] = 0;
    return RIG_OK;
}

/* ---- the list ---- */

static struct genuine_image *add(struct genuine_list *list, const char *name)
{
    struct genuine_image *image = &list->images[list->count++];

    (void)snprintf(image->name, sizeof image->name, "%s", name);
    return image;
}

static int load(struct genuine_list *list, const struct bench *bench, const char *key,
                struct diagnostic *diagnostic)
{
    char *path = NULL;
    int error = image_find(bench, key, &path, diagnostic);

    if (error == RIG_OK && path != NULL)
        error = file_read(path, IMAGE_LIMIT, &add(list, key)->content, diagnostic);
    free(path);
    return error;
}

int genuine_list_load(struct genuine_list *list, const struct bench *bench,
                      struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"update_b", "next_a", "next_b", "downgrade"};
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof keys / sizeof keys[0]; i++) {
        error = load(list, bench, keys[i], diagnostic);
    }
    return error;
}

int genuine_list_learn(struct genuine_list *list, const struct bench *bench, const char *slot,
                       struct diagnostic *diagnostic)
{
    struct genuine_image *image = add(list, "first");
    int error = image_slot_read(bench, slot, &image->content, diagnostic);

    while (error == RIG_OK && image->content.size > 0 &&
           image->content.bytes[image->content.size - 1] == ERASED) {
        image->content.size--;
    }
    if (error == RIG_OK && image->content.size == 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s: slot %s of a new device is empty: correct storage.slot_%s",
                                bench->target->path, slot, slot);
    return error;
}

const struct genuine_image *genuine_list_find(const struct genuine_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->images[i].name, name) == 0)
            return &list->images[i];
    }
    return NULL;
}

const char *genuine_list_match(const struct genuine_list *list, const struct file_content *content)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct file_content *image = &list->images[i].content;

        if (image->size > 0 && image->size <= content->size &&
            memcmp(image->bytes, content->bytes, image->size) == 0)
            return list->images[i].name;
    }
    return NULL;
}

void genuine_list_free(struct genuine_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        file_content_free(&list->images[i].content);
    }
    list->count = 0;
}
