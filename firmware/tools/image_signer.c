#include "image_signer.h"

#include "mbedtls/ecdsa.h"

/* The curve, the key, and what is made with it. */
struct signing {
    mbedtls_ecp_group group;
    mbedtls_mpi key;
    mbedtls_ecp_point public_key;
    mbedtls_mpi r;
    mbedtls_mpi s;
};

const char *signer_strerror(int error)
{
    switch (error) {
    case SIGNER_OK:
        return "no error";
    case SIGNER_ERROR_KEY:
        return "not a private key of P-256";
    case SIGNER_ERROR_INTERNAL:
        return "cryptographic library refused the operation";
    default:
        return "unknown signer error";
    }
}

static int signing_begin(struct signing *signing, const uint8_t *private_key)
{
    mbedtls_ecp_group_init(&signing->group);
    mbedtls_mpi_init(&signing->key);
    mbedtls_ecp_point_init(&signing->public_key);
    mbedtls_mpi_init(&signing->r);
    mbedtls_mpi_init(&signing->s);
    if (mbedtls_ecp_group_load(&signing->group, MBEDTLS_ECP_DP_SECP256R1) != 0 ||
        mbedtls_mpi_read_binary(&signing->key, private_key, SIGNER_PRIVATE_KEY_SIZE) != 0) {
        return SIGNER_ERROR_INTERNAL;
    }
    return mbedtls_ecp_check_privkey(&signing->group, &signing->key) == 0 ? SIGNER_OK
                                                                          : SIGNER_ERROR_KEY;
}

static void signing_end(struct signing *signing)
{
    mbedtls_mpi_free(&signing->s);
    mbedtls_mpi_free(&signing->r);
    mbedtls_ecp_point_free(&signing->public_key);
    mbedtls_mpi_free(&signing->key);
    mbedtls_ecp_group_free(&signing->group);
}

/* Numbers below 2^256, for the blinding of a multiplication. They hide the key from whoever
 * measures the machine and do not show in the result, so a plain stream will do here. */
static int blinding(void *state, unsigned char *output, size_t length)
{
    uint32_t *word = state;

    for (size_t i = 0; i < length; i++) {
        *word = *word * 1664525U + 1013904223U;
        output[i] = (unsigned char)(*word >> 24);
    }
    return 0;
}

/* X and Y of signing->public_key, which is computed. */
static int derive_public_key(struct signing *signing, uint8_t *public_key)
{
    const size_t half = CRYPTO_PUBLIC_KEY_SIZE / 2U;
    uint32_t word = 1;

    if (mbedtls_ecp_mul(&signing->group, &signing->public_key, &signing->key, &signing->group.G,
                        blinding, &word) != 0 ||
        mbedtls_mpi_write_binary(&signing->public_key.X, public_key, half) != 0 ||
        mbedtls_mpi_write_binary(&signing->public_key.Y, public_key + half, half) != 0) {
        return SIGNER_ERROR_INTERNAL;
    }
    return SIGNER_OK;
}

int signer_public_key(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                      uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE])
{
    struct signing signing;
    int result = signing_begin(&signing, private_key);

    if (result == SIGNER_OK) {
        result = derive_public_key(&signing, public_key);
    }
    signing_end(&signing);
    return result;
}

static int sign(struct signing *signing, const uint8_t *hash, uint8_t *signature)
{
    const size_t half = CRYPTO_SIGNATURE_SIZE / 2U;
    uint32_t word = 1;

    if (mbedtls_ecdsa_sign_det_ext(&signing->group, &signing->r, &signing->s, &signing->key, hash,
                                   CRYPTO_HASH_SIZE, MBEDTLS_MD_SHA256, blinding, &word) != 0 ||
        mbedtls_mpi_write_binary(&signing->r, signature, half) != 0 ||
        mbedtls_mpi_write_binary(&signing->s, signature + half, half) != 0) {
        return SIGNER_ERROR_INTERNAL;
    }
    return SIGNER_OK;
}

int signer_sign_hash(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                     const uint8_t hash[CRYPTO_HASH_SIZE], uint8_t signature[CRYPTO_SIGNATURE_SIZE])
{
    struct signing signing;
    int result = signing_begin(&signing, private_key);

    if (result == SIGNER_OK) {
        result = sign(&signing, hash, signature);
    }
    signing_end(&signing);
    return result;
}

int signer_sign_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE],
                       uint8_t header[IMAGE_HEADER_SIZE])
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    if (crypto_sha256(header, IMAGE_SIGNED_SIZE, NULL, 0, hash) != CRYPTO_OK) {
        return SIGNER_ERROR_INTERNAL;
    }
    return signer_sign_hash(private_key, hash, header + IMAGE_SIGNED_SIZE);
}

int signer_make_header(const uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE], struct image_info *info,
                       const uint8_t *body, uint8_t header[IMAGE_HEADER_SIZE])
{
    if (crypto_sha256(body, info->body_length, NULL, 0, info->body_hash) != CRYPTO_OK) {
        return SIGNER_ERROR_INTERNAL;
    }
    image_encode(info, header);
    return signer_sign_header(private_key, header);
}
