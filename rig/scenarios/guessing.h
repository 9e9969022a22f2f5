/**
 * Trials that guess passwords, for access_guessing.c.
 */
#ifndef RIG_SCENARIOS_GUESSING_H
#define RIG_SCENARIOS_GUESSING_H

#include <stdbool.h>

#include "scenarios/trial.h"

/** What one kind of trial does. */
struct guess_manner {
    enum adapter_channel first; /**< by which guesses go */
    bool alternates;            /**< every other guess goes by the other one */
    bool flaps;                 /**< the interruption is one of the link, not of power */
    bool ends_right;            /**< waits for the last delay, and logs in */
    const char *lost;           /**< the checks of its interruption; NULL: none */
    const char *growth_over;
};

/** Runs a word "wrong:3,after:2,seed:7": three guesses, the interruption after the second (0: none). As
 * scenario.run. */
int guessing_run(struct trial *trial, const struct guess_manner *manner, const char *word,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
