/*
 * Method: signatures are deterministic, so a header is genuine if signing it again with the vendor's
 * key gives the signature that it bears. (A second valid signature exists for each, r with n - s.
 * It takes the valid one to make it, so the model would be wrong about a header that nobody builds.)
 */
#include "image_model.h"

#include "flash_model.h"
#include "in_process.h"
#include "signature_cache.h"
#include "test_keys.h"

#include "mbedtls/sha256.h"

#include <string.h>

static uint32_t number(const uint8_t *bytes)
{
    return bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
           ((uint32_t)bytes[3] << 24);
}

static bool signed_by_the_vendor(const uint8_t header[IMAGE_HEADER_SIZE])
{
    uint8_t again[IMAGE_HEADER_SIZE];

    memcpy(again, header, 64);
    signature_cache_sign_header(test_image_private_key, again);
    return memcmp(again, header, sizeof again) == 0;
}

static struct hal_flash_geometry place_of(enum image_slot slot)
{
    return flash_model_geometry(slot == IMAGE_SLOT_A ? HAL_FLASH_SLOT_A : HAL_FLASH_SLOT_B);
}

int image_model_header(const uint8_t header[IMAGE_HEADER_SIZE], enum image_slot slot,
                       uint32_t least_counter)
{
    static const uint8_t start[] = {'H', 'R', 'T', 'I', 1, 0, 128, 0};
    const struct hal_flash_geometry place = place_of(slot);

    if (memcmp(header, start, sizeof start) != 0 || number(header + 60) != 0) {
        return IMAGE_ERROR_FORMAT;
    }
    if (!signed_by_the_vendor(header)) {
        return IMAGE_ERROR_SIGNATURE;
    }
    if (memcmp(header + 8, "HRT1", 4) != 0) {
        return IMAGE_ERROR_PRODUCT;
    }
    if (number(header + 12) != place.offset) {
        return IMAGE_ERROR_SLOT;
    }
    if (number(header + 16) == 0 || (uint64_t)number(header + 16) + 128U > place.size) {
        return IMAGE_ERROR_LENGTH;
    }
    return number(header + 24) < least_counter ? IMAGE_ERROR_OLDER : IMAGE_OK;
}

int image_model_slot(enum image_slot slot, uint32_t least_counter)
{
    const uint8_t *image = in_process_flash() + place_of(slot).offset;
    const int result = image_model_header(image, slot, least_counter);
    uint8_t hash[32];

    if (result != IMAGE_OK) {
        return result;
    }
    if (mbedtls_sha256_ret(image + 128, number(image + 16), hash, 0) != 0 ||
        memcmp(hash, image + 28, sizeof hash) != 0) {
        return IMAGE_ERROR_BODY;
    }
    return IMAGE_OK;
}

uint32_t image_model_counter(enum image_slot slot)
{
    return number(in_process_flash() + place_of(slot).offset + 24);
}
