/**
 * A connected stream socket, or a terminal that is open without blocking (O_NONBLOCK). It is never
 * waited on here: reads take what is there, what cannot be sent at once is kept until it can.
 */
#ifndef RIG_BASE_STREAM_SOCKET_H
#define RIG_BASE_STREAM_SOCKET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/rig_error.h"

/** STREAM_SOCKET_NONE is one without a descriptor: nothing comes, and nothing is sent. */
struct stream_socket {
    int descriptor; /**< owned; -1 for none */
    bool closed;    /**< the other side closed it, or it broke */
    char *unsent;   /**< owned; NULL when all is sent */
    size_t unsent_size;
    size_t unsent_from; /**< bytes of `unsent` that are sent already */
};

#define STREAM_SOCKET_NONE                                                                         \
    {                                                                                              \
        -1, false, NULL, 0, 0                                                                      \
    }

/** Takes over a descriptor. */
void stream_socket_open(struct stream_socket *socket, int descriptor);

/** Closes the descriptor and drops what is unsent. */
void stream_socket_close(struct stream_socket *socket);

/** Reads up to `size` bytes (not 0); 0 when there is nothing now, or no more. */
size_t stream_socket_read(struct stream_socket *socket, void *bytes, size_t size);

/** Sends after what is unsent; what does not go at once is copied. RIG_OK or RIG_ERROR_NO_MEMORY. */
int stream_socket_send(struct stream_socket *socket, const void *bytes, size_t size) RIG_MUST_CHECK;

/** Sends what is unsent, as far as it goes. */
void stream_socket_flush(struct stream_socket *socket);

/** Forgets what is unsent. */
void stream_socket_drop(struct stream_socket *socket);

/** What to poll for; descriptor -1 when nothing can come any more. */
struct pollfd stream_socket_poll(const struct stream_socket *socket);

#endif
