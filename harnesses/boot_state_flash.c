#include "boot_state_flash.h"

#include "boot_state.h"
#include "boot_state_input.h"
#include "byte_order.h"
#include "flash_content.h"
#include "in_process.h"
#include "signature_cache.h"
#include "test_keys.h"

#include <string.h>

#define BODY_LENGTH 300U

void boot_state_place_bytes(const struct history_step *step)
{
    if (step->length >= BOOT_PLACE_BYTES_HEADER) {
        flash_content_place(HAL_FLASH_BOOT_STATE, get_le16(step->body),
                            step->body + BOOT_PLACE_BYTES_HEADER,
                            step->length - BOOT_PLACE_BYTES_HEADER);
    }
}

void boot_state_place_record(const struct history_step *step)
{
    uint8_t payload[BOOT_STATE_RECORD_SIZE] = {0};
    struct flash_record record = {.area = HAL_FLASH_BOOT_STATE,
                                  .kind = BOOT_STATE_LOG_KIND,
                                  .payload = payload,
                                  .payload_size = BOOT_STATE_RECORD_SIZE};
    size_t length;

    if (step->length < BOOT_PLACE_RECORD_HEADER) {
        return;
    }
    length = step->length - BOOT_PLACE_RECORD_HEADER;
    memcpy(payload, step->body + BOOT_PLACE_RECORD_HEADER,
           length < sizeof payload ? length : sizeof payload);
    record.slot = get_le16(step->body);
    record.sequence = get_le32(step->body + 2);
    record.mark = step->body[6];
    flash_content_place_record(&record);
}

static enum image_slot other(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
}

/* What the header claims, before it is signed. */
static struct image_info claims(enum image_slot slot, enum boot_image what, uint32_t counter)
{
    const struct hal_flash_geometry geometry = image_slot_geometry(slot);
    struct image_info info = {.product = IMAGE_PRODUCT,
                              .slot_address = geometry.offset,
                              .body_length = BODY_LENGTH,
                              .version = IMAGE_VERSION(1, 0, 0),
                              .security_counter = counter};

    if (what == BOOT_IMAGE_PRODUCT) {
        info.product++;
    } else if (what == BOOT_IMAGE_OTHER_SLOT) {
        info.slot_address = image_slot_geometry(other(slot)).offset;
    } else if (what == BOOT_IMAGE_LENGTH) {
        info.body_length = geometry.size - IMAGE_HEADER_SIZE + 1U;
    } else if (what == BOOT_IMAGE_LONGEST) {
        info.body_length = geometry.size - IMAGE_HEADER_SIZE;
    }
    return info;
}

/* `bit` chooses what is turned over in a body that is. */
static void place_signed(enum image_slot slot, enum boot_image what, uint32_t counter, uint32_t bit)
{
    struct image_info info = claims(slot, what, counter);
    const uint32_t offset = image_slot_geometry(slot).offset;
    const uint32_t length = what == BOOT_IMAGE_LENGTH ? info.body_length - 1U : info.body_length;
    uint8_t *image = in_process_change_flash(offset, (size_t)IMAGE_HEADER_SIZE + length);
    uint8_t *body = image + IMAGE_HEADER_SIZE;

    for (uint32_t i = 0; i < length; i++) {
        body[i] = (uint8_t)(i + counter * 3U + (uint32_t)slot);
    }
    if (crypto_sha256(body, length, NULL, 0, info.body_hash) != CRYPTO_OK) {
        return;
    }
    image_encode(&info, image);
    signature_cache_sign_header(
        what == BOOT_IMAGE_OTHER_KEY ? test_unlock_private_key : test_image_private_key, image);
    if (what == BOOT_IMAGE_BODY) {
        body[bit / 8U % length] ^= (uint8_t)(1U << bit % 8U);
    } else if (what == BOOT_IMAGE_HEADER) {
        image[8U + counter % (IMAGE_SIGNED_SIZE - 8U)] ^= 1U;
    } else if (what == BOOT_IMAGE_SIGNATURE) {
        image[IMAGE_SIGNED_SIZE + counter % CRYPTO_SIGNATURE_SIZE] ^= 1U;
    }
}

void boot_state_place_image(const struct history_step *step)
{
    enum image_slot slot;
    enum boot_image what;
    uint32_t offset;
    size_t length;

    if (step->length < BOOT_PLACE_IMAGE_HEADER) {
        return;
    }
    slot = step->body[0] % 2U == 0 ? IMAGE_SLOT_A : IMAGE_SLOT_B;
    what = (enum boot_image)(step->body[1] % BOOT_IMAGE_COUNT);
    offset = image_slot_geometry(slot).offset;
    length = step->length - BOOT_PLACE_IMAGE_HEADER;
    if (what == BOOT_IMAGE_ERASED) {
        memset(in_process_change_flash(offset, FLASH_SECTOR_SIZE), FLASH_ERASED, FLASH_SECTOR_SIZE);
    } else if (what == BOOT_IMAGE_BYTES) {
        length = length < FLASH_SECTOR_SIZE ? length : FLASH_SECTOR_SIZE;
        memcpy(in_process_change_flash(offset, length), step->body + BOOT_PLACE_IMAGE_HEADER,
               length);
    } else {
        place_signed(slot, what, get_le32(step->body + 2),
                     length >= 2 ? get_le16(step->body + BOOT_PLACE_IMAGE_HEADER) : 0U);
    }
}
