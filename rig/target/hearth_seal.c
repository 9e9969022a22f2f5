#include "target/hearth_seal.h"

#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <string.h>

#define KEY_LABEL "hearth mailbox 1"

enum {
    LABEL_SIZE = sizeof KEY_LABEL - 1,
    HEADER_SIZE = 12,
    GCM_NONCE = 12,
    SESSION_AT = 4, /* in the header; the sequence follows */
    SESSION_AND_SEQUENCE = 8,
};

static int broken(const char *what, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s failed in mbedTLS", what);
}

void hearth_wipe(void *secret, size_t size)
{
    mbedtls_platform_zeroize(secret, size);
}

int hearth_verifier_derive(struct hearth_verifier *verifier, const char *password,
                           struct diagnostic *diagnostic)
{
    mbedtls_md_context_t context;
    int result;

    if (verifier->iterations == 0 || verifier->iterations > HEARTH_ITERATIONS_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the device asks for %u iterations of the password's hash, more or "
                               "fewer than anybody should",
                               (unsigned)verifier->iterations);
    }
    mbedtls_md_init(&context);
    result = mbedtls_md_setup(&context, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
    if (result == 0) {
        result = mbedtls_pkcs5_pbkdf2_hmac(
            &context, (const unsigned char *)password, strlen(password), verifier->salt,
            HEARTH_SALT, verifier->iterations, HEARTH_PASSWORD_KEY, verifier->key);
    }
    mbedtls_md_free(&context);
    return result == 0 ? RIG_OK : broken("PBKDF2", diagnostic);
}

int hearth_keys_derive(const struct hearth_session_secrets *secrets, struct hearth_keys *keys,
                       struct diagnostic *diagnostic)
{
    uint8_t salt[2 * HEARTH_NONCE];
    uint8_t info[LABEL_SIZE + HEARTH_DEVICE_ID];
    uint8_t output[2 * HEARTH_KEY];
    int result;

    memcpy(salt, secrets->client_nonce, HEARTH_NONCE);
    memcpy(salt + HEARTH_NONCE, secrets->device_nonce, HEARTH_NONCE);
    memcpy(info, KEY_LABEL, LABEL_SIZE);
    memcpy(info + LABEL_SIZE, secrets->device_id, HEARTH_DEVICE_ID);
    result = mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt, sizeof salt,
                          secrets->password_key, HEARTH_PASSWORD_KEY, info, sizeof info, output,
                          sizeof output);
    memcpy(keys->to_device, output, HEARTH_KEY);
    memcpy(keys->to_client, output + HEARTH_KEY, HEARTH_KEY);
    hearth_wipe(output, sizeof output);
    return result == 0 ? RIG_OK : broken("HKDF", diagnostic);
}

int hearth_transcript_hash(const struct hearth_transcript *transcript, uint8_t hash[HEARTH_HASH],
                           struct diagnostic *diagnostic)
{
    mbedtls_sha256_context context;
    int result;

    mbedtls_sha256_init(&context);
    result = mbedtls_sha256_starts_ret(&context, 0);
    if (result == 0) {
        result = mbedtls_sha256_update_ret(&context, transcript->message, transcript->message_size);
    }
    if (result == 0) {
        result = mbedtls_sha256_update_ret(&context, transcript->answer, transcript->answer_size);
    }
    if (result == 0) {
        result = mbedtls_sha256_finish_ret(&context, hash);
    }
    mbedtls_sha256_free(&context);
    return result == 0 ? RIG_OK : broken("SHA-256", diagnostic);
}

/* One AES-128-GCM operation. Its nonce never comes twice: each direction has its key, each message
 * its sequence. */
static int apply(const struct hearth_sealing *sealing, int mode)
{
    uint8_t associated[HEADER_SIZE + HEARTH_HASH];
    size_t associated_size = HEADER_SIZE;
    uint8_t nonce[GCM_NONCE] = {sealing->direction};
    uint8_t *payload = sealing->message + HEADER_SIZE;
    mbedtls_gcm_context context;
    int result;

    memcpy(nonce + 1, sealing->message + SESSION_AT, SESSION_AND_SEQUENCE);
    memcpy(associated, sealing->message, HEADER_SIZE);
    if (sealing->transcript != NULL) {
        memcpy(associated + HEADER_SIZE, sealing->transcript, HEARTH_HASH);
        associated_size += HEARTH_HASH;
    }
    mbedtls_gcm_init(&context);
    result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, sealing->key, HEARTH_KEY * 8U);
    if (result == 0 && mode == MBEDTLS_GCM_ENCRYPT) {
        result = mbedtls_gcm_crypt_and_tag(&context, mode, sealing->size, nonce, sizeof nonce,
                                           associated, associated_size, payload, payload,
                                           HEARTH_TAG, payload + sealing->size);
    } else if (result == 0) {
        result = mbedtls_gcm_auth_decrypt(&context, sealing->size, nonce, sizeof nonce, associated,
                                          associated_size, payload + sealing->size, HEARTH_TAG,
                                          payload, payload);
    }
    mbedtls_gcm_free(&context);
    return result;
}

int hearth_seal(const struct hearth_sealing *sealing, struct diagnostic *diagnostic)
{
    return apply(sealing, MBEDTLS_GCM_ENCRYPT) == 0 ? RIG_OK : broken("AES-GCM", diagnostic);
}

int hearth_open(const struct hearth_sealing *sealing, struct diagnostic *diagnostic)
{
    int result = apply(sealing, MBEDTLS_GCM_DECRYPT);

    if (result == MBEDTLS_ERR_GCM_AUTH_FAILED) {
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the mailbox answer is not from who knows the session's keys");
    }
    return result == 0 ? RIG_OK : broken("AES-GCM", diagnostic);
}
