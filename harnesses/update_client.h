/*
 * update_client.h - the updating half of the test client: makes images, genuine ones and ones that
 * are wrong in one way, signs them with the test key, and sends them message by message.
 *
 * Body of a HISTORY_UPDATE step; what is missing counts as zero:
 *
 *   0  enum update_action
 *   1  number of the image: its version is 1.number.0, its security counter number / 4 + 1
 *   2  enum update_spoil: what is wrong with it
 *   3  a parameter: which bit is spoilt, how many messages UPDATE_SEND sends at most
 *   4  length of the body, 16 bits, taken modulo UPDATE_MAX_BODY, plus 1
 *   6  bytes in one UPDATE_SEND message, taken modulo what fits, plus 1
 *
 * Only UPDATE_OPEN looks at the image's fields; the other actions are about the image last accepted.
 */
#ifndef UPDATE_CLIENT_H
#define UPDATE_CLIENT_H

#include "test_client.h"

#include "image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UPDATE_MAX_BODY    6000U /* two sectors */
#define UPDATE_STEP_SIZE   7U
#define UPDATE_MOST_CHUNKS 32U

enum update_action {
    UPDATE_OPEN,   /* makes an image and sends UPDATE_BEGIN */
    UPDATE_SEND,   /* sends UPDATE_DATA, as many as the parameter says */
    UPDATE_SKIP,   /* sends UPDATE_DATA that leaves a gap */
    UPDATE_FINISH, /* and so on: the message of that name */
    UPDATE_ACTIVATE,
    UPDATE_CONFIRM,
    UPDATE_ASK, /* UPDATE_STATUS */
    UPDATE_ACTION_COUNT
};

enum update_spoil {
    UPDATE_RIGHT,
    UPDATE_OTHER_PRODUCT,
    UPDATE_OTHER_SLOT, /* linked for the running one */
    UPDATE_TOO_LARGE,
    UPDATE_EMPTY,
    UPDATE_OLD,           /* security counter 0 */
    UPDATE_FOREIGN_KEY,   /* signed by somebody else */
    UPDATE_ALTERED_FIELD, /* one bit of the signed part, after signing */
    UPDATE_ALTERED_SIGNATURE,
    UPDATE_ALTERED_BODY, /* one bit of the body */
    UPDATE_OTHER_FORMAT, /* rightly signed */
    UPDATE_SPOIL_COUNT
};

/* An image that the client has made. */
struct update_image {
    struct image_info info; /* as signed, before anything was altered */
    uint8_t header[IMAGE_HEADER_SIZE];
    uint8_t body[UPDATE_MAX_BODY];
    bool header_is_signed; /* by the vendor, and unaltered since */
    bool format_is_known;
    bool body_is_signed; /* the body is the one in the header */
};

/* Plain bytes. */
struct update_client {
    struct update_image offered;  /* with the last UPDATE_BEGIN */
    struct update_image accepted; /* the last one whose UPDATE_BEGIN the device took */
    uint32_t sent;                /* bytes of its body that the device has taken */
};

/* What one step did. */
struct update_outcome {
    enum update_action action;
    struct test_outcome last; /* of the last message; earlier ones were all answered by OK */
    unsigned messages;
};

/* Carries out a HISTORY_UPDATE step; the power may fail on the way. */
void update_client_step(struct update_client *update, struct test_client *client,
                        const struct history_step *step, struct update_outcome *outcome);

#endif
