/*
 * boot.h - the boot stage: decides what runs after a reset (EN 303 645, 5.3-9, 5.7-1, 5.9-1).
 *
 * Rules:
 *   - Only a genuine image whose security counter is at least the stored one is started; if there
 *     is one in either slot, it is started, whatever else flash holds.
 *   - A slot on trial gets one start. That start is recorded before it happens; the next one
 *     without a confirm goes back to the other slot, if that holds an image that may run.
 *   - The stored counter is raised to that of a confirmed image at every start, so that a power cut
 *     at the confirm costs nothing; never by a trial, so that going back is always possible.
 *   - Without any such image the device stays in recovery (device_start() in device.h).
 *   - An unlock token that the application has left is judged here and nowhere else (debug_lock.h).
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "boot_state.h"
#include "hal.h"
#include "image.h"

#include <stdbool.h>

enum boot_error {
    BOOT_OK = 0,
    BOOT_ERROR_STORAGE =
        -1, /* the boot state cannot be read: nothing may run; reset and try again */
};

const char *boot_strerror(int error);

/* What the boot stage has decided. Plain bytes: handed to the image that is started. */
struct boot_handover {
    bool recovery;                 /* nothing to start; `slot` and `image` say nothing */
    enum image_slot slot;          /* to be started */
    struct image_info image;       /* in that slot */
    bool trial;                    /* runs on trial: confirm it, or the next start reverts */
    bool reverted;                 /* this start went back from a trial that was not confirmed */
    int refused[IMAGE_SLOT_COUNT]; /* why a slot was passed over: enum image_error, or IMAGE_OK */
};

/* Decides. Writes boot state as far as the rules above need it. Afterwards the board starts
 * handover->image, or recovery. */
HAL_MUST_CHECK int boot_run(struct boot_handover *handover);

#endif
