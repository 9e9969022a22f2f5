#include "tool_key.h"

#include "crypto.h"
#include "tool_file.h"
#include "tool_report.h"

#include "mbedtls/ecp.h"
#include "mbedtls/pk.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_PEM 4096U

/* The system's random numbers, as mbedTLS asks for them. */
static int system_random(void *state, unsigned char *output, size_t length)
{
    FILE *source = fopen("/dev/urandom", "rb");
    size_t count;

    (void)state;
    if (source == NULL) {
        return MBEDTLS_ERR_ECP_RANDOM_FAILED;
    }
    count = fread(output, 1, length, source);
    (void)fclose(source);
    return count == length ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static bool generate(mbedtls_pk_context *key, uint8_t pem[MAX_PEM])
{
    return mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
           mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), system_random,
                               NULL) == 0 &&
           mbedtls_pk_write_key_pem(key, pem, MAX_PEM) == 0;
}

int tool_key_generate(const char *path)
{
    mbedtls_pk_context key;
    uint8_t pem[MAX_PEM];
    int result;

    mbedtls_pk_init(&key);
    if (generate(&key, pem)) {
        result = tool_file_write(path, pem, strlen((const char *)pem), true);
    } else {
        result = tool_refuse("no key could be made: the system gives no random numbers");
    }
    crypto_wipe(pem, sizeof pem);
    mbedtls_pk_free(&key);
    return result;
}

static bool is_p256(const mbedtls_pk_context *key)
{
    return mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY) != 0 &&
           mbedtls_pk_ec(*key)->grp.id == MBEDTLS_ECP_DP_SECP256R1;
}

/* Parses the file at `path`; a public key will do if `or_public`. */
static int parse(mbedtls_pk_context *key, const char *path, bool or_public)
{
    uint8_t pem[MAX_PEM];
    size_t length = 0;
    bool parsed;

    if (tool_file_read(path, pem, sizeof pem - 1U, &length) != 0) {
        return -1;
    }
    pem[length] = 0; /* mbedTLS wants texts with their end */
    parsed = mbedtls_pk_parse_key(key, pem, length + 1U, NULL, 0) == 0;
    if (!parsed && or_public) {
        mbedtls_pk_free(key);
        mbedtls_pk_init(key);
        parsed = mbedtls_pk_parse_public_key(key, pem, length + 1U) == 0;
    }
    crypto_wipe(pem, sizeof pem);
    if (!parsed || !is_p256(key)) {
        return tool_refuse("%s: no %s of P-256 in PEM without a password; `hearth-image keygen` "
                           "makes one",
                           path, or_public ? "key" : "private key");
    }
    return 0;
}

int tool_key_read_private(const char *path, uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE])
{
    mbedtls_pk_context key;
    int result;

    mbedtls_pk_init(&key);
    result = parse(&key, path, false);
    if (result == 0 && mbedtls_mpi_write_binary(&mbedtls_pk_ec(key)->d, private_key,
                                                SIGNER_PRIVATE_KEY_SIZE) != 0) {
        result = tool_refuse("%s: no key of P-256", path);
    }
    mbedtls_pk_free(&key);
    return result;
}

int tool_key_read_public(const char *path, uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE])
{
    const size_t half = CRYPTO_PUBLIC_KEY_SIZE / 2U;
    mbedtls_pk_context key;
    int result;

    mbedtls_pk_init(&key);
    result = parse(&key, path, true);
    if (result == 0 &&
        (mbedtls_mpi_write_binary(&mbedtls_pk_ec(key)->Q.X, public_key, half) != 0 ||
         mbedtls_mpi_write_binary(&mbedtls_pk_ec(key)->Q.Y, public_key + half, half) != 0)) {
        result = tool_refuse("%s: no key of P-256", path);
    }
    mbedtls_pk_free(&key);
    return result;
}
