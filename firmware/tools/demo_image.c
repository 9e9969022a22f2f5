#include "demo_image.h"

#include "image_signer.h"
#include "test_keys.h"

#include <string.h>

int demo_image_sign(const struct demo_image *image, const uint8_t *body, uint8_t *bytes)
{
    struct image_info info = {.product = IMAGE_PRODUCT,
                              .slot_address = image_slot_geometry(image->slot).offset,
                              .body_length = image->body_length,
                              .version = image->version,
                              .security_counter = image->security_counter};
    uint8_t *place = bytes + IMAGE_HEADER_SIZE;

    memmove(place, body, image->body_length);
    return signer_make_header(test_image_private_key, &info, place, bytes);
}

int demo_image_make(const struct demo_image *image, uint8_t *bytes)
{
    uint8_t *body = bytes + IMAGE_HEADER_SIZE;

    for (uint32_t i = 0; i < image->body_length; i++) {
        body[i] = (uint8_t)((i * 2654435761U + image->version * 40503U) >> 24);
    }
    return demo_image_sign(image, body, bytes);
}
