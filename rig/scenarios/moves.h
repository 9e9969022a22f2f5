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

/** A deadline that much from now. */
int64_t move_deadline(const struct trial *trial);

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

/** Records whether the device that spoke `after` has started since it spoke `before`. */
bool move_prove_restart(struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after);

/** Faults that the device told of on its console from `position` on, by the target's
 * `console.fault`; 0 without. */
size_t move_console_faults(const struct trial *trial, uint64_t position);

#endif
