/*
 * demo_image.h - signed images for tests, signed with the public test key. A device that runs on a PC
 * has its code in the process itself: there a body can be anything, and version and counter are what
 * tells images apart. Other devices take a body that was linked for them.
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

/*
 * As demo_image_make(), with the image->body_length bytes at `body`, as linked for the slot: a real
 * program. `body` may be in its place already, at `bytes` + IMAGE_HEADER_SIZE. Which address the slot
 * has is the board's word, hal_flash_geometry(): see in_process_use_layout().
 */
HAL_MUST_CHECK int demo_image_sign(const struct demo_image *image, const uint8_t *body,
                                   uint8_t *bytes);

#endif
