/*
 * signature_cache.h - remembers the results of elliptic curve operations, which take a millisecond
 * each, so that a harness runs at the speed of the code under test. Both are functions of what they
 * are given, so nothing that an input can see depends on what ran before.
 *
 * Link with -Wl,--wrap=crypto_verify_signature: then the firmware's checks go through the cache.
 */
#ifndef SIGNATURE_CACHE_H
#define SIGNATURE_CACHE_H

#include "image_signer.h"

#include <stdint.h>

/* As signer_sign_hash(). A harness signs with keys that work: a failure aborts. */
void signature_cache_sign(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                          const uint8_t hash[CRYPTO_HASH_SIZE],
                          uint8_t signature[CRYPTO_SIGNATURE_SIZE]);

/* As signer_sign_header(). */
void signature_cache_sign_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                 uint8_t header[IMAGE_HEADER_SIZE]);

#endif
