#include "signature_cache.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 32768U /* of each table; the first bytes of the question choose one */

/* One question (its SHA-256) and the answer. */
struct signed_hash {
    bool used;
    uint8_t question[CRYPTO_HASH_SIZE];
    uint8_t signature[CRYPTO_SIGNATURE_SIZE];
};

struct checked_signature {
    bool used;
    uint8_t question[CRYPTO_HASH_SIZE];
    int result;
};

static struct signed_hash signed_hashes[ENTRIES];
static struct checked_signature checked_signatures[ENTRIES];

/* With --wrap the linker sends the firmware's calls to the first, and that calls the firmware. */
int cached_verify(const uint8_t *public_key, const uint8_t *hash,
                  const uint8_t *signature) __asm__("__wrap_crypto_verify_signature");
int firmware_verify(const uint8_t *public_key, const uint8_t *hash,
                    const uint8_t *signature) __asm__("__real_crypto_verify_signature");

static void give_up(const char *what)
{
    (void)fprintf(stderr, "signature cache: cannot %s\n", what);
    abort();
}

static size_t ask(const uint8_t *first, size_t first_length, const uint8_t *second,
                  size_t second_length, uint8_t question[CRYPTO_HASH_SIZE])
{
    if (crypto_sha256(first, first_length, second, second_length, question) != CRYPTO_OK) {
        give_up("hash");
    }
    return ((size_t)question[0] | ((size_t)question[1] << 8)) % ENTRIES;
}

int cached_verify(const uint8_t *public_key, const uint8_t *hash, const uint8_t *signature)
{
    uint8_t hash_and_signature[CRYPTO_HASH_SIZE + CRYPTO_SIGNATURE_SIZE];
    uint8_t question[CRYPTO_HASH_SIZE];
    struct checked_signature *entry;

    memcpy(hash_and_signature, hash, CRYPTO_HASH_SIZE);
    memcpy(hash_and_signature + CRYPTO_HASH_SIZE, signature, CRYPTO_SIGNATURE_SIZE);
    entry = &checked_signatures[ask(public_key, CRYPTO_PUBLIC_KEY_SIZE, hash_and_signature,
                                    sizeof hash_and_signature, question)];
    if (!entry->used || memcmp(entry->question, question, sizeof question) != 0) {
        entry->result = firmware_verify(public_key, hash, signature);
        memcpy(entry->question, question, sizeof question);
        entry->used = true;
    }
    return entry->result;
}

void signature_cache_sign(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                          const uint8_t hash[CRYPTO_HASH_SIZE],
                          uint8_t signature[CRYPTO_SIGNATURE_SIZE])
{
    uint8_t question[CRYPTO_HASH_SIZE];
    struct signed_hash *entry =
        &signed_hashes[ask(private_key, SIGNER_PRIVATE_KEY_SIZE, hash, CRYPTO_HASH_SIZE, question)];

    if (!entry->used || memcmp(entry->question, question, sizeof question) != 0) {
        if (signer_sign_hash(private_key, hash, entry->signature) != SIGNER_OK) {
            give_up("sign");
        }
        memcpy(entry->question, question, sizeof question);
        entry->used = true;
    }
    memcpy(signature, entry->signature, CRYPTO_SIGNATURE_SIZE);
}

void signature_cache_sign_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                                 uint8_t header[IMAGE_HEADER_SIZE])
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    if (crypto_sha256(header, IMAGE_SIGNED_SIZE, NULL, 0, hash) != CRYPTO_OK) {
        give_up("hash");
    }
    signature_cache_sign(private_key, hash, header + IMAGE_SIGNED_SIZE);
}
