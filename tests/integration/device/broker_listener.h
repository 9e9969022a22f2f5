/*
 * broker_listener.h - a TCP port of the test in the place of a broker: for what a device must not do,
 * and for what no real broker does. It serves nobody by itself.
 */
#ifndef TESTS_BROKER_LISTENER_H
#define TESTS_BROKER_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct broker_listener {
    int listening; /* -1: closed */
    int call;      /* the present one; -1: none */
    size_t calls;  /* that were taken */
};

/* Listens on this port of 127.0.0.1. A failure fails the test. */
void broker_listener_open(struct broker_listener *listener, uint16_t port);

/* Takes a call, if there is one, and closes the one before. Does not wait. */
bool broker_listener_take(struct broker_listener *listener);

/* Ends the present call. */
void broker_listener_hang_up(struct broker_listener *listener);

/* Says something to the caller. False: he is gone. */
bool broker_listener_say(const struct broker_listener *listener, const uint8_t *bytes,
                         size_t length);

/* What the caller has said and was not read yet, without waiting: returns the number of bytes; -1:
 * nothing yet, 0: he has ended the call. */
int broker_listener_hear(const struct broker_listener *listener, uint8_t *bytes, size_t size);

/* Never fails the test. */
void broker_listener_close(struct broker_listener *listener);

#endif
