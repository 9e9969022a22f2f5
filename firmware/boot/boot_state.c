#include "boot_state.h"

#include "byte_order.h"

#include <string.h>

#define FORMAT 1U

/* Places in the record. A later format must keep them: decoding goes by them whatever the format. */
enum {
    AT_FORMAT = 0,
    AT_ACTIVE = 2,
    AT_TRIAL = 3,
    AT_SECURITY_COUNTER = 4,
    AT_UNLOCK_EPOCH = 8,
    AT_ERASE_PENDING = 12,
    AT_SPARE = 13
};

_Static_assert(AT_SPARE <= BOOT_STATE_RECORD_SIZE, "record too small");

const char *boot_state_strerror(int error)
{
    switch (error) {
    case BOOT_STATE_OK:
        return "no error";
    case BOOT_STATE_ERROR_STORAGE:
        return "boot state cannot be read or written";
    default:
        return "unknown boot state error";
    }
}

void boot_state_encode(const struct boot_state *state, uint8_t record[BOOT_STATE_RECORD_SIZE])
{
    memset(record, 0, BOOT_STATE_RECORD_SIZE);
    put_le16(record + AT_FORMAT, FORMAT);
    record[AT_ACTIVE] = (uint8_t)state->active;
    record[AT_TRIAL] = (uint8_t)state->trial;
    put_le32(record + AT_SECURITY_COUNTER, state->security_counter);
    put_le32(record + AT_UNLOCK_EPOCH, state->unlock_epoch);
    record[AT_ERASE_PENDING] = state->erase_pending ? 1 : 0;
}

void boot_state_decode(struct boot_state *state, const uint8_t record[BOOT_STATE_RECORD_SIZE])
{
    memset(state, 0, sizeof *state);
    if (record[AT_ACTIVE] < IMAGE_SLOT_COUNT) {
        state->active = (enum image_slot)record[AT_ACTIVE];
    }
    if (record[AT_TRIAL] <= BOOT_TRIAL_STARTED) {
        state->trial = (enum boot_trial)record[AT_TRIAL];
    }
    state->security_counter = get_le32(record + AT_SECURITY_COUNTER);
    state->unlock_epoch = get_le32(record + AT_UNLOCK_EPOCH);
    state->erase_pending = record[AT_ERASE_PENDING] == 1;
}

/* Takes what flash says. If that cannot be read, `current` stays: a counter must not fall. */
static int load(struct boot_state_store *store)
{
    uint8_t record[BOOT_STATE_RECORD_SIZE] = {0};
    int result = record_log_mount(&store->log, HAL_FLASH_BOOT_STATE, BOOT_STATE_LOG_KIND, record,
                                  BOOT_STATE_RECORD_SIZE);

    if (result < 0) {
        return BOOT_STATE_ERROR_STORAGE;
    }
    boot_state_decode(&store->current, record);
    return BOOT_STATE_OK;
}

int boot_state_start(struct boot_state_store *store)
{
    memset(store, 0, sizeof *store);
    return load(store);
}

int boot_state_commit(struct boot_state_store *store, const struct boot_state *state)
{
    uint8_t record[BOOT_STATE_RECORD_SIZE];
    uint8_t current[BOOT_STATE_RECORD_SIZE];

    boot_state_encode(state, record);
    boot_state_encode(&store->current, current);
    if (store->log.mounted && memcmp(record, current, sizeof record) == 0) {
        return BOOT_STATE_OK;
    }
    if (record_log_append(&store->log, record) != RECORD_LOG_OK) {
        /* Old or new, flash decides; memory must not differ from it. */
        (void)load(store);
        return BOOT_STATE_ERROR_STORAGE;
    }
    store->current = *state;
    return BOOT_STATE_OK;
}
