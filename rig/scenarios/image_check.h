/**
 * Which image a device really has in a slot: its storage is compared, byte for byte, with the images
 * that are known to be genuine.
 *
 * Independent of what the device says, but for the name of its slot. The storage is read while the
 * device is off.
 */
#ifndef RIG_SCENARIOS_IMAGE_CHECK_H
#define RIG_SCENARIOS_IMAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/rig_error.h"
#include "target/bench.h"

enum { GENUINE_IMAGES_MAX = 8, GENUINE_NAME = 24 };

/** An image as it lies in a slot, from its first byte on. Owned by its list. */
struct genuine_image {
    char name[GENUINE_NAME]; /**< key in the target's file, or "first": what a new device runs */
    struct file_content content;
};

/** All zero is an empty list; freed by genuine_list_free(). */
struct genuine_list {
    struct genuine_image images[GENUINE_IMAGES_MAX];
    size_t count;
};

/** The file of `images.KEY`, for free(); NULL when the target's file names none. RIG_ERROR_BENCH when it
 * is not built. */
int image_find(const struct bench *bench, const char *key, char **path,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the target's file says where slots are. */
bool image_slots_are_known(const struct bench *bench);

/** Where a slot lies: "a" or "b". RIG_ERROR_DEVICE for another name, which then a device gave. */
int image_slot_place(const struct bench *bench, const char *slot, struct storage_part *place,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What is in a slot now, for file_content_free(). */
int image_slot_read(const struct bench *bench, const char *slot, struct file_content *content,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Loads the genuine images that the target's file names (`images`: update_b, next_a, next_b,
 * downgrade). */
int genuine_list_load(struct genuine_list *list, const struct bench *bench,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Adds what is in a slot, as "first", up to what erased flash is filled with at its end. */
int genuine_list_learn(struct genuine_list *list, const struct bench *bench, const char *slot,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The image of that name; NULL: none. */
const struct genuine_image *genuine_list_find(const struct genuine_list *list, const char *name);

/** The name of the image that begins `content`, or NULL when no genuine one does. */
const char *genuine_list_match(const struct genuine_list *list, const struct file_content *content);

void genuine_list_free(struct genuine_list *list);

#endif
