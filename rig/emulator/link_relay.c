#include "emulator/link_relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "emulator/link_relay_message.h"

enum {
    END_LIMIT_MS = 2000, /* for the relay to end by itself: it has nothing to wait for */
    CONTROL = 0,         /* its place among the sockets, before those of the directions */
    SOCKETS = 1 + 2 * QEMU_NETWORK_DIRECTIONS,
    OURS = 0, /* the rig's or QEMU's end of a pair */
    ITS = 1,  /* the relay's */
};

struct link_relay {
    struct process *process;
    int control;       /* -1 once the relay has ended */
    bool failed;       /* it ended before QEMU did */
    uint32_t ordered;  /* number of the last order */
    uint32_t answered; /* number of the last report */
    struct net_weather_counters counters;
    struct diagnostic reason; /* why it failed */
};

/* ---- start and end ---- */

static void close_all(int pairs[SOCKETS][2], int end)
{
    for (int i = 0; i < SOCKETS; i++) {
        if (pairs[i][end] >= 0) {
            (void)close(pairs[i][end]);
            pairs[i][end] = -1;
        }
    }
}

/* All pairs are -1 where none was opened. */
static int open_pairs(int pairs[SOCKETS][2], struct diagnostic *diagnostic)
{
    for (int i = 0; i < SOCKETS; i++) {
        pairs[i][OURS] = -1;
        pairs[i][ITS] = -1;
    }
    for (int i = 0; i < SOCKETS; i++) {
        const int type = i == CONTROL ? SOCK_SEQPACKET : SOCK_STREAM;

        if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pairs[i]) != 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "cannot open a socket for the link relay: %s", strerror(errno));
        }
    }
    return RIG_OK;
}

static int start_process(struct link_relay *relay, const char *program, int pairs[SOCKETS][2],
                         struct diagnostic *diagnostic)
{
    char *numbers[SOCKETS] = {NULL};
    const char *argv[SOCKETS + 2] = {program};
    int inherited[SOCKETS + 1];
    int error = RIG_OK;

    for (int i = 0; i < SOCKETS; i++) {
        numbers[i] = text_format("%d", pairs[i][ITS]);
        error = numbers[i] != NULL ? error : RIG_ERROR_NO_MEMORY;
        argv[i + 1] = numbers[i];
        inherited[i] = pairs[i][ITS];
    }
    inherited[SOCKETS] = -1;
    if (error == RIG_OK) {
        const struct process_options options = {.argv = argv, .inherited = inherited};

        error = process_start(&options, &relay->process, diagnostic);
    }
    for (int i = 0; i < SOCKETS; i++) {
        free(numbers[i]);
    }
    return error;
}

/* Hands our ends on; those of `pairs` are then nobody's to close. */
static void take_ends(struct link_relay *relay, struct qemu_network *network, int pairs[SOCKETS][2])
{
    relay->control = pairs[CONTROL][OURS];
    for (int i = 0; i < QEMU_NETWORK_DIRECTIONS; i++) {
        network->to_relay[i] = pairs[1 + 2 * i][OURS];
        network->from_relay[i] = pairs[2 + 2 * i][OURS];
    }
    for (int i = 0; i < SOCKETS; i++) {
        pairs[i][OURS] = -1;
    }
}

int link_relay_start(const char *program, struct qemu_network *network, struct link_relay **relay,
                     struct diagnostic *diagnostic)
{
    struct link_relay *made = calloc(1, sizeof(*made));
    int pairs[SOCKETS][2];
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->control = -1;
    error = open_pairs(pairs, diagnostic);
    if (error == RIG_OK) {
        error = start_process(made, program, pairs, diagnostic);
    }
    if (error == RIG_OK) {
        take_ends(made, network, pairs);
        *relay = made;
    } else {
        link_relay_destroy(made);
    }
    close_all(pairs, OURS);
    close_all(pairs, ITS); /* only the relay may hold them: their end tells of its own */
    return error;
}

static void close_control(struct link_relay *relay)
{
    if (relay->control >= 0) {
        (void)close(relay->control);
        relay->control = -1;
    }
}

void link_relay_destroy(struct link_relay *relay)
{
    if (relay == NULL) {
        return;
    }
    close_control(relay);
    process_destroy(relay->process);
    free(relay);
}

void link_relay_close_network(struct qemu_network *network)
{
    int *const ends[] = {network->to_relay, network->from_relay};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        for (int j = 0; j < QEMU_NETWORK_DIRECTIONS; j++) {
            if (ends[i][j] >= 0) {
                (void)close(ends[i][j]);
                ends[i][j] = -1;
            }
        }
    }
}

/* ---- orders and reports ---- */

/* The relay ended although QEMU had not: notes how, and what it said. */
static int note_failure(struct link_relay *relay, struct diagnostic *diagnostic)
{
    const char *said = "";
    char how[64];
    size_t size = 0;

    close_control(relay);
    relay->failed = true;
    if (process_wait(relay->process, process_clock_ms() + END_LIMIT_MS, &relay->reason) == RIG_OK) {
        said = process_output(relay->process, PROCESS_STDERR, &size);
    }
    process_end_describe(process_end(relay->process), how, sizeof(how));
    diagnostic_set(&relay->reason, "the link relay ended by itself, %s: %.*s", how,
                   size > 0 ? (int)strcspn(said, "\n") : (int)strlen("it said nothing"),
                   size > 0 ? said : "it said nothing");
    return link_relay_check(relay, diagnostic);
}

int link_relay_check(const struct link_relay *relay, struct diagnostic *diagnostic)
{
    if (relay->failed) {
        *diagnostic = relay->reason;
        return RIG_ERROR_BENCH;
    }
    return RIG_OK;
}

/* After the last report, an order is never answered: QEMU has ended, as others will tell. */
int link_relay_order(struct link_relay *relay, const struct net_weather *weather,
                     struct diagnostic *diagnostic)
{
    struct link_relay_order order;

    memset(&order, 0, sizeof(order)); /* padding too */
    relay->ordered = relay->ordered == UINT32_MAX ? 1 : relay->ordered + 1;
    order.number = relay->ordered;
    if (weather != NULL) {
        order.set_weather = 1;
        order.weather = *weather;
    }
    if (relay->control < 0) {
        return link_relay_check(relay, diagnostic);
    }
    if (send(relay->control, &order, sizeof(order), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
        errno != EPIPE && errno != ECONNRESET) { /* its end is seen by the next read */
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the link relay takes no order: %s",
                               strerror(errno));
    }
    return RIG_OK;
}

struct pollfd link_relay_poll(const struct link_relay *relay)
{
    return (struct pollfd){relay->control, POLLIN, 0};
}

int link_relay_serve(struct link_relay *relay, struct diagnostic *diagnostic)
{
    struct link_relay_report report;
    ssize_t count;

    if (relay->control < 0) {
        return link_relay_check(relay, diagnostic);
    }
    count = recv(relay->control, &report, sizeof(report), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return RIG_OK;
    }
    if (count != (ssize_t)sizeof(report)) {
        return note_failure(relay, diagnostic);
    }
    relay->counters = report.counters;
    relay->answered = report.number;
    if (report.number == 0) {
        close_control(relay);
    }
    return RIG_OK;
}

bool link_relay_has_answered(const struct link_relay *relay)
{
    return relay->answered == relay->ordered && relay->ordered != 0;
}

void link_relay_finish(struct link_relay *relay)
{
    const int64_t deadline = process_clock_ms() + END_LIMIT_MS;
    struct diagnostic ignored; /* a relay that failed now has nothing to spoil any more */
    struct pollfd polled = link_relay_poll(relay);

    while (polled.fd >= 0 && process_poll_timeout(deadline) > 0) {
        if (poll(&polled, 1, process_poll_timeout(deadline)) > 0 &&
            link_relay_serve(relay, &ignored) != RIG_OK) {
            return;
        }
        polled = link_relay_poll(relay);
    }
}

const struct net_weather_counters *link_relay_counters(const struct link_relay *relay)
{
    return &relay->counters;
}

pid_t link_relay_process_id(const struct link_relay *relay)
{
    return process_id(relay->process);
}
