/*
 * image.h - signed firmware images: their format, and whether one may run (EN 303 645, 5.3-2, 5.3-9,
 * 5.3-10, 5.7-1).
 *
 * An image lies at the start of its slot: a header of IMAGE_HEADER_SIZE bytes, then the body, which
 * is code and data as linked for that slot. Numbers are little-endian.
 *
 *    0  magic             4  IMAGE_MAGIC
 *    4  format            2  IMAGE_FORMAT
 *    6  header size       2  IMAGE_HEADER_SIZE
 *    8  product           4  IMAGE_PRODUCT
 *   12  slot address      4  offset in flash of the slot that the image is linked for, bytes
 *   16  body length       4  bytes, at least 1; header and body fit into the slot
 *   20  version           4  major 8 bits, minor 8, patch 16
 *   24  security counter  4  raised by the vendor whenever older images must not run any more
 *   28  body hash        32  SHA-256 of the body
 *   60  reserved          4  zero
 *   64  signature        64  ECDSA P-256 by the vendor's image key over SHA-256 of bytes 0 to 63;
 *                            it covers the body through its hash
 *
 * Nothing in a header is acted upon before its signature has been found right.
 */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "crypto.h"
#include "hal.h"

#include <stdint.h>

#define IMAGE_MAGIC       0x49545248U /* "HRTI" */
#define IMAGE_FORMAT      1U
#define IMAGE_PRODUCT     0x31545248U /* "HRT1" */
#define IMAGE_HEADER_SIZE 128U
#define IMAGE_SIGNED_SIZE 64U /* the part of the header that is signed */

#define IMAGE_VERSION(major, minor, patch)                                                         \
    (((uint32_t)(major) << 24) | ((uint32_t)(minor) << 16) | (uint32_t)(patch))

enum image_slot { IMAGE_SLOT_A = 0, IMAGE_SLOT_B = 1, IMAGE_SLOT_COUNT = 2 };

/* In the order of the checks: what is reported is the first that failed. */
enum image_error {
    IMAGE_OK = 0,
    IMAGE_ERROR_FLASH = -1,     /* the slot cannot be read */
    IMAGE_ERROR_FORMAT = -2,    /* no image at all, or of a format that this stage does not know */
    IMAGE_ERROR_SIGNATURE = -3, /* not the vendor's, or altered since */
    IMAGE_ERROR_PRODUCT = -4,   /* for another product */
    IMAGE_ERROR_SLOT = -5,      /* linked for another slot */
    IMAGE_ERROR_LENGTH = -6,    /* empty, or larger than the slot */
    IMAGE_ERROR_OLDER = -7,     /* its security counter is below the one that is stored */
    IMAGE_ERROR_BODY = -8,      /* the body is not the one that was signed */
};

const char *image_strerror(int error);

/* What a header says. */
struct image_info {
    uint32_t product;
    uint32_t slot_address; /* bytes */
    uint32_t body_length;  /* bytes */
    uint32_t version;
    uint32_t security_counter;
    uint8_t body_hash[CRYPTO_HASH_SIZE];
};

/* The slot's place in flash. */
struct hal_flash_geometry image_slot_geometry(enum image_slot slot);

/* The signed part of a header, IMAGE_SIGNED_SIZE bytes, for whoever signs. */
void image_encode(const struct image_info *info, uint8_t header[IMAGE_SIGNED_SIZE]);

/* What a header says, true or not: for who looks, not for who decides. */
void image_decode(struct image_info *info, const uint8_t header[IMAGE_SIGNED_SIZE]);

/*
 * Whether an image with this header might run in `slot` when the stored security counter is
 * `least_counter`: all but the body. Fills `info` on IMAGE_OK, and leaves it untouched otherwise.
 */
HAL_MUST_CHECK int image_check_header(const uint8_t header[IMAGE_HEADER_SIZE], enum image_slot slot,
                                      uint32_t least_counter, struct image_info *info);

/*
 * Whether the image in `slot` may run. Reads it whole: takes as long as its hash. `info` as for
 * image_check_header().
 */
HAL_MUST_CHECK int image_verify(enum image_slot slot, uint32_t least_counter,
                                struct image_info *info);

/* Whether the body in `slot` is the one that `info` describes. IMAGE_OK, _FLASH or _BODY. */
HAL_MUST_CHECK int image_verify_body(enum image_slot slot, const struct image_info *info);

#endif
