/*
 * libmodbus_server_link.h - the virtual link of a libmodbus server: what the peer does is read from
 * the input when the server waits for it, what the server sends is kept. Time is a number.
 *
 * The system calls of libmodbus (libmodbus/virtual_calls.h) end here.
 */
#ifndef LIBMODBUS_SERVER_LINK_H
#define LIBMODBUS_SERVER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_DESCRIPTOR   7 /* of the open link; nothing real */
#define LINK_MAX_ARRIVING 2048U
#define LINK_MAX_SENT     512U
#define LINK_MAX_CALLS    20000U /* system calls of one input; more is a hang */

struct link {
    /* The script. */
    const uint8_t *data;
    size_t size;
    size_t position;
    unsigned steps; /* taken */
    bool rtu;
    uint8_t unit;          /* of the server */
    uint16_t transactions; /* so far, TCP */

    /* On the way to the server: bytes from `begin` on are there, those from `arrived` on later. */
    uint8_t arriving[LINK_MAX_ARRIVING];
    size_t begin;
    size_t arrived;
    size_t end;
    bool refuse_next;    /* the application shall refuse the next request */
    uint64_t silence_us; /* before the next step */
    bool closed;         /* by the peer */
    bool ended;          /* closed for good: there are no more steps */
    bool interrupted;
    bool reset;
    unsigned connects_failing;
    unsigned sends_failing;
    bool send_short;
    size_t short_length;
    size_t most_per_read; /* 0: no limit */

    /* What the server did. */
    uint8_t sent[LINK_MAX_SENT]; /* of the last reply */
    size_t sent_length;
    unsigned sends; /* attempts since link_forget_sent() */
    unsigned sent_whole;
    uint64_t now_us;
    unsigned calls;
};

/* The one link. */
extern struct link server_link;

/* An open link; its peer follows the steps in `data` from `position` on. */
void link_start(const uint8_t *data, size_t size, size_t position);

/* Before a request is answered. */
void link_forget_sent(void);

/* The server's application takes the next connection; what was on the way is lost. */
void link_take_next_connection(void);

/* For the system calls: the next step of the script happens; without one the peer closes. */
void link_go_on(void);

/* True once the peer has done all it had to do and the server has read it. */
bool link_is_over(void);

#endif
