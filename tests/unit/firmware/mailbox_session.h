/* mailbox_session.h - a device and a client that speaks to its mailbox, without a bus between. */
#ifndef MAILBOX_SESSION_H
#define MAILBOX_SESSION_H

#include "device.h"
#include "mailbox_client.h"

#include <stddef.h>
#include <stdint.h>

struct mailbox_session {
    struct device device;
    struct mailbox_client client;
    struct event_user from;               /* on whose behalf messages come */
    uint8_t greetings;                    /* so far: makes client nonces different */
    uint8_t message[MAILBOX_MAX_MESSAGE]; /* what was sent last */
    size_t message_length;                /* bytes */
    uint8_t answer[MAILBOX_MAX_MESSAGE];  /* and what came back */
    size_t answer_length;                 /* bytes */
    struct mailbox_client_answer result;  /* as the client understood it */
};

/* The key of the password on the label, and one that is no password's. */
const uint8_t *session_right_key(void);
const uint8_t *session_wrong_key(void);

/* A fresh device, nobody logged in; messages come from the local bus. */
void session_new(struct mailbox_session *session);

/* A fresh device with the client logged in. */
void session_new_open(struct mailbox_session *session);

/* Sends `message` again as it stands; returns the status of REFUSED, or 0xFF for another answer. */
uint8_t session_send_again(struct mailbox_session *session);

/* HELLO. Returns the status; on MAILBOX_STATUS_OK the client may log in. */
uint8_t session_greet(struct mailbox_session *session);

/* Builds LOGIN without sending it. */
void session_build_login(struct mailbox_session *session, const uint8_t *key);

/* HELLO_LABEL, from where session->from says: as session_greet(). */
uint8_t session_greet_label(struct mailbox_session *session);

/* HELLO, if the client is not greeted, and LOGIN. Returns the status of what failed, or OK. */
uint8_t session_log_in(struct mailbox_session *session, const uint8_t *key);

/* Waits until the next log-in may come, then HELLO and LOGIN. */
uint8_t session_log_in_patiently(struct mailbox_session *session, const uint8_t *key);

/* Builds a sealed message without sending it. */
void session_build(struct mailbox_session *session, uint8_t type, const uint8_t *payload,
                   size_t length);

/* Sends a sealed message and returns the status; a test fails unless the answer is sealed too. */
uint8_t session_call(struct mailbox_session *session, uint8_t type, const uint8_t *payload,
                     size_t length);

/* SET_SETTING of the set-point, and what the device has. */
uint8_t session_set_point(struct mailbox_session *session, int16_t set_point);
int session_current_set_point(const struct mailbox_session *session);

/* Power off and on; the client knows nothing of it. */
void session_restart_device(struct mailbox_session *session);

/* A reset, the boot stage, and the device with what that has started; the client knows nothing of
 * it. HAL_RESET_POWER_ON is a power cut. */
void session_boot(struct mailbox_session *session, enum hal_reset_cause cause);

#endif
