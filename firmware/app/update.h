/*
 * update.h - a new image comes in (EN 303 645, 5.3-2, 5.3-9, 5.3-10, 5.7-1): header first, then the
 * body in order, then a check of what flash really holds. The header is written last, so that a slot
 * holds a valid image or none.
 */
#ifndef APP_UPDATE_H
#define APP_UPDATE_H

#include "boot.h"
#include "boot_state.h"
#include "hal.h"
#include "image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum update_phase {
    UPDATE_IDLE = 0,
    UPDATE_RECEIVING = 1, /* header accepted, body coming in */
    UPDATE_STAGED = 2,    /* whole and genuine in its slot */
    UPDATE_ACTIVATED = 3, /* the next start tries it */
};

/* Beside these, every function returns what image_check_header() and image_verify_body() do. */
enum update_error {
    UPDATE_OK = 0,
    UPDATE_ERROR_ORDER = -101,     /* not due: begin, data, finish, activate; data without gaps */
    UPDATE_ERROR_TOO_LONG = -102,  /* more data than the header announced */
    UPDATE_ERROR_TRUNCATED = -103, /* less, at the finish */
    UPDATE_ERROR_STORAGE = -104,   /* flash failed; begin again */
};

const char *update_strerror(int error);

/* Owned by the device. Read freely. */
struct update {
    enum update_phase phase;
    enum image_slot slot;    /* that is written to; valid but in UPDATE_IDLE */
    struct image_info image; /* likewise */
    uint32_t received;       /* bytes of the body, what waits in `unit` included */
    uint8_t header[IMAGE_HEADER_SIZE];
    uint8_t unit[HAL_FLASH_MAX_PROGRAM_UNIT]; /* bytes that do not fill a program unit yet */
    uint32_t unit_used;
};

/* Nothing under way. */
void update_start(struct update *update);

/*
 * Judges a header; if it may run, erases its slot. The slot must not be the running one; in recovery
 * either will do. Gives up any other update under way, but not before the new header is found right.
 */
HAL_MUST_CHECK int update_begin(struct update *update, const struct boot_handover *running,
                                const struct boot_state *state,
                                const uint8_t header[IMAGE_HEADER_SIZE]);

/* The next bytes of the body: `offset` must be update->received. Nothing is taken on an error but
 * UPDATE_ERROR_STORAGE, which ends the update. */
HAL_MUST_CHECK int update_data(struct update *update, uint32_t offset, const uint8_t *data,
                               size_t length);

/* All is there: checks what flash holds against the header, and then writes the header. */
HAL_MUST_CHECK int update_finish(struct update *update);

/* The staged image is to be tried at the next start. Checks it once more. */
HAL_MUST_CHECK int update_activate(struct update *update, struct boot_state_store *state);

/* The running image has proved itself: ends its trial, raises the counter. Idempotent. Not due in
 * recovery, nor once another image has been activated. */
HAL_MUST_CHECK int update_confirm(const struct update *update, const struct boot_handover *running,
                                  struct boot_state_store *state);

#endif
