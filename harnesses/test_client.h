/*
 * test_client.h - carries out the steps of a history against the live device, as a client that
 * holds the test keys, and remembers what such a client knows.
 */
#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

#include "history.h"
#include "live_device.h"
#include "mailbox_client.h"

#include <stdbool.h>
#include <stdint.h>

/* One client. Plain bytes: may be copied to go back to an earlier moment. */
struct test_client {
    enum live_bus bus;
    struct mailbox_client mailbox;
    bool greeting_altered; /* the last HELLO did not arrive as it was meant */
    uint8_t greetings;     /* HELLOs so far: makes client nonces different */
    uint32_t accepted;     /* the highest sequence that the device has answered with proof */
};

/* What a step did, as far as a client can tell. */
struct test_outcome {
    enum history_kind kind;
    struct live_reply reply;
    uint8_t function; /* of the request; 0 if it had no byte */
    bool alone;       /* the request did not follow a part of another */
    bool broadcast;   /* nobody may answer */
    uint8_t message;  /* enum mailbox_type of a MAILBOX step */
    bool genuine;     /* MAILBOX: built by who knows the keys, in order, unaltered */
    bool answered;    /* MAILBOX: a mailbox answer came back */
    uint8_t status;   /* enum mailbox_status, if answered */
    bool proven;      /* MAILBOX: the answer's tag is right */
};

void test_client_start(struct test_client *client, enum live_bus bus);

/* The device has restarted: the session is gone. */
void test_client_forget(struct test_client *client);

/* True while the client has logged in, proof against proof, and not out. */
bool test_client_is_logged_in(const struct test_client *client);

/* Carries out REQUEST, RAW, MAILBOX, WAIT or WORLD; the power may fail on the way. */
void test_client_step(struct test_client *client, const struct history_step *step,
                      struct test_outcome *outcome);

#endif
