#include "image_builder.h"

#include "support.h"
#include "test_keys.h"

#include <string.h>

#define IN_THE_BODY (IMAGE_HEADER_SIZE + BUILT_BODY_LENGTH / 2U)

void build_header(const struct image_info *info, uint8_t header[IMAGE_HEADER_SIZE])
{
    image_encode(info, header);
    assert_int_equal(signer_sign_header(test_image_private_key, header), SIGNER_OK);
}

void build_image(enum image_slot slot, uint32_t counter, struct image_info *info,
                 uint8_t header[IMAGE_HEADER_SIZE], uint8_t body[BUILT_BODY_LENGTH])
{
    uint8_t bytes[BUILT_BODY_LENGTH];

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7U + counter * 31U + (slot == IMAGE_SLOT_A ? 0U : 128U));
    }
    memset(info, 0, sizeof *info);
    info->product = IMAGE_PRODUCT;
    info->slot_address = image_slot_geometry(slot).offset;
    info->body_length = BUILT_BODY_LENGTH;
    info->version = IMAGE_VERSION(1, 0, counter);
    info->security_counter = counter;
    assert_int_equal(signer_make_header(test_image_private_key, info, bytes, header), SIGNER_OK);
    if (body != NULL) {
        memcpy(body, bytes, sizeof bytes);
    }
}

void place_header(enum image_slot slot, const uint8_t header[IMAGE_HEADER_SIZE])
{
    memcpy(in_process_change_flash(image_slot_geometry(slot).offset, IMAGE_HEADER_SIZE), header,
           IMAGE_HEADER_SIZE);
}

void place_image(enum image_slot slot, uint32_t counter)
{
    const uint32_t offset = image_slot_geometry(slot).offset;
    struct image_info info;
    uint8_t header[IMAGE_HEADER_SIZE];
    uint8_t body[BUILT_BODY_LENGTH];

    build_image(slot, counter, &info, header, body);
    place_header(slot, header);
    memcpy(in_process_change_flash(offset + IMAGE_HEADER_SIZE, sizeof body), body, sizeof body);
}

void spoil_image(enum image_slot slot)
{
    *in_process_change_flash(image_slot_geometry(slot).offset + IN_THE_BODY, 1) ^= 0x10U;
}
