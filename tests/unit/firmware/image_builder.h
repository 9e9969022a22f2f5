/* image_builder.h - signed images in flash, for the tests of whatever handles them. */
#ifndef IMAGE_BUILDER_H
#define IMAGE_BUILDER_H

#include "image.h"

#include <stdint.h>

#define BUILT_BODY_LENGTH 1000U

/* An image for `slot` with this security counter and a body of BUILT_BODY_LENGTH bytes that depends
 * on both: claims, and the body as `body` bytes if that is not NULL. Not in flash. */
void build_image(enum image_slot slot, uint32_t counter, struct image_info *info,
                 uint8_t header[IMAGE_HEADER_SIZE], uint8_t body[BUILT_BODY_LENGTH]);

/* Signs `info` as it is with the test key. */
void build_header(const struct image_info *info, uint8_t header[IMAGE_HEADER_SIZE]);

/* Puts such an image into its slot, past the flash model. */
void place_image(enum image_slot slot, uint32_t counter);

/* Puts these bytes at the start of a slot. */
void place_header(enum image_slot slot, const uint8_t header[IMAGE_HEADER_SIZE]);

/* Turns over one bit of the body in a slot. */
void spoil_image(enum image_slot slot);

#endif
