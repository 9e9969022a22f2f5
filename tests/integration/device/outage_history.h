/*
 * outage_history.h - judges whether a value that was being written survived an outage.
 *
 * Method: of a setting, a device may hold after an outage the last value whose write it confirmed,
 * or the one whose write was under way. Anything else means that a confirmed write was lost, or
 * that two writes were mixed.
 */
#ifndef TESTS_OUTAGE_HISTORY_H
#define TESTS_OUTAGE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

enum outage_verdict {
    OUTAGE_CONFIRMED_VALUE, /* the last confirmed value is there */
    OUTAGE_VALUE_UNDER_WAY, /* the value is there whose confirmation never came */
    OUTAGE_THIRD_VALUE,     /* neither: a confirmed write was lost, or mixed with another */
};

/* Zero it, then begin with outage_history_settle(). */
struct outage_history {
    uint32_t confirmed;
    uint32_t under_way;
    bool is_under_way;
};

/* What the device holds is known: nothing is under way. */
void outage_history_settle(struct outage_history *history, uint32_t value);

/* A write of `value` is about to be sent. */
void outage_history_begin(struct outage_history *history, uint32_t value);

/* The device has confirmed the write under way. */
void outage_history_confirm(struct outage_history *history);

/* Judges the value that was found after the outage. */
enum outage_verdict outage_history_judge(const struct outage_history *history, uint32_t found);

#endif
