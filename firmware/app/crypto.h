/*
 * crypto.h - the few cryptographic operations that Hearth uses, on top of mbedTLS. Nothing here
 * keeps state; every buffer belongs to the caller.
 */
#ifndef APP_CRYPTO_H
#define APP_CRYPTO_H

#include "hal.h"

#include "mbedtls/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_HASH_SIZE  32U
#define CRYPTO_KEY_SIZE   16U
#define CRYPTO_NONCE_SIZE 12U
#define CRYPTO_TAG_SIZE   16U

#define CRYPTO_PUBLIC_KEY_SIZE 64U /* P-256: X, Y, big-endian (SEC 1, 2.3.3, without its 04) */
#define CRYPTO_SIGNATURE_SIZE  64U /* ECDSA P-256: r, s, big-endian */

enum crypto_error {
    CRYPTO_OK = 0,
    CRYPTO_ERROR_TAG = -1,       /* the tag does not match: forged, altered, or another key */
    CRYPTO_ERROR_INTERNAL = -2,  /* the library refused; never expected with our parameters */
    CRYPTO_ERROR_SIGNATURE = -3, /* the signature is not this key's over this hash */
};

const char *crypto_strerror(int error);

/* SHA-256 (FIPS 180-4) over two parts, one after the other; either may have length 0. */
HAL_MUST_CHECK int crypto_sha256(const uint8_t *first, size_t first_length, const uint8_t *second,
                                 size_t second_length, uint8_t hash[CRYPTO_HASH_SIZE]);

/* SHA-256 of what comes in pieces: begin, add any number of times, end. */
struct crypto_hash {
    mbedtls_sha256_context context; /* plain bytes, nothing to free */
};
HAL_MUST_CHECK int crypto_hash_begin(struct crypto_hash *hash);
HAL_MUST_CHECK int crypto_hash_add(struct crypto_hash *hash, const uint8_t *data, size_t length);
HAL_MUST_CHECK int crypto_hash_end(struct crypto_hash *hash, uint8_t result[CRYPTO_HASH_SIZE]);

/*
 * Checks an ECDSA P-256 signature (FIPS 186-4, 6) over a SHA-256 hash. CRYPTO_OK, or
 * CRYPTO_ERROR_SIGNATURE whatever is wrong with it. Any content of `signature` is tolerated.
 */
HAL_MUST_CHECK int crypto_verify_signature(const uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE],
                                           const uint8_t hash[CRYPTO_HASH_SIZE],
                                           const uint8_t signature[CRYPTO_SIGNATURE_SIZE]);

/* HKDF-SHA-256 (RFC 5869): extract with `salt`, expand with `info` to `output_length` bytes. */
struct crypto_hkdf_input {
    const uint8_t *key;
    size_t key_length;
    const uint8_t *salt;
    size_t salt_length;
    const uint8_t *info;
    size_t info_length;
};
HAL_MUST_CHECK int crypto_hkdf_sha256(const struct crypto_hkdf_input *input, uint8_t *output,
                                      size_t output_length);

/* PBKDF2-HMAC-SHA-256 (RFC 8018, 5.2) to a 32-byte key. */
struct crypto_pbkdf2_input {
    const uint8_t *password;
    size_t password_length;
    const uint8_t *salt;
    size_t salt_length;
    uint32_t iterations; /* at least 1 */
};
HAL_MUST_CHECK int crypto_pbkdf2_sha256(const struct crypto_pbkdf2_input *input,
                                        uint8_t key[CRYPTO_HASH_SIZE]);

/* What one AES-128-GCM operation (NIST SP 800-38D) needs beside the message. */
struct crypto_seal {
    uint8_t key[CRYPTO_KEY_SIZE];
    uint8_t nonce[CRYPTO_NONCE_SIZE]; /* never twice with one key */
    const uint8_t *associated;        /* authenticated, not encrypted */
    size_t associated_length;
};

/* Encrypts `length` bytes in place and writes the tag. */
HAL_MUST_CHECK int crypto_gcm_seal(const struct crypto_seal *seal, uint8_t *message, size_t length,
                                   uint8_t tag[CRYPTO_TAG_SIZE]);

/* Checks the tag, then decrypts in place. On failure `message` is wiped. */
HAL_MUST_CHECK int crypto_gcm_open(const struct crypto_seal *seal, uint8_t *message, size_t length,
                                   const uint8_t tag[CRYPTO_TAG_SIZE]);

/* Compares in a time that depends on `length` only. */
bool crypto_equal(const uint8_t *left, const uint8_t *right, size_t length);

/* Overwrites a secret in a way that the compiler cannot drop. */
void crypto_wipe(void *secret, size_t length);

#endif
