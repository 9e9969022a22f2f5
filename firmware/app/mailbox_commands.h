/*
 * mailbox_commands.h - what a client that has logged in may ask for: one entry of a table for each
 * message type of mailbox.h. Sessions, keys and sealing: mailbox.c.
 */
#ifndef APP_MAILBOX_COMMANDS_H
#define APP_MAILBOX_COMMANDS_H

#include "mailbox.h"

#include <stdbool.h>
#include <stdint.h>

#define MAILBOX_MAX_RESULT (MAILBOX_MAX_PAYLOAD - 1U)

struct mailbox_command {
    struct device *device;
    uint8_t type; /* any value */
    const uint8_t *payload;
    uint16_t length; /* of the payload, bytes */

    uint8_t *result;        /* what follows the status in the answer: room for MAILBOX_MAX_RESULT */
    uint16_t result_length; /* bytes; 0 at first */
    bool ends_session;      /* once the answer is sealed */
};

/* Carries out the command of a genuine message in the open session. Returns the answer's status. */
enum mailbox_status mailbox_command_run(struct mailbox_command *command);

#endif
