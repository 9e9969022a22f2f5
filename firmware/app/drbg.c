/*
 * Method: fast key erasure (D. J. Bernstein, 2017). The state is one key. A read expands it with
 * HKDF-SHA-256 to the next key and to the output, and forgets it, so that what has been put out does
 * not follow from any later state. The key for the next start is expanded from the first key, with a
 * label of its own, and is in flash before that first key is used for anything else: whoever starts
 * again after a power cut starts with another seed, or has put nothing out.
 */
#include "drbg.h"

#include "record_log.h"

#include <string.h>

#define ENTROPY_SIZE 48U
#define MAX_OUTPUT   1024U

/* The parts that a start mixes. Absent ones are zeros; the lengths never change. */
struct mix {
    uint8_t seed[DRBG_SEED_SIZE];
    uint8_t entropy[ENTROPY_SIZE];
};

const char *drbg_strerror(int error)
{
    switch (error) {
    case DRBG_OK:
        return "no error";
    case DRBG_ERROR_UNAVAILABLE:
        return "neither a stored seed nor entropy";
    default:
        return "unknown random generator error";
    }
}

/* Expands `key` to `length` bytes that tell nothing about those of another label. */
static bool expand(const uint8_t key[CRYPTO_HASH_SIZE], const char *label, uint8_t *output,
                   size_t length)
{
    const struct crypto_hkdf_input input = {.key = key,
                                            .key_length = CRYPTO_HASH_SIZE,
                                            .info = (const uint8_t *)label,
                                            .info_length = strlen(label)};

    return crypto_hkdf_sha256(&input, output, length) == CRYPTO_OK;
}

/* The first key, from all that there is. */
static bool extract(struct drbg *drbg, const struct mix *mix, const uint8_t *personal,
                    size_t personal_length)
{
    static const char label[] = "hearth drbg 1";
    const struct crypto_hkdf_input input = {.key = (const uint8_t *)mix,
                                            .key_length = sizeof *mix,
                                            .salt = personal,
                                            .salt_length = personal_length,
                                            .info = (const uint8_t *)label,
                                            .info_length = sizeof label - 1U};

    return crypto_hkdf_sha256(&input, drbg->key, sizeof drbg->key) == CRYPTO_OK;
}

/* True once the seed of the next start, which is not this one's, is in flash. */
static bool commit_next_seed(const struct drbg *drbg, struct record_log *log)
{
    uint8_t next[DRBG_SEED_SIZE];
    bool committed = expand(drbg->key, "next seed", next, sizeof next) &&
                     record_log_append(log, next) == RECORD_LOG_OK;

    crypto_wipe(next, sizeof next);
    return committed;
}

int drbg_start(struct drbg *drbg, const uint8_t *personal, size_t personal_length)
{
    struct record_log log;
    struct mix mix = {{0}, {0}};
    const bool stored = record_log_mount(&log, HAL_FLASH_SEED, DRBG_SEED_LOG_KIND, mix.seed,
                                         sizeof mix.seed) == RECORD_LOG_OK;
    const bool entropy = hal_entropy(mix.entropy, sizeof mix.entropy) == HAL_OK;
    bool committed = false;

    memset(drbg, 0, sizeof *drbg);
    if (extract(drbg, &mix, personal, personal_length)) {
        /* A seed of predictable parts alone is never stored: it would pass for a good one. */
        committed = (stored || entropy) && commit_next_seed(drbg, &log);
        drbg->ready = entropy || (stored && committed);
    }
    crypto_wipe(&mix, sizeof mix);
    return drbg->ready ? DRBG_OK : DRBG_ERROR_UNAVAILABLE;
}

int drbg_read(struct drbg *drbg, uint8_t *buffer, size_t length)
{
    uint8_t next[CRYPTO_HASH_SIZE];

    if (!drbg->ready || length > MAX_OUTPUT || !expand(drbg->key, "output", buffer, length) ||
        !expand(drbg->key, "next key", next, sizeof next)) {
        memset(buffer, 0, length);
        return DRBG_ERROR_UNAVAILABLE;
    }
    memcpy(drbg->key, next, sizeof drbg->key);
    crypto_wipe(next, sizeof next);
    return DRBG_OK;
}
