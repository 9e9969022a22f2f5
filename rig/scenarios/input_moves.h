/**
 * Controls that the scenarios of the family `input` share.
 */
#ifndef RIG_SCENARIOS_INPUT_MOVES_H
#define RIG_SCENARIOS_INPUT_MOVES_H

#include "scenarios/trial.h"

/** As adapter_dump(), asked again some times when there is no answer or a spoilt one: what comes by a
 * serial line may meet a late answer. */
int input_dump(struct bench *bench, struct adapter_dump *dump,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The control that a change shows: one setting is changed through the adapter, and must be another one
 * in the next dump. `dump` is from before, and becomes that one. */
int input_control_change(struct trial *trial, struct adapter_dump *dump,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends the device's power, where the bench can, with the control that it then does not answer. */
int input_control_silence(struct trial *trial, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
