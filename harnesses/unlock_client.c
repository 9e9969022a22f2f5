#include "unlock_client.h"

#include "byte_order.h"
#include "signature_cache.h"
#include "test_keys.h"

#include <stdlib.h>
#include <string.h>

/* As debug_lock.h says, and not as the firmware does it: else both could leave out the same part. */
static void hash_claim(const struct debug_lock_claim *claim, uint8_t hash[CRYPTO_HASH_SIZE])
{
    static const char label[] = DEBUG_LOCK_LABEL;
    uint8_t message[FACTORY_DEVICE_ID_SIZE + DEBUG_LOCK_NONCE_SIZE + 4U];

    memcpy(message, claim->device_id, FACTORY_DEVICE_ID_SIZE);
    memcpy(message + FACTORY_DEVICE_ID_SIZE, claim->nonce, DEBUG_LOCK_NONCE_SIZE);
    put_le32(message + FACTORY_DEVICE_ID_SIZE + DEBUG_LOCK_NONCE_SIZE, claim->epoch);
    if (crypto_sha256((const uint8_t *)label, sizeof label - 1U, message, sizeof message, hash) !=
        CRYPTO_OK) {
        abort();
    }
}

static void sign(const struct debug_lock_claim *claim, const uint8_t *private_key, uint8_t *token)
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    hash_claim(claim, hash);
    signature_cache_sign(private_key, hash, token);
}

/* What is signed, genuine or not. */
static struct debug_lock_claim altered_claim(const struct unlock_client *client,
                                             enum unlock_token_variant variant)
{
    struct debug_lock_claim claim = client->claim;

    if (variant == TOKEN_OTHER_DEVICE) {
        claim.device_id[0] ^= 1U;
    } else if (variant == TOKEN_OTHER_NONCE) {
        memcpy(claim.nonce, client->nonce_before, sizeof claim.nonce);
    } else if (variant == TOKEN_OLD_EPOCH) {
        claim.epoch--;
    } else if (variant == TOKEN_NEXT_EPOCH) {
        claim.epoch++;
    }
    return claim;
}

/* What becomes of the signature. */
static void alter_token(const struct unlock_client *client, enum unlock_token_variant variant,
                        const uint8_t *detail, size_t length, uint8_t *token)
{
    const uint32_t number = length >= 2 ? get_le16(detail) : 0;

    if (variant == TOKEN_FLIPPED) {
        token[number / 8U % DEBUG_LOCK_TOKEN_SIZE] ^= (uint8_t)(1U << (number % 8U));
    } else if (variant == TOKEN_CUT) {
        const size_t kept = number % DEBUG_LOCK_TOKEN_SIZE;

        memset(token + kept, 0, DEBUG_LOCK_TOKEN_SIZE - kept);
    } else if (variant == TOKEN_REPLAYED) {
        memcpy(token, client->accepted, DEBUG_LOCK_TOKEN_SIZE);
    } else if (variant == TOKEN_BYTES) {
        memset(token, 0, DEBUG_LOCK_TOKEN_SIZE);
        memcpy(token, detail, length < DEBUG_LOCK_TOKEN_SIZE ? length : DEBUG_LOCK_TOKEN_SIZE);
    }
}

bool unlock_client_make_token(const struct unlock_client *client, enum unlock_token_variant variant,
                              const uint8_t *detail, size_t length,
                              uint8_t token[DEBUG_LOCK_TOKEN_SIZE])
{
    const struct debug_lock_claim claim = altered_claim(client, variant);
    uint8_t genuine[DEBUG_LOCK_TOKEN_SIZE];

    sign(&client->claim, test_unlock_private_key, genuine);
    sign(&claim, variant == TOKEN_OTHER_KEY ? test_image_private_key : test_unlock_private_key,
         token);
    alter_token(client, variant, detail, length, token);
    return memcmp(token, genuine, sizeof genuine) == 0;
}
