#include "emulator/qmp_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void free_event(struct qmp_event *event)
{
    free(event->name);
    json_decref(event->data);
    *event = (struct qmp_event){NULL, NULL};
}

int qmp_events_add(struct qmp_events *events, const char *name, json_t *data)
{
    struct qmp_event *slot = &events->kept[events->count % QMP_EVENTS_KEPT];
    char *copy = text_duplicate(name);

    if (copy == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    free_event(slot);
    slot->name = copy;
    slot->data = json_incref(data);
    events->count++;
    return RIG_OK;
}

const struct qmp_event *qmp_events_at(const struct qmp_events *events, uint64_t position)
{
    if (position < qmp_events_dropped(events) || position >= events->count) {
        return NULL;
    }
    return &events->kept[position % QMP_EVENTS_KEPT];
}

const struct qmp_event *qmp_events_find(const struct qmp_events *events, const char *name,
                                        uint64_t *position)
{
    uint64_t oldest = qmp_events_dropped(events);

    for (uint64_t i = *position > oldest ? *position : oldest; i < events->count; i++) {
        const struct qmp_event *event = qmp_events_at(events, i);

        if (strcmp(event->name, name) == 0) {
            *position = i + 1;
            return event;
        }
    }
    return NULL;
}

uint64_t qmp_events_dropped(const struct qmp_events *events)
{
    return events->count > QMP_EVENTS_KEPT ? events->count - QMP_EVENTS_KEPT : 0;
}

void qmp_events_clear(struct qmp_events *events)
{
    for (size_t i = 0; i < QMP_EVENTS_KEPT; i++) {
        free_event(&events->kept[i]);
    }
    events->count = 0;
}
