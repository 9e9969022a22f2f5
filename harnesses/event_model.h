/*
 * event_model.h - what the event log must hold, whatever failed: the memory of the harness
 * event_log. What flash held before the first start is only known to be older than all else.
 */
#ifndef EVENT_MODEL_H
#define EVENT_MODEL_H

#include "event_log.h"

#include <stdbool.h>
#include <stdint.h>

/* Nothing has happened yet: `log` has just been opened on what was there before. */
void event_model_begin(const struct event_log *log);

/* An event with this number is about to be added; then what became of it. Without the second call
 * (the power failed) it may be there or not. */
void event_model_add(uint32_t number, enum event_type type, uint32_t detail,
                     const struct event_user *user);
void event_model_added(bool confirmed);

/* A mount may have used up a place. */
void event_model_mounted(void);

/* The users have been erased. */
void event_model_users_erased(void);

/*
 * Judges one reading: the first event after `after` is `event`, or NULL at the end. Sees to it that
 * it is one that was added, as it was added, in order, of its own user or nobody, and that no
 * event was passed over that must still be there.
 */
void event_model_check(const struct event_log *log, uint32_t after, const struct event *event);

/*
 * After a restart: reads the newest events, so that what was doubtful is now settled: it is there
 * and stays, or it is not and never comes.
 */
void event_model_settle(const struct event_log *log);

#endif
