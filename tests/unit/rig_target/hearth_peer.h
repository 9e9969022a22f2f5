#ifndef TESTS_HEARTH_PEER_H
#define TESTS_HEARTH_PEER_H

#include "target/hearth_mailbox.h"

/* How the peer departs from the protocol. */
enum peer_lie {
    PEER_HONEST,
    PEER_VERSION,     /* of another protocol */
    PEER_SHORT,       /* an answer without content */
    PEER_LONG,        /* announces more than an answer holds */
    PEER_ALMOST_LONG, /* fits into an answer, but not with its tag */
    PEER_NO_SESSION,  /* HELLO gives session 0 */
    PEER_OTHER_TYPE,
    PEER_OTHER_SESSION,
    PEER_OTHER_SEQUENCE,
    PEER_TAG,            /* one bit of the tag is turned */
    PEER_PAYLOAD,        /* one bit of the payload is turned */
    PEER_ECHO,           /* the client's own message comes back */
    PEER_REFUSED_DONE,   /* refuses with the status 'done' */
    PEER_REFUSED_OTHERS, /* refuses a message that was not sent */
    PEER_SILENT,
};

/* The device's side of the mailbox. It answers a request with the request's payload. */
struct hearth_peer {
    struct hearth_verifier verifier;
    uint8_t device_id[HEARTH_DEVICE_ID];
    uint8_t refusal; /* status to refuse all with; 0: none */
    enum peer_lie lie;
    uint8_t lie_about; /* type of the messages that it lies about */
    unsigned messages;
    struct hearth_keys keys;
    uint8_t transcript[HEARTH_HASH];
};

/* Knows the password; 1000 iterations. */
void hearth_peer_create(struct hearth_peer *peer, const char *password);

/* hearth_carry with a peer as its context. */
int hearth_peer_carry(void *context, const uint8_t *message, size_t size,
                      uint8_t answer[HEARTH_MESSAGE], int64_t deadline_ms,
                      struct diagnostic *diagnostic);

#endif
