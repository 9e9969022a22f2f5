/**
 * What QEMU told without being asked (QMP's asynchronous events), in the order it came: the last
 * QMP_EVENTS_KEPT of them. An event has a position, counted from 0 over the life of the queue, so
 * that several readers each see all of them.
 */
#ifndef RIG_EMULATOR_QMP_EVENTS_H
#define RIG_EMULATOR_QMP_EVENTS_H

#include <jansson.h>
#include <stdint.h>

#include "base/rig_error.h"

enum {
    QMP_EVENTS_KEPT = 64, /**< the oldest is dropped when there are more */
};

struct qmp_event {
    char *name;   /**< e.g. "RESET" */
    json_t *data; /**< an object; NULL when the event came without */
};

/** All zero is an empty queue. */
struct qmp_events {
    struct qmp_event kept[QMP_EVENTS_KEPT]; /**< a ring: position modulo its size */
    uint64_t count;                         /**< events that came: the position of the next one */
};

/** Appends an event. `name` is copied, and a reference of `data` (NULL allowed) is taken. */
int qmp_events_add(struct qmp_events *events, const char *name, json_t *data) RIG_MUST_CHECK;

/**
 * The first event named `name` from *position on; *position is then the one after it. NULL when
 * there is none; *position stays. The event is the queue's, and valid until the next one is added.
 */
const struct qmp_event *qmp_events_find(const struct qmp_events *events, const char *name,
                                        uint64_t *position);

/** The event at a position; NULL when it was dropped, or has not come. Valid as above. */
const struct qmp_event *qmp_events_at(const struct qmp_events *events, uint64_t position);

/** How many events were dropped. */
uint64_t qmp_events_dropped(const struct qmp_events *events);

/** Frees all events and makes the queue empty. */
void qmp_events_clear(struct qmp_events *events);

#endif
