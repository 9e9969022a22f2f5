/*
 * boot_state.h - what the boot stage has to remember: which slot to start, whether that is a trial,
 * how old an image may be (EN 303 645, 5.3-9), how often debug was unlocked, whether a user's erase
 * is under way (5.11-1). One value, written whole; shared by boot stage and application.
 */
#ifndef BOOT_BOOT_STATE_H
#define BOOT_BOOT_STATE_H

#include "hal.h"
#include "image.h"
#include "record_log.h"

#include <stdbool.h>
#include <stdint.h>

enum boot_trial {
    BOOT_NO_TRIAL = 0,
    BOOT_TRIAL_ASKED = 1,   /* the active slot is to be started on trial */
    BOOT_TRIAL_STARTED = 2, /* it was; without a confirm the next start reverts to the other slot */
};

struct boot_state {
    enum image_slot active;    /* the slot to start */
    enum boot_trial trial;     /* of the active slot */
    uint32_t security_counter; /* images below it must not run; never falls */
    uint32_t unlock_epoch;     /* unlocks so far; a token is for one epoch; never falls */
    bool erase_pending;        /* a user's erase has begun and is not finished */
};

enum boot_state_error {
    BOOT_STATE_OK = 0,
    BOOT_STATE_ERROR_STORAGE = -1, /* not written for certain: what counts has been read again */
};

const char *boot_state_strerror(int error);

struct boot_state_store {
    struct boot_state current; /* read freely, change only through boot_state_commit() */
    struct record_log log;     /* private */
};

#define BOOT_STATE_LOG_KIND    0x4253U /* "SB" */
#define BOOT_STATE_RECORD_SIZE 20U

/* The state as a record: format 1, little-endian. Decoding tolerates any bytes: a field out of range
 * becomes its default, and the others still count. */
void boot_state_encode(const struct boot_state *state, uint8_t record[BOOT_STATE_RECORD_SIZE]);
void boot_state_decode(struct boot_state *state, const uint8_t record[BOOT_STATE_RECORD_SIZE]);

/* Loads the state; slot A, no trial and zeros if none was ever written. */
HAL_MUST_CHECK int boot_state_start(struct boot_state_store *store);

/* Makes `state` current and permanent. Writes nothing if it is so already. */
HAL_MUST_CHECK int boot_state_commit(struct boot_state_store *store,
                                     const struct boot_state *state);

#endif
