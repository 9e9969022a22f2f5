/*
 * uplink_model.h - what an uplink has to do, kept beside the real one and compared after each of its
 * turns. It ends the program by an oracle where they differ:
 *
 *   5.9-2  queue-differs, reading-overdue, reading-wrong, delivery-overdue
 *   5.9-3  attempt-overdue, attempt-not-due, delay-too-long, delays-not-random, readings-too-dense,
 *          hangs-on
 *   6-2    before-consent, other-broker
 *   6-3A   after-withdrawal
 *   6-4    undeclared-member
 */
#ifndef UPLINK_MODEL_H
#define UPLINK_MODEL_H

#include "device_uplink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UPLINK_MODEL_SAMPLES 24U

enum uplink_link { UPLINK_LINK_NONE, UPLINK_LINK_ATTEMPT, UPLINK_LINK_OPEN };

/* Zero it at the start of an input; uplink_model_start() at each start of the device. */
struct uplink_model {
    bool wanted;                        /* at the last turn: consent and a broker */
    bool ever_wanted;                   /* since the start of the input */
    char broker[SETTINGS_BROKER_SIZE];  /* at the last turn */
    char failing[SETTINGS_BROKER_SIZE]; /* that the failures are of */
    enum uplink_link link;
    bool publishing;
    bool tried;        /* since the start of the device */
    uint32_t failures; /* in a row */
    uint64_t since_ms; /* of the link as it is */
    uint64_t asked_ms; /* when an answer was last asked for */
    bool planned;      /* the time of the next attempt is known */
    uint64_t plan_ms;  /* that time */
    uint32_t last_number;
    uint64_t last_read_ms;
    bool has_read; /* since it is wanted */
    uint32_t dropped;
    struct telemetry_reading queue[UPLINK_QUEUE_SIZE]; /* oldest first */
    size_t count;
    uint32_t under_way;
    double delays[UPLINK_MODEL_SAMPLES]; /* each as a part of the longest that it might have been */
    size_t delay_count;
    uint32_t delivered; /* acknowledged readings, since the start of the device */
};

/* The device starts. */
void uplink_model_start(struct uplink_model *model);

/* One turn of the device at `now_ms` has returned `action`. */
struct uplink_turn {
    const struct device *device;
    uint64_t now_ms;
    enum uplink_action action;
    const char *text; /* UPLINK_PUBLISH: what is to leave, `length` characters and a zero */
    size_t length;
    bool random; /* the generator works */
};
void uplink_model_turn(struct uplink_model *model, const struct uplink_turn *turn);

/* An event was reported to the device. */
void uplink_model_event(struct uplink_model *model, enum uplink_event event, uint64_t now_ms);

#endif
