/*
 * record_log.h - a value of fixed size that survives power cuts: each new value is appended to a
 * ring of flash sectors, the newest complete one counts. Older ones can be read as long as their
 * place is not needed.
 *
 * What a user may rely on, whenever the power fails: after record_log_append() has returned
 * RECORD_LOG_OK the value is the one that every later mount returns. Before that, a mount returns
 * either the value before or the new one, and once a mount has returned one of them, later mounts
 * return the same.
 */
#ifndef APP_RECORD_LOG_H
#define APP_RECORD_LOG_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_LOG_MAX_PAYLOAD 256U

enum record_log_error {
    RECORD_LOG_OK = 0,
    RECORD_LOG_EMPTY = 1,           /* not an error: no value has ever been written */
    RECORD_LOG_ERROR_FLASH = -1,    /* the part refused; mount again to learn what counts */
    RECORD_LOG_ERROR_GEOMETRY = -2, /* fewer than 2 sectors, or a sector holds no record */
    RECORD_LOG_ERROR_WORN = -3,     /* the sequence number is used up: 2^31 records */
};

const char *record_log_strerror(int error);

/* One log. Owned by the caller; set up by record_log_mount(); fields are private. */
struct record_log {
    struct hal_flash_geometry geometry;
    uint16_t kind;
    uint16_t payload_size;
    uint32_t slot_size;     /* header, payload and mark, rounded up to program units */
    uint32_t slots;         /* in each sector */
    uint32_t sector_count;  /* in the area */
    uint32_t sequence;      /* the highest ever used; 0: none yet */
    uint32_t newest_sector; /* holds the record that counts: never erased */
    uint32_t sector;        /* being filled: newest_sector or the one after it */
    uint32_t next_slot;     /* in that sector; `slots` when it is full */
    bool mounted;           /* the places above are known: appending is allowed */
};

/*
 * Finds the newest value in `area` and copies it to `payload` (`payload_size` bytes, 1 to
 * RECORD_LOG_MAX_PAYLOAD). `kind` tells logs of different meaning apart. Any flash content is
 * tolerated. May write: a value whose write was interrupted at the very end is written once more,
 * so that it cannot be lost later.
 * Returns RECORD_LOG_OK, RECORD_LOG_EMPTY (payload untouched), or an error.
 */
HAL_MUST_CHECK int record_log_mount(struct record_log *log, enum hal_flash_area area, uint16_t kind,
                                    void *payload, uint16_t payload_size);

/* Makes `payload` (the size given at mount) the newest value. RECORD_LOG_ERROR_FLASH, and nothing
 * written, if the last mount failed. */
HAL_MUST_CHECK int record_log_append(struct record_log *log, const void *payload);

/* How many places for records the area has. The newest values, as many as fit into all sectors but
 * one, are always kept; failed appends and mounts that write use up places as well. */
uint32_t record_log_places(const struct record_log *log);

/*
 * Copies the record at `place` (0 to record_log_places() - 1) to `payload`, and its sequence number,
 * which rises from each record to a later one, to `*sequence`. Places are in no order. One value may
 * be in two places, with two numbers: mounting may have written it once more.
 * RECORD_LOG_EMPTY, and nothing copied, if no finished record is there; or RECORD_LOG_ERROR_FLASH.
 * The log must have been mounted, even if mounting failed.
 */
HAL_MUST_CHECK int record_log_read(const struct record_log *log, uint32_t place, void *payload,
                                   uint32_t *sequence);

#endif
