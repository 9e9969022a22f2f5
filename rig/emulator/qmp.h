/**
 * A client of QEMU's monitor protocol QMP (QEMU manual, "QEMU Machine Protocol Specification") over
 * a connected stream socket: one line of JSON a message, each command answered in order.
 *
 * What QEMU sends is checked and never trusted: lines are limited, anything that is no QMP ends the
 * connection with RIG_ERROR_BENCH, and each later call then says the same again.
 */
#ifndef RIG_EMULATOR_QMP_H
#define RIG_EMULATOR_QMP_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/qmp_events.h"

enum {
    QMP_LINE_LIMIT = 64 * 1024, /**< bytes of one message, its newline included */
};

/** One connection. Made by qmp_create(), freed by qmp_destroy(). */
struct qmp;

/**
 * Waits until the socket is ready (qmp_poll()) or anything else happened, and calls qmp_serve() when
 * it is. Returns RIG_OK, RIG_ERROR_TIMEOUT after the deadline, or another error: all end the call
 * that waits but RIG_OK.
 */
typedef int qmp_wait_function(void *context, int64_t deadline_ms, struct diagnostic *diagnostic);

struct qmp_options {
    /** Connected stream socket; becomes the connection's, whatever qmp_create() returns. */
    int descriptor;

    /** Where events go. Must live as long as the connection. */
    struct qmp_events *events;

    /** For a caller whose one loop waits for other things as well; NULL to wait for the socket
     * alone, and for an interrupt. */
    qmp_wait_function *wait;
    void *wait_context;
};

/** Takes the socket; nothing is sent or read yet. RIG_OK or RIG_ERROR_NO_MEMORY. */
int qmp_create(const struct qmp_options *options, struct qmp **qmp) RIG_MUST_CHECK;

/** Closes the socket and frees all. NULL is allowed. */
void qmp_destroy(struct qmp *qmp);

/**
 * Reads QEMU's greeting and enters command mode (qmp_capabilities). To be called once, first.
 * `deadline_ms` is of process_clock_ms(), here and below.
 */
int qmp_connect(struct qmp *qmp, int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One command and where its result goes. */
struct qmp_command {
    const char *name;
    json_t *arguments; /**< an object, which the call takes over; NULL for none */
    json_t **value;    /**< set to the "return" member, for json_decref(); NULL when not wanted */
};

/**
 * Runs a command and waits for its answer.
 *
 * Returns RIG_OK; RIG_ERROR_USAGE with QEMU's own words when QEMU refuses the command (the connection
 * goes on); RIG_ERROR_TIMEOUT (a late answer is dropped); RIG_ERROR_BENCH when the connection ended
 * or what came is no QMP; RIG_ERROR_NO_MEMORY; or what the wait function returns.
 */
int qmp_execute(struct qmp *qmp, const struct qmp_command *command, int64_t deadline_ms,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What to poll for: descriptor -1 once the connection has ended. */
struct pollfd qmp_poll(const struct qmp *qmp);

/** Sends and reads what can be without waiting; events are queued. Does nothing after the end. */
int qmp_serve(struct qmp *qmp, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether QEMU closed the connection. */
bool qmp_ended(const struct qmp *qmp);

#endif
