/* The part of crypto.h that needs elliptic curves; apart, so that a program without signatures does
 * not carry them. */
#include "crypto.h"

#include "mbedtls/ecdsa.h"

/* The curve and everything read from the outside. */
struct verification {
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r;
    mbedtls_mpi s;
};

static int read_public_key(struct verification *verification, const uint8_t *public_key)
{
    uint8_t point[1U + CRYPTO_PUBLIC_KEY_SIZE];

    point[0] = 0x04; /* uncompressed (SEC 1, 2.3.3) */
    for (size_t i = 0; i < CRYPTO_PUBLIC_KEY_SIZE; i++) {
        point[1U + i] = public_key[i];
    }
    return mbedtls_ecp_point_read_binary(&verification->group, &verification->key, point,
                                         sizeof point);
}

static int verify(struct verification *verification, const uint8_t *public_key, const uint8_t *hash,
                  const uint8_t *signature)
{
    const size_t half = CRYPTO_SIGNATURE_SIZE / 2U;
    int result = mbedtls_ecp_group_load(&verification->group, MBEDTLS_ECP_DP_SECP256R1);

    if (result == 0) {
        result = read_public_key(verification, public_key);
    }
    if (result == 0) {
        result = mbedtls_ecp_check_pubkey(&verification->group, &verification->key);
    }
    if (result == 0) {
        result = mbedtls_mpi_read_binary(&verification->r, signature, half);
    }
    if (result == 0) {
        result = mbedtls_mpi_read_binary(&verification->s, signature + half, half);
    }
    if (result == 0) {
        result = mbedtls_ecdsa_verify(&verification->group, hash, CRYPTO_HASH_SIZE,
                                      &verification->key, &verification->r, &verification->s);
    }
    return result;
}

int crypto_verify_signature(const uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE],
                            const uint8_t hash[CRYPTO_HASH_SIZE],
                            const uint8_t signature[CRYPTO_SIGNATURE_SIZE])
{
    struct verification verification;
    int result;

    mbedtls_ecp_group_init(&verification.group);
    mbedtls_ecp_point_init(&verification.key);
    mbedtls_mpi_init(&verification.r);
    mbedtls_mpi_init(&verification.s);
    result = verify(&verification, public_key, hash, signature);
    mbedtls_mpi_free(&verification.s);
    mbedtls_mpi_free(&verification.r);
    mbedtls_ecp_point_free(&verification.key);
    mbedtls_ecp_group_free(&verification.group);
    return result == 0 ? CRYPTO_OK : CRYPTO_ERROR_SIGNATURE;
}
