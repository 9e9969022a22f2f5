#include "image.h"

#include "byte_order.h"
#include "vendor_keys.h"

#include <string.h>

#define READ_SIZE 512U /* bytes of a body at a time */

/* Places in the header. */
enum {
    AT_MAGIC = 0,
    AT_FORMAT = 4,
    AT_HEADER_SIZE = 6,
    AT_PRODUCT = 8,
    AT_SLOT_ADDRESS = 12,
    AT_BODY_LENGTH = 16,
    AT_VERSION = 20,
    AT_SECURITY_COUNTER = 24,
    AT_BODY_HASH = 28,
    AT_RESERVED = 60,
    AT_SIGNATURE = 64
};

_Static_assert(AT_BODY_HASH + CRYPTO_HASH_SIZE == AT_RESERVED, "places overlap");
_Static_assert(AT_SIGNATURE == IMAGE_SIGNED_SIZE, "the signature follows what it signs");
_Static_assert(AT_SIGNATURE + CRYPTO_SIGNATURE_SIZE == IMAGE_HEADER_SIZE, "header size");

const char *image_strerror(int error)
{
    switch (error) {
    case IMAGE_OK:
        return "no error";
    case IMAGE_ERROR_FLASH:
        return "slot cannot be read";
    case IMAGE_ERROR_FORMAT:
        return "no image of a known format";
    case IMAGE_ERROR_SIGNATURE:
        return "image is not signed by the vendor, or was altered";
    case IMAGE_ERROR_PRODUCT:
        return "image is for another product";
    case IMAGE_ERROR_SLOT:
        return "image is linked for another slot";
    case IMAGE_ERROR_LENGTH:
        return "image is empty or does not fit into its slot";
    case IMAGE_ERROR_OLDER:
        return "image is older than what may run";
    case IMAGE_ERROR_BODY:
        return "body is not the one that was signed";
    default:
        return "unknown image error";
    }
}

struct hal_flash_geometry image_slot_geometry(enum image_slot slot)
{
    return hal_flash_geometry(slot == IMAGE_SLOT_A ? HAL_FLASH_SLOT_A : HAL_FLASH_SLOT_B);
}

void image_encode(const struct image_info *info, uint8_t header[IMAGE_SIGNED_SIZE])
{
    memset(header, 0, IMAGE_SIGNED_SIZE);
    put_le32(header + AT_MAGIC, IMAGE_MAGIC);
    put_le16(header + AT_FORMAT, IMAGE_FORMAT);
    put_le16(header + AT_HEADER_SIZE, IMAGE_HEADER_SIZE);
    put_le32(header + AT_PRODUCT, info->product);
    put_le32(header + AT_SLOT_ADDRESS, info->slot_address);
    put_le32(header + AT_BODY_LENGTH, info->body_length);
    put_le32(header + AT_VERSION, info->version);
    put_le32(header + AT_SECURITY_COUNTER, info->security_counter);
    memcpy(header + AT_BODY_HASH, info->body_hash, CRYPTO_HASH_SIZE);
}

void image_decode(struct image_info *info, const uint8_t header[IMAGE_SIGNED_SIZE])
{
    info->product = get_le32(header + AT_PRODUCT);
    info->slot_address = get_le32(header + AT_SLOT_ADDRESS);
    info->body_length = get_le32(header + AT_BODY_LENGTH);
    info->version = get_le32(header + AT_VERSION);
    info->security_counter = get_le32(header + AT_SECURITY_COUNTER);
    memcpy(info->body_hash, header + AT_BODY_HASH, CRYPTO_HASH_SIZE);
}

static bool format_known(const uint8_t header[IMAGE_HEADER_SIZE])
{
    return get_le32(header + AT_MAGIC) == IMAGE_MAGIC &&
           get_le16(header + AT_FORMAT) == IMAGE_FORMAT &&
           get_le16(header + AT_HEADER_SIZE) == IMAGE_HEADER_SIZE &&
           get_le32(header + AT_RESERVED) == 0;
}

static bool signature_holds(const uint8_t header[IMAGE_HEADER_SIZE])
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    return crypto_sha256(header, IMAGE_SIGNED_SIZE, NULL, 0, hash) == CRYPTO_OK &&
           crypto_verify_signature(vendor_image_key, hash, header + AT_SIGNATURE) == CRYPTO_OK;
}

static bool length_fits(uint32_t body_length, const struct hal_flash_geometry *slot)
{
    return body_length > 0 && body_length <= slot->size - IMAGE_HEADER_SIZE;
}

int image_check_header(const uint8_t header[IMAGE_HEADER_SIZE], enum image_slot slot,
                       uint32_t least_counter, struct image_info *info)
{
    const struct hal_flash_geometry geometry = image_slot_geometry(slot);
    struct image_info read;

    if (!format_known(header)) {
        return IMAGE_ERROR_FORMAT;
    }
    if (!signature_holds(header)) {
        return IMAGE_ERROR_SIGNATURE;
    }
    image_decode(&read, header);
    if (read.product != IMAGE_PRODUCT) {
        return IMAGE_ERROR_PRODUCT;
    }
    if (read.slot_address != geometry.offset) {
        return IMAGE_ERROR_SLOT;
    }
    if (!length_fits(read.body_length, &geometry)) {
        return IMAGE_ERROR_LENGTH;
    }
    if (read.security_counter < least_counter) {
        return IMAGE_ERROR_OLDER;
    }
    *info = read;
    return IMAGE_OK;
}

/* Hashes `length` bytes of flash from `offset` on. IMAGE_OK or an error. */
static int hash_flash(uint32_t offset, uint32_t length, uint8_t result[CRYPTO_HASH_SIZE])
{
    uint8_t bytes[READ_SIZE];
    struct crypto_hash hash;

    if (crypto_hash_begin(&hash) != CRYPTO_OK) {
        return IMAGE_ERROR_BODY;
    }
    for (uint32_t done = 0; done < length;) {
        const uint32_t count = length - done < READ_SIZE ? length - done : READ_SIZE;

        if (hal_flash_read(offset + done, bytes, count) != HAL_OK) {
            return IMAGE_ERROR_FLASH;
        }
        if (crypto_hash_add(&hash, bytes, count) != CRYPTO_OK) {
            return IMAGE_ERROR_BODY;
        }
        done += count;
    }
    return crypto_hash_end(&hash, result) == CRYPTO_OK ? IMAGE_OK : IMAGE_ERROR_BODY;
}

int image_verify_body(enum image_slot slot, const struct image_info *info)
{
    const struct hal_flash_geometry geometry = image_slot_geometry(slot);
    uint8_t hash[CRYPTO_HASH_SIZE];
    int result;

    if (!length_fits(info->body_length, &geometry)) {
        return IMAGE_ERROR_BODY;
    }
    result = hash_flash(geometry.offset + IMAGE_HEADER_SIZE, info->body_length, hash);
    if (result == IMAGE_OK && !crypto_equal(hash, info->body_hash, CRYPTO_HASH_SIZE)) {
        result = IMAGE_ERROR_BODY;
    }
    return result;
}

int image_verify(enum image_slot slot, uint32_t least_counter, struct image_info *info)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    struct image_info read;
    int result;

    if (hal_flash_read(image_slot_geometry(slot).offset, header, sizeof header) != HAL_OK) {
        return IMAGE_ERROR_FLASH;
    }
    result = image_check_header(header, slot, least_counter, &read);
    if (result == IMAGE_OK) {
        result = image_verify_body(slot, &read);
    }
    if (result == IMAGE_OK) {
        *info = read;
    }
    return result;
}
