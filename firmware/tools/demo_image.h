/*
 * demo_image.h - signed images for devices that run on a PC: there the code is the process itself,
 * so that a body can be anything, and version and counter are what tells images apart. Signed with
 * the public test key.
 */
#ifndef TOOLS_DEMO_IMAGE_H
#define TOOLS_DEMO_IMAGE_H

#include "image.h"

#include <stddef.h>
#include <stdint.h>

struct demo_image {
    enum image_slot slot; /* that it is linked for */
    uint32_t version;     /* IMAGE_VERSION() */
    uint32_t security_counter;
    uint32_t body_length; /* bytes */
};

/*
 * Writes header and body, IMAGE_HEADER_SIZE + body_length bytes, to `bytes`. The body follows from
 * the version. Returns 0, or a negative enum signer_error.
 */
HAL_MUST_CHECK int demo_image_make(const struct demo_image *image, uint8_t *bytes);

#endif
