/*
 * boot_state_input.h - inputs of the harness boot_state: what flash holds at first, then what is
 * done. Steps are framed as in history.h, with kinds of their own; numbers are little-endian:
 *
 *   BOOT_PLACE_BYTES   body: offset (16 bits) in the boot state's area, bytes
 *   BOOT_PLACE_RECORD  body: place (16 bits), sequence (32 bits), mark (0 blank, 1 begun, else
 *                      settled), payload; header and CRC are made right
 *   BOOT_PLACE_IMAGE   body: slot, what (enum boot_image), security counter (32 bits), bytes of it
 *   BOOT_ACTIVATE      body: slot (of use in recovery; else it is the one that does not run)
 *   BOOT_CONFIRM       no body
 *   BOOT_START         no body: the power comes back
 *   BOOT_NEXT_FAULT    as HISTORY_FAULT; hits the next BOOT_ACTIVATE, BOOT_CONFIRM or BOOT_START
 *
 * Bytes and records are placed before the first start only: after that the device keeps the counter
 * itself. Images come and go at any time, as a power cut in an update, wear or an attacker will have it.
 */
#ifndef BOOT_STATE_INPUT_H
#define BOOT_STATE_INPUT_H

enum boot_state_step {
    BOOT_PLACE_BYTES = 0,
    BOOT_PLACE_RECORD = 1,
    BOOT_PLACE_IMAGE = 2,
    BOOT_ACTIVATE = 3,
    BOOT_CONFIRM = 4,
    BOOT_START = 5,
    BOOT_NEXT_FAULT = 6,
};

/* What is put into a slot. */
enum boot_image {
    BOOT_IMAGE_GENUINE = 0,
    BOOT_IMAGE_BODY = 1,       /* one bit of the body turned over: the bytes say which (16 bits) */
    BOOT_IMAGE_HEADER = 2,     /* a bit of the signed header turned over */
    BOOT_IMAGE_SIGNATURE = 3,  /* a bit of the signature turned over */
    BOOT_IMAGE_OTHER_KEY = 4,  /* signed with the unlock key */
    BOOT_IMAGE_PRODUCT = 5,    /* signed, for another product */
    BOOT_IMAGE_OTHER_SLOT = 6, /* signed, linked for the other slot */
    BOOT_IMAGE_LENGTH = 7,     /* signed, longer than the slot */
    BOOT_IMAGE_LONGEST = 8,    /* genuine, fills the slot */
    BOOT_IMAGE_ERASED = 9,     /* none: the first sector is erased */
    BOOT_IMAGE_BYTES = 10,     /* the bytes of the step */
    BOOT_IMAGE_COUNT = 11,
};

#define BOOT_PLACE_BYTES_HEADER  2U
#define BOOT_PLACE_RECORD_HEADER 7U
#define BOOT_PLACE_IMAGE_HEADER  6U

#endif
