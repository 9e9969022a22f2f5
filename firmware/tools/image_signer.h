/*
 * image_signer.h - the vendor's side of image.h and debug_lock.h: signs. Signatures are
 * deterministic (RFC 6979): the same key and hash give the same signature. Never part of a device.
 */
#ifndef TOOLS_IMAGE_SIGNER_H
#define TOOLS_IMAGE_SIGNER_H

#include "crypto.h"
#include "image.h"

#include <stddef.h>
#include <stdint.h>

#define SIGNER_PRIVATE_KEY_SIZE 32U /* P-256 scalar, big-endian */

enum signer_error {
    SIGNER_OK = 0,
    SIGNER_ERROR_KEY = -1,      /* not a scalar of P-256: 0, or not below the group's order */
    SIGNER_ERROR_INTERNAL = -2, /* the library refused: out of memory */
};

const char *signer_strerror(int error);

/* The public half of a private key. */
HAL_MUST_CHECK int signer_public_key(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                     uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE]);

/* Signs a SHA-256 hash; of debug_lock_hash(), with the unlock key, the result is an unlock token. */
HAL_MUST_CHECK int signer_sign_hash(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                    const uint8_t hash[CRYPTO_HASH_SIZE],
                                    uint8_t signature[CRYPTO_SIGNATURE_SIZE]);

/* Signs the first IMAGE_SIGNED_SIZE bytes of a header, whatever they say. */
HAL_MUST_CHECK int signer_sign_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                      uint8_t header[IMAGE_HEADER_SIZE]);

/*
 * Makes the header of an image. `info` says what it claims; the hash is filled in, of the
 * info->body_length bytes at `body`.
 */
HAL_MUST_CHECK int signer_make_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                      struct image_info *info, const uint8_t *body,
                                      uint8_t header[IMAGE_HEADER_SIZE]);

#endif
