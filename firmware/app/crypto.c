#include "crypto.h"

#include "mbedtls/gcm.h"
#include "mbedtls/hkdf.h"
#include "mbedtls/md.h"
#include "mbedtls/pkcs5.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"

const char *crypto_strerror(int error)
{
    switch (error) {
    case CRYPTO_OK:
        return "no error";
    case CRYPTO_ERROR_TAG:
        return "authentication tag does not match";
    case CRYPTO_ERROR_SIGNATURE:
        return "signature is not valid";
    case CRYPTO_ERROR_INTERNAL:
        return "cryptographic library refused the operation";
    default:
        return "unknown crypto error";
    }
}

int crypto_hash_begin(struct crypto_hash *hash)
{
    mbedtls_sha256_init(&hash->context);
    return mbedtls_sha256_starts_ret(&hash->context, 0) == 0 ? CRYPTO_OK : CRYPTO_ERROR_INTERNAL;
}

int crypto_hash_add(struct crypto_hash *hash, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return CRYPTO_OK;
    }
    return mbedtls_sha256_update_ret(&hash->context, data, length) == 0 ? CRYPTO_OK
                                                                        : CRYPTO_ERROR_INTERNAL;
}

int crypto_hash_end(struct crypto_hash *hash, uint8_t result[CRYPTO_HASH_SIZE])
{
    return mbedtls_sha256_finish_ret(&hash->context, result) == 0 ? CRYPTO_OK
                                                                  : CRYPTO_ERROR_INTERNAL;
}

int crypto_sha256(const uint8_t *first, size_t first_length, const uint8_t *second,
                  size_t second_length, uint8_t hash[CRYPTO_HASH_SIZE])
{
    struct crypto_hash stream;
    int result = crypto_hash_begin(&stream);

    if (result == CRYPTO_OK) {
        result = crypto_hash_add(&stream, first, first_length);
    }
    if (result == CRYPTO_OK) {
        result = crypto_hash_add(&stream, second, second_length);
    }
    return result == CRYPTO_OK ? crypto_hash_end(&stream, hash) : result;
}

int crypto_hkdf_sha256(const struct crypto_hkdf_input *input, uint8_t *output, size_t output_length)
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    int result =
        mbedtls_hkdf(sha256, input->salt, input->salt_length, input->key, input->key_length,
                     input->info, input->info_length, output, output_length);

    return result == 0 ? CRYPTO_OK : CRYPTO_ERROR_INTERNAL;
}

int crypto_pbkdf2_sha256(const struct crypto_pbkdf2_input *input, uint8_t key[CRYPTO_HASH_SIZE])
{
    mbedtls_md_context_t context;
    int result;

    mbedtls_md_init(&context);
    result = mbedtls_md_setup(&context, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
    if (result == 0) {
        result = mbedtls_pkcs5_pbkdf2_hmac(&context, input->password, input->password_length,
                                           input->salt, input->salt_length, input->iterations,
                                           CRYPTO_HASH_SIZE, key);
    }
    mbedtls_md_free(&context);
    return result == 0 ? CRYPTO_OK : CRYPTO_ERROR_INTERNAL;
}

int crypto_gcm_seal(const struct crypto_seal *seal, uint8_t *message, size_t length,
                    uint8_t tag[CRYPTO_TAG_SIZE])
{
    mbedtls_gcm_context context;
    int result;

    mbedtls_gcm_init(&context);
    result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, seal->key, CRYPTO_KEY_SIZE * 8U);
    if (result == 0) {
        result = mbedtls_gcm_crypt_and_tag(
            &context, MBEDTLS_GCM_ENCRYPT, length, seal->nonce, CRYPTO_NONCE_SIZE, seal->associated,
            seal->associated_length, message, message, CRYPTO_TAG_SIZE, tag);
    }
    mbedtls_gcm_free(&context);
    return result == 0 ? CRYPTO_OK : CRYPTO_ERROR_INTERNAL;
}

int crypto_gcm_open(const struct crypto_seal *seal, uint8_t *message, size_t length,
                    const uint8_t tag[CRYPTO_TAG_SIZE])
{
    mbedtls_gcm_context context;
    int result;

    mbedtls_gcm_init(&context);
    result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, seal->key, CRYPTO_KEY_SIZE * 8U);
    if (result == 0) {
        result = mbedtls_gcm_auth_decrypt(&context, length, seal->nonce, CRYPTO_NONCE_SIZE,
                                          seal->associated, seal->associated_length, tag,
                                          CRYPTO_TAG_SIZE, message, message);
    }
    mbedtls_gcm_free(&context);
    if (result == MBEDTLS_ERR_GCM_AUTH_FAILED) {
        return CRYPTO_ERROR_TAG;
    }
    return result == 0 ? CRYPTO_OK : CRYPTO_ERROR_INTERNAL;
}

bool crypto_equal(const uint8_t *left, const uint8_t *right, size_t length)
{
    volatile uint8_t difference = 0;

    for (size_t i = 0; i < length; i++) {
        difference = (uint8_t)(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

void crypto_wipe(void *secret, size_t length)
{
    mbedtls_platform_zeroize(secret, length);
}
