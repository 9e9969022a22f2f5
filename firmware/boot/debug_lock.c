/*
 * Method: retained memory holds one record, with a checksum because it may be anything after the
 * power was lost. First it says that a nonce has been issued; then, with the token, that the boot
 * stage is to judge it. It is wiped before what it says is acted upon, so that nothing is done twice.
 *
 * The boot stage raises the epoch and marks the erase in one write: from then on this token is worth
 * nothing, and the user's data will go, whatever else fails.
 */
#include "debug_lock.h"

#include "byte_order.h"
#include "crc.h"
#include "erase.h"
#include "event_log.h"
#include "vendor_keys.h"

#include <string.h>

/* The record: magic 4, what it is 4, nonce, token (zeros before there is one), CRC-32 4. */
#define MAGIC       0x4C444852U /* "RHDL" */
#define AT_WHAT     4U
#define AT_NONCE    8U
#define AT_TOKEN    (AT_NONCE + DEBUG_LOCK_NONCE_SIZE)
#define AT_CRC      (AT_TOKEN + DEBUG_LOCK_TOKEN_SIZE)
#define RECORD_SIZE (AT_CRC + 4U)

_Static_assert(RECORD_SIZE <= HAL_RETAINED_SIZE, "the record fits into retained memory");

/* What a record is. No value that memory is likely to come up with. */
enum what { NOTHING = 0, NONCE_ISSUED = 0x45434E4F, TOKEN_LEFT = 0x4E4B4F54 };

const char *debug_lock_strerror(int error)
{
    switch (error) {
    case DEBUG_LOCK_OK:
        return "no error";
    case DEBUG_LOCK_ERROR_WAIT:
        return "too early for another token";
    case DEBUG_LOCK_ERROR_TOKEN:
        return "token is not for this device, nonce and epoch";
    case DEBUG_LOCK_ERROR_NO_NONCE:
        return "no nonce has been issued, or it is used up";
    case DEBUG_LOCK_ERROR_LIFE_CYCLE:
        return "device is not in the part of its life in which a token counts";
    case DEBUG_LOCK_ERROR_UNAVAILABLE:
        return "no random numbers";
    case DEBUG_LOCK_ERROR_STORAGE:
        return "flash failed";
    default:
        return "unknown debug lock error";
    }
}

int debug_lock_hash(const struct debug_lock_claim *claim, uint8_t hash[CRYPTO_HASH_SIZE])
{
    static const char label[] = DEBUG_LOCK_LABEL;
    uint8_t message[FACTORY_DEVICE_ID_SIZE + DEBUG_LOCK_NONCE_SIZE + 4U];

    memcpy(message, claim->device_id, FACTORY_DEVICE_ID_SIZE);
    memcpy(message + FACTORY_DEVICE_ID_SIZE, claim->nonce, DEBUG_LOCK_NONCE_SIZE);
    put_le32(message + FACTORY_DEVICE_ID_SIZE + DEBUG_LOCK_NONCE_SIZE, claim->epoch);
    return crypto_sha256((const uint8_t *)label, sizeof label - 1U, message, sizeof message, hash);
}

static void keep(enum what what, const uint8_t *nonce, const uint8_t *token)
{
    uint8_t *record = hal_retained();

    memset(record, 0, HAL_RETAINED_SIZE);
    put_le32(record, MAGIC);
    put_le32(record + AT_WHAT, (uint32_t)what);
    memcpy(record + AT_NONCE, nonce, DEBUG_LOCK_NONCE_SIZE);
    if (token != NULL) {
        memcpy(record + AT_TOKEN, token, DEBUG_LOCK_TOKEN_SIZE);
    }
    put_le32(record + AT_CRC, crc32_ieee(0, record, AT_CRC));
}

static void forget(void)
{
    crypto_wipe(hal_retained(), HAL_RETAINED_SIZE);
}

static enum what kept(void)
{
    const uint8_t *record = hal_retained();
    const uint32_t what = get_le32(record + AT_WHAT);

    if (get_le32(record) != MAGIC || get_le32(record + AT_CRC) != crc32_ieee(0, record, AT_CRC) ||
        (what != NONCE_ISSUED && what != TOKEN_LEFT)) {
        return NOTHING;
    }
    return (enum what)what;
}

int debug_lock_challenge(struct drbg *drbg, uint8_t nonce[DEBUG_LOCK_NONCE_SIZE])
{
    forget();
    if (drbg_read(drbg, nonce, DEBUG_LOCK_NONCE_SIZE) != DRBG_OK) {
        return DEBUG_LOCK_ERROR_UNAVAILABLE;
    }
    keep(NONCE_ISSUED, nonce, NULL);
    return DEBUG_LOCK_OK;
}

/* Whether `token` is the vendor's, over this claim. */
static int judge(const struct debug_lock_claim *claim, const uint8_t token[DEBUG_LOCK_TOKEN_SIZE])
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    if (debug_lock_hash(claim, hash) != CRYPTO_OK ||
        crypto_verify_signature(vendor_unlock_key, hash, token) != CRYPTO_OK) {
        return DEBUG_LOCK_ERROR_TOKEN;
    }
    return DEBUG_LOCK_OK;
}

int debug_lock_offer(struct access *access, const struct factory_page *factory,
                     const struct boot_state *state, const uint8_t token[DEBUG_LOCK_TOKEN_SIZE])
{
    struct debug_lock_claim claim = {.epoch = state->unlock_epoch};
    int result;

    if (factory->life_cycle != FACTORY_LIFE_CLOSED) {
        forget();
        return DEBUG_LOCK_ERROR_LIFE_CYCLE;
    }
    if (kept() != NONCE_ISSUED) {
        forget();
        return DEBUG_LOCK_ERROR_NO_NONCE;
    }
    result = access_begin_attempt(access);
    if (result == ACCESS_ERROR_WAIT) {
        return DEBUG_LOCK_ERROR_WAIT;
    }
    memcpy(claim.device_id, factory->device_id, sizeof claim.device_id);
    memcpy(claim.nonce, hal_retained() + AT_NONCE, sizeof claim.nonce);
    forget();
    if (result != ACCESS_OK) {
        return DEBUG_LOCK_ERROR_STORAGE;
    }
    result = judge(&claim, token);
    if (result == DEBUG_LOCK_OK && access_succeed(access) != ACCESS_OK) {
        result = DEBUG_LOCK_ERROR_STORAGE;
    }
    if (result == DEBUG_LOCK_OK) {
        keep(TOKEN_LEFT, claim.nonce, token);
    }
    return result;
}

/* Uses the token up: after this, no other start accepts it. */
static int spend(struct boot_state_store *state)
{
    struct boot_state draft = state->current;

    if (draft.unlock_epoch == UINT32_MAX) {
        return DEBUG_LOCK_ERROR_STORAGE; /* no epoch is left to count this one */
    }
    draft.unlock_epoch++;
    draft.erase_pending = true;
    if (boot_state_commit(state, &draft) != BOOT_STATE_OK || erase_resume(state) != ERASE_OK) {
        return DEBUG_LOCK_ERROR_STORAGE;
    }
    return DEBUG_LOCK_OK;
}

static int log_unlock(uint32_t epoch)
{
    struct event_log log;

    if (event_log_start(&log) != EVENT_LOG_OK ||
        event_log_add(&log, EVENT_UNLOCKED, epoch, NULL) != EVENT_LOG_OK) {
        return DEBUG_LOCK_ERROR_STORAGE;
    }
    return DEBUG_LOCK_OK;
}

/* The device as the boot stage finds it, not as the application said. */
static int load_device(struct debug_lock_claim *claim)
{
    struct factory_page factory;

    if (factory_load(&factory) != FACTORY_OK) {
        return DEBUG_LOCK_ERROR_STORAGE;
    }
    if (factory.life_cycle != FACTORY_LIFE_CLOSED) {
        return DEBUG_LOCK_ERROR_LIFE_CYCLE;
    }
    memcpy(claim->device_id, factory.device_id, sizeof claim->device_id);
    return DEBUG_LOCK_OK;
}

int debug_lock_boot(struct boot_state_store *state)
{
    struct debug_lock_claim claim = {.epoch = state->current.unlock_epoch};
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];
    const bool left = hal_reset_cause() == HAL_RESET_SOFTWARE && kept() == TOKEN_LEFT;
    int result;

    memcpy(claim.nonce, hal_retained() + AT_NONCE, sizeof claim.nonce);
    memcpy(token, hal_retained() + AT_TOKEN, sizeof token);
    forget();
    if (!left) {
        return DEBUG_LOCK_ERROR_NO_NONCE;
    }
    result = load_device(&claim);
    if (result == DEBUG_LOCK_OK) {
        result = judge(&claim, token);
    }
    if (result == DEBUG_LOCK_OK) {
        result = spend(state);
    }
    if (result == DEBUG_LOCK_OK) {
        result = log_unlock(claim.epoch);
    }
    if (result == DEBUG_LOCK_OK) {
        hal_wipe_memory(); /* what was erased from flash is still in the application's memory */
        hal_debug_open();
    }
    return result;
}
