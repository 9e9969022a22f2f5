#include "event_model.h"

#include "harness.h"

#include <stddef.h>
#include <string.h>

#define CLAUSE     "5.10-1"
#define MAX_EVENTS 4096U
#define MAX_READS  2U /* of a settle, beside the doubtful ones */

/* What is known of an event, or of its user. */
enum certainty { ABSENT, DOUBTFUL, CONFIRMED };

struct model_event {
    struct event event;
    enum certainty certainty;
    enum certainty user;
    uint32_t places_used; /* in the ring when it was added */
};

static struct {
    struct model_event events[MAX_EVENTS];
    uint32_t count;
    uint32_t first_number; /* numbers below are of what was there before */
    uint32_t first_event;  /* likewise, without users who had no event */
    uint32_t places_used;
} model;

void event_model_begin(const struct event_log *log)
{
    struct event event = {.number = 0};

    while (event_log_next(log, event.number, &event) == EVENT_LOG_OK) {
    }
    model.count = 0;
    model.first_number = event_log_newest(log) + 1U;
    model.first_event = event.number + 1U;
    model.places_used = 0;
}

/* The highest number that is certainly in use. */
static uint32_t highest_number(void)
{
    for (uint32_t i = model.count; i > 0; i--) {
        if (model.events[i - 1U].certainty == CONFIRMED) {
            return model.events[i - 1U].event.number;
        }
    }
    return model.first_number - 1U;
}

void event_model_add(uint32_t number, enum event_type type, uint32_t detail,
                     const struct event_user *user)
{
    struct model_event *added = &model.events[model.count];

    ORACLE(CLAUSE, "harness-has-room", model.count < MAX_EVENTS, "too many events for the model");
    ORACLE(CLAUSE, "numbers-rise", number > highest_number(),
           "event %u is added, but number %u was in use", (unsigned)number,
           (unsigned)highest_number());
    added->event.number = number;
    added->event.type = type;
    added->event.detail = detail;
    added->event.user = *user;
    added->certainty = DOUBTFUL;
    added->user = user->interface != EVENT_FROM_NOBODY ? DOUBTFUL : ABSENT;
    model.count++;
    model.places_used++;
    added->places_used = model.places_used;
}

void event_model_added(bool confirmed)
{
    struct model_event *added = &model.events[model.count - 1U];

    if (confirmed) {
        added->certainty = CONFIRMED;
        added->user = added->user == ABSENT ? ABSENT : CONFIRMED;
    }
}

void event_model_mounted(void)
{
    model.places_used++;
}

void event_model_users_erased(void)
{
    for (uint32_t i = 0; i < model.count; i++) {
        model.events[i].user = ABSENT;
    }
    model.first_number = model.first_event;
}

/* The one with this number that may be there: of several, the last. */
static struct model_event *find(uint32_t number)
{
    for (uint32_t i = model.count; i > 0; i--) {
        struct model_event *event = &model.events[i - 1U];

        if (event->event.number == number && event->certainty != ABSENT) {
            return event;
        }
    }
    return NULL;
}

/* True if the ring has not come round to it yet. */
static bool must_be_kept(const struct event_log *log, const struct model_event *event)
{
    const uint32_t kept = log->events.slots * (log->events.sector_count - 1U);

    return event->certainty == CONFIRMED && model.places_used - event->places_used < kept;
}

static bool same_user(const struct event_user *left, const struct event_user *right)
{
    return left->interface == right->interface &&
           memcmp(left->address, right->address, sizeof left->address) == 0;
}

static void check_user(const struct event *read, const struct model_event *expected, bool kept)
{
    if (read->user.interface == EVENT_FROM_NOBODY) {
        ORACLE(CLAUSE, "user-lost", !kept || expected->user != CONFIRMED,
               "event %u has lost its user", (unsigned)read->number);
        return;
    }
    ORACLE(CLAUSE, "user-of-another-event",
           expected->user != ABSENT && same_user(&read->user, &expected->event.user),
           "event %u is attributed to a user who had no part in it", (unsigned)read->number);
}

/* The first event that must be there and has a number between the two; NULL if there is none. */
static const struct model_event *find_passed_over(const struct event_log *log, uint32_t after,
                                                  uint32_t before)
{
    for (uint32_t i = 0; i < model.count; i++) {
        const struct model_event *event = &model.events[i];
        const uint32_t number = event->event.number;

        if (number > after && number < before && must_be_kept(log, event)) {
            return event;
        }
    }
    return NULL;
}

void event_model_check(const struct event_log *log, uint32_t after, const struct event *event)
{
    const struct model_event *expected;
    const struct model_event *lost =
        find_passed_over(log, after, event != NULL ? event->number : UINT32_MAX);

    ORACLE(CLAUSE, "event-lost", lost == NULL, "event %u is gone, %u places after it",
           (unsigned)lost->event.number, (unsigned)(model.places_used - lost->places_used));
    if (event == NULL) {
        return;
    }
    ORACLE(CLAUSE, "numbers-rise", event->number > after, "event %u is read after number %u",
           (unsigned)event->number, (unsigned)after);
    if (event->number < model.first_number) {
        return;
    }
    expected = find(event->number);
    ORACLE(CLAUSE, "event-made-up",
           expected != NULL && event->type == expected->event.type &&
               event->detail == expected->event.detail,
           "event %u is not one that was added", (unsigned)event->number);
    check_user(event, expected, must_be_kept(log, expected));
}

static enum certainty settled(bool present)
{
    return present ? CONFIRMED : ABSENT;
}

static void settle_event(const struct event_log *log, struct model_event *event)
{
    const uint32_t after = event->event.number - 1U;
    struct event read;
    int result = event_log_next(log, after, &read);

    ORACLE("5.9-1", "reads", result >= 0, "%s", event_log_strerror(result));
    event_model_check(log, after, result == EVENT_LOG_OK ? &read : NULL);
    if (event->certainty == DOUBTFUL) {
        event->certainty = settled(result == EVENT_LOG_OK && read.number == event->event.number);
    }
    if (event->certainty == ABSENT) {
        event->user = ABSENT;
    } else if (event->user == DOUBTFUL) {
        event->user = settled(result == EVENT_LOG_OK && read.number == event->event.number &&
                              read.user.interface != EVENT_FROM_NOBODY);
    }
}

void event_model_settle(const struct event_log *log)
{
    uint32_t reads = 0;

    for (uint32_t i = model.count; i > 0; i--) {
        struct model_event *event = &model.events[i - 1U];

        if (event->certainty == DOUBTFUL || event->user == DOUBTFUL || reads < MAX_READS) {
            settle_event(log, event);
            reads++;
        }
    }
}
