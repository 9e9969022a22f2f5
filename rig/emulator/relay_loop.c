#include "emulator/relay_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "emulator/frame_fate.h"
#include "emulator/frame_queue.h"
#include "emulator/frame_reader.h"
#include "emulator/link_relay_message.h"

enum {
    READ_SIZE = 64 * 1024,
    CONTROL = 2 * RELAY_DIRECTIONS, /* place in the polled ones, after `from` and `to` */
    POLLED = CONTROL + 1,
};

struct direction {
    int from;
    int to;
    struct frame_reader reader;
    struct frame_chooser chooser;
    struct frame_queue queue;
};

struct relay {
    int control;
    bool ended; /* by QEMU or the rig */
    struct direction directions[RELAY_DIRECTIONS];
    struct net_weather_counters counters;
    uint8_t bytes[READ_SIZE];
};

static bool is_transient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* ---- frames ---- */

static void forward(struct relay *relay, struct direction *direction)
{
    struct frame_reader *reader = &direction->reader;
    const enum frame_fate fate =
        frame_chooser_decide(&direction->chooser, reader->frame, reader->size);

    relay->counters.frames++;
    if (fate == FRAME_LOST) {
        relay->counters.dropped++;
    } else if (!frame_queue_add(&direction->queue, reader->frame, reader->size)) {
        relay->counters.overrun++;
    } else if (fate == FRAME_DAMAGED) {
        relay->counters.corrupted++;
    }
}

static void send_queued(struct relay *relay, struct direction *direction)
{
    size_t size = 0;
    const uint8_t *bytes = frame_queue_unsent(&direction->queue, &size);
    ssize_t count;

    if (size == 0) {
        return;
    }
    count = send(direction->to, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
        frame_queue_sent(&direction->queue, (size_t)count);
    } else if (!is_transient(errno)) {
        relay->ended = true;
    }
}

static int receive(struct relay *relay, struct direction *direction, struct diagnostic *diagnostic)
{
    const ssize_t count = recv(direction->from, relay->bytes, READ_SIZE, MSG_DONTWAIT);
    enum frame_status status = FRAME_COMPLETE;
    size_t done = 0;

    if (count == 0 || (count < 0 && !is_transient(errno))) {
        relay->ended = true;
    }
    while (count > 0 && status == FRAME_COMPLETE) {
        size_t used = 0;

        status =
            frame_reader_take(&direction->reader, relay->bytes + done, (size_t)count - done, &used);
        done += used;
        if (status == FRAME_COMPLETE) {
            forward(relay, direction);
        }
    }
    if (status == FRAME_MALFORMED) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "what QEMU sent is no frame: its length is 0, or more than %d bytes",
                               FRAME_MAX);
    }
    send_queued(relay, direction);
    return RIG_OK;
}

/* ---- the rig ---- */

/* A rig that does not read its reports has at most one order under way, and room for its report. */
static void report(struct relay *relay, uint32_t number)
{
    struct link_relay_report message;

    memset(&message, 0, sizeof(message)); /* padding too */
    message.number = number;
    message.counters = relay->counters;
    if (send(relay->control, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        relay->ended = true; /* the rig has gone; nobody is left to tell */
    }
}

static int obey(struct relay *relay, struct diagnostic *diagnostic)
{
    struct link_relay_order order;
    const ssize_t count = recv(relay->control, &order, sizeof(order), MSG_DONTWAIT);

    if (count < 0 && is_transient(errno)) {
        return RIG_OK;
    }
    if (count <= 0) {
        relay->ended = true;
        return RIG_OK;
    }
    if (count != (ssize_t)sizeof(order)) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "what the rig sent is no order; are rig and link relay of one build?");
    }
    for (unsigned i = 0; order.set_weather != 0 && i < RELAY_DIRECTIONS; i++) {
        frame_chooser_set(&relay->directions[i].chooser, &order.weather, i);
    }
    report(relay, order.number);
    return RIG_OK;
}

/* ---- the loop ---- */

static void watch(const struct relay *relay, struct pollfd polled[POLLED])
{
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        const struct direction *direction = &relay->directions[i];
        size_t unsent = 0;

        (void)frame_queue_unsent(&direction->queue, &unsent);
        polled[i] = (struct pollfd){direction->from, POLLIN, 0};
        polled[RELAY_DIRECTIONS + i] =
            (struct pollfd){direction->to, unsent > 0 ? POLLOUT : (short)0, 0};
    }
    polled[CONTROL] = (struct pollfd){relay->control, POLLIN, 0};
}

/* Orders come before frames: what the rig asked for first holds for what came since. */
static int serve(struct relay *relay, const struct pollfd polled[POLLED],
                 struct diagnostic *diagnostic)
{
    int error = polled[CONTROL].revents != 0 ? obey(relay, diagnostic) : RIG_OK;

    for (int i = 0; error == RIG_OK && i < RELAY_DIRECTIONS; i++) {
        const short receiver = polled[RELAY_DIRECTIONS + i].revents;

        if (polled[i].revents != 0) {
            error = receive(relay, &relay->directions[i], diagnostic);
        }
        if ((receiver & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
            relay->ended = true;
        } else if (receiver != 0) {
            send_queued(relay, &relay->directions[i]);
        }
    }
    return error;
}

static int loop(struct relay *relay, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    while (error == RIG_OK && !relay->ended) {
        struct pollfd polled[POLLED];

        watch(relay, polled);
        if (poll(polled, POLLED, -1) >= 0) {
            error = serve(relay, polled, diagnostic);
        } else if (errno != EINTR) {
            error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot wait for frames: %s",
                                    strerror(errno));
        }
    }
    return error;
}

int relay_run(const struct relay_sockets *sockets, struct diagnostic *diagnostic)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    int error;

    if (relay == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    relay->control = sockets->control;
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        relay->directions[i].from = sockets->from[i];
        relay->directions[i].to = sockets->to[i];
    }
    error = loop(relay, diagnostic);
    if (error == RIG_OK) {
        report(relay, 0);
    }
    free(relay);
    return error;
}
