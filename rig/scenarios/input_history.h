/**
 * One history of hostile frames on one device, and what the device made of it: for the scenarios of
 * the family `input`.
 */
#ifndef RIG_SCENARIOS_INPUT_HISTORY_H
#define RIG_SCENARIOS_INPUT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/modbus_frame.h"
#include "scenarios/trial.h"

/** What is measured, in the order of input_check_names. */
enum input_check {
    INPUT_ANSWERS,   /**< ms: the longest time until it answered again */
    INPUT_FAULTS,    /**< starts that nobody asked for, and faults it told of on its console */
    INPUT_MALFORMED, /**< answers */
    INPUT_ACCEPTED,  /**< requests that must be refused, and were answered as done */
    INPUT_CHANGED,   /**< settings and registers that are not what accepted requests made of them */
    INPUT_CHECKS,
};

/** "answers-within", "faults", "answers-malformed", "illegal-accepted", "settings-changed". */
extern const char *const input_check_names[INPUT_CHECKS];

enum { INPUT_LIMIT_MS = 5000, INPUT_TEXT = 200 };

/** What came of it. */
struct input_outcome {
    size_t frame;      /**< that was played last */
    size_t played;     /**< frames */
    unsigned requests; /**< that these held and the device may answer */
    unsigned refused;
    unsigned done;
    unsigned passed; /**< frames behind which it answered a read on the same wire */
    bool is_dead;    /**< it answers no more */
    double values[INPUT_CHECKS];
    char why[INPUT_CHECKS][INPUT_TEXT]; /**< of the first or the worst; "" for none */
    size_t at[INPUT_CHECKS];            /**< the frame of that; the history's count: after all */
};

/** Whether a value breaks its limit. */
bool input_outcome_fails(const struct input_outcome *outcome, enum input_check check);

/** A device that is up, and what its settings were then. */
struct input_device {
    struct bench *bench;
    enum modbus_kind kind;
    struct adapter_health health;
    struct adapter_dump dump;
    uint32_t session; /**< number of a mailbox session that is known from the start; 0: none */
    /** Called between the last frame and the look at settings, when the device is alive; NULL: none. */
    int (*between)(void *context, struct diagnostic *diagnostic);
    void *context;
};

/** Starts the device (made anew where the target can), and takes health and settings. `trial` gets the
 * control that it answers; NULL: none. As move_start(). */
int input_device_start(struct input_device *device, struct trial *trial,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Plays the frames that `keep` says (NULL: all), and looks afterwards at health, console and settings.
 * RIG_OK also when the device died of it; RIG_ERROR_TIMEOUT or RIG_ERROR_DEVICE when it was not even
 * there before the first frame.
 */
int input_history_play(struct input_device *device, struct modbus_history *history,
                       const bool *keep, struct input_outcome *outcome,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
