/*
 * unlock_device.h - the device of the harness unlock_token: boot stage and application as far as
 * they matter to an unlock, what must be true of them, and the oracles that hold at every start.
 */
#ifndef UNLOCK_DEVICE_H
#define UNLOCK_DEVICE_H

#include "access.h"
#include "boot_state.h"
#include "debug_lock.h"
#include "drbg.h"
#include "event_log.h"
#include "factory.h"
#include "fault.h"
#include "settings_store.h"
#include "unlock_client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNLOCK_CLAUSE         "5.6-4A"
#define UNLOCK_STORAGE_CLAUSE "5.9-1"
#define UNLOCK_MAX_STEPS      32U /* of a history: so many nonces at most */

/* What a device that has started holds. */
struct unlock_device {
    struct boot_state_store boot;
    struct factory_page factory;
    struct settings_store settings;
    struct access access;
    struct drbg drbg;
    struct event_log events;
};
extern struct unlock_device unlock_device;

/* What must be true of it. */
struct unlock_model {
    struct unlock_client client;
    bool nonce_valid;        /* a nonce has been issued and not been used */
    bool token_waits;        /* a genuine token has been accepted: the next start may open */
    bool may_open;           /* this start may */
    bool open;               /* the port is */
    bool fault_armed;        /* so that this start, or this answer, may fail */
    bool may_be_spent;       /* the epoch may have risen at the start that the power failed in */
    bool other_life_cycle;   /* no token counts, and no start opens */
    uint32_t epoch;          /* in flash, at least */
    uint32_t failures;       /* in flash, at least */
    struct fault next_fault; /* hits the next start or token */
    uint8_t nonces[UNLOCK_MAX_STEPS][DEBUG_LOCK_NONCE_SIZE];
    size_t nonce_count;
};
extern struct unlock_model unlock_model;

/* A device as it was sold, or one that has not left the factory, at its first start. */
void unlock_device_begin(bool in_factory);

/* What every reset ends. Call it after the reset and before the start. */
void unlock_device_lose_session(void);

/* The device starts after a reset; again if a fault got in the way. */
void unlock_device_start(void);

/* The debug port is open if and only if it has to be. */
void unlock_device_check_port(void);

#endif
