/* update_image_seeds.h - the committed seeds of the harness update_image. */
#ifndef UPDATE_IMAGE_SEEDS_H
#define UPDATE_IMAGE_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Calls `save` for each seed. */
void update_image_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                                     size_t size));

#endif
