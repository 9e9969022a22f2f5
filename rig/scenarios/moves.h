/**
 * Moves that the families share: a device is started, its power is cut and comes back, its settings
 * are compared. Each records its controls and proofs in the trial.
 */
#ifndef RIG_SCENARIOS_MOVES_H
#define RIG_SCENARIOS_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/trial.h"

/** Time that a device may take until it answers after any interruption: `recover_ms` of the target's
 * limits, or 20 s. */
int64_t move_recover_ms(const struct trial *trial);

/** Whether an error means that the device did not answer, or made no sense: the device's, not the
 * bench's. */
bool move_is_silence(int error);

/** A deadline that much from now. */
int64_t move_deadline(const struct trial *trial);

/** Switches the device on, and waits until it answers. *health is what it says then. As
 * bench_wait_healthy(). */
int move_switch_on(struct trial *trial, struct adapter_health *health,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Starts the device (made anew where the target can), and records the control that it answers.
 * *health is what it says then. RIG_ERROR_TIMEOUT when it does not: nothing can be tried then.
 */
int move_start(struct trial *trial, struct adapter_health *health,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Cuts the power now (or collects a cut that was armed), records the control that a device without
 * power does not answer, and switches on again. Then waits until it answers; *answered says whether
 * it did, *took_ms how long after power came back. Records the proof that it started anew, by the
 * device's own start count, or by its uptime. `before` is from before the cut, and becomes what it
 * says afterwards. RIG_OK also when the device stays silent.
 */
int move_power_cycle(struct trial *trial, struct adapter_health *before, bool *answered,
                     double *took_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the device has started between two answers, or since its console stood at `position`: by the
 * same signs as move_prove_restart(), the first that the device has. */
bool move_has_restarted(const struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after, uint64_t position);

/**
 * Records whether the device has started since it spoke `before` and its console stood at `position`.
 * Its own start count says so, or the text on its console that it prints at each start, or an uptime
 * that fell: a device that forgets its count has started all the same.
 */
bool move_prove_restart(struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after, uint64_t position);

/** Records the control that the device, which is off, does not answer. One that answers has power all the
 * same, or an adapter that makes it up. */
int move_control_silence(struct trial *trial, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Records the control that a cut which is armed comes by itself: the running device falls silent though
 * nobody switched it off. Then it is started again; *health is what it says. Without it, a bench that
 * cuts too late, or never, would look like one that hits.
 */
int move_control_armed_cut(struct trial *trial, struct adapter_health *health,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Switches off. A device that had ended by its own fault is noted and counted: move_faults(). */
int move_stop(struct trial *trial, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Switches off and on again with `cut` armed, and waits until it has come: its time has passed, or its
 * operation. One whose operation does not come counts as over once the device is up and healthy. */
int move_cut_start(struct trial *trial, const struct power_cut *cut,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Faults of the device: those that it told of on its console from `position` on, by the target's
 * `console.fault`, and how often it ended by its own fault in this trial. */
size_t move_faults(const struct trial *trial, uint64_t position);

/**
 * The same around a start after which the device says `now`. Where no console tells of faults, the device
 * itself has to: one when it gives a fault as the cause of that start.
 */
size_t move_faults_before(const struct trial *trial, uint64_t position,
                          const struct adapter_health *now);

enum {
    MOVE_ANSWER_MS =
        500 /**< for an answer of a device whose power may be gone, beside the time that
                              the answer usually takes */
};

/** The setting that scenarios write: a free text that every adapter has. */
#define MOVE_SETTING "name"

/** The value of write number `number`. */
void move_value(uint64_t number, char value[ADAPTER_TEXT]);

/** Writes MOVE_SETTING. RIG_ERROR_DEVICE when the device does not accept it. */
int move_write(struct trial *trial, const char *value,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Records the control that a changed setting shows in a dump; `dump` is what it shows then. */
int move_control_change(struct trial *trial, struct adapter_dump *dump,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** How many settings differ between two dumps, or are in one only; `except` (NULL: none) does not
 * count. */
size_t move_count_changes(const struct adapter_dump *before, const struct adapter_dump *after,
                          const char *except);

/** Measures `check` as the number of settings that differ from `before` now. */
int move_measure_changes(struct trial *trial, const char *check, const struct adapter_dump *before,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
