#include "target/broker_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "target/loopback_port.h"

int broker_peer_open(struct broker_peer *peer, uint16_t port, enum broker_peer_mode mode,
                     struct diagnostic *diagnostic)
{
    memset(peer, 0, sizeof(*peer));
    peer->mode = mode;
    peer->listening = -1;
    for (size_t i = 0; i < BROKER_PEER_HELD; i++) {
        peer->held[i] = -1;
    }
    return loopback_port_listen(port, &peer->listening, diagnostic);
}

/* Closes with RST: to linger for no time drops the connection (socket(7), SO_LINGER; RFC 9293,
 * 3.6: abort). */
static int reset(int connection, struct diagnostic *diagnostic)
{
    const struct linger at_once = {1, 0};
    const int set = setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    const int error = errno;

    (void)close(connection);
    return set == 0 ? RIG_OK
                    : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                      "a connection cannot be reset: %s", strerror(error));
}

static int hold(struct broker_peer *peer, int connection, struct diagnostic *diagnostic)
{
    int *place = &peer->held[peer->next_held];

    if (*place >= 0) {
        (void)close(*place);
    }
    *place = connection;
    peer->next_held = (peer->next_held + 1) % BROKER_PEER_HELD;
    return fcntl(connection, F_SETFD, FD_CLOEXEC) == 0
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "a connection cannot be held: %s",
                                 strerror(errno));
}

/* Takes all that wait, at most as many as the kernel's backlog may hold in one go. */
static int take(struct broker_peer *peer, size_t *taken, struct diagnostic *diagnostic)
{
    for (*taken = 0; *taken < BROKER_PEER_ATTEMPTS; (*taken)++) {
        const int connection = accept(peer->listening, NULL, NULL);
        int error;

        if (connection < 0) {
            /* ECONNABORTED: the caller was gone before he was taken (accept(2)). */
            return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED
                       ? RIG_OK
                       : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                         "no connection can be taken: %s", strerror(errno));
        }
        if (peer->attempts < BROKER_PEER_ATTEMPTS) {
            peer->attempted_ms[peer->attempts] = process_clock_ms();
        }
        peer->attempts++;
        error = peer->mode == PEER_RESET ? reset(connection, diagnostic)
                                         : hold(peer, connection, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}

int broker_peer_pump(struct broker_peer *peer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    for (;;) {
        struct pollfd polled[] = {{peer->listening, POLLIN, 0},
                                  {interrupt_descriptor(), POLLIN, 0}};
        size_t taken = 0;
        int ready;
        int error = take(peer, &taken, diagnostic);

        if (error != RIG_OK || taken > 0) {
            return error;
        }
        if (interrupt_requested()) {
            return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
        }
        ready = poll(polled, sizeof(polled) / sizeof(polled[0]), process_poll_timeout(deadline_ms));
        if (ready < 0 && errno != EINTR) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot wait for a connection: %s",
                                   strerror(errno));
        }
        if (ready == 0 && process_poll_timeout(deadline_ms) == 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "nobody has connected before the deadline");
        }
    }
}

void broker_peer_close(struct broker_peer *peer)
{
    if (peer->listening >= 0) {
        (void)close(peer->listening);
    }
    peer->listening = -1;
    for (size_t i = 0; i < BROKER_PEER_HELD; i++) {
        if (peer->held[i] >= 0) {
            (void)close(peer->held[i]);
        }
        peer->held[i] = -1;
    }
}
