/**
 * Replay ids: one printable word that runs one trial again on its target, for instance
 * `outage.power-settings/native/op:3:torn,rounds:20@1f2e3d4c5b6a`: scenario, target, the trial's word,
 * and the beginning of the firmware's hash that it was seen on.
 */
#ifndef RIG_SCENARIOS_REPLAY_ID_H
#define RIG_SCENARIOS_REPLAY_ID_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "scenarios/scenario.h"

enum {
    REPLAY_HASH_DIGITS = 12, /**< hexadecimal digits of the firmware's hash */
    REPLAY_ID_SIZE = 64 + 64 + SCENARIO_WORD_MAX + REPLAY_HASH_DIGITS + 4,
};

struct replay_id {
    char scenario[65];
    char target[65];
    char word[SCENARIO_WORD_MAX + 1];
    char hash[REPLAY_HASH_DIGITS + 1]; /**< "" when the id names none */
};

/** Writes the word. `firmware_hash` may be "". */
void replay_id_format(const char *scenario, const char *target, const char *word,
                      const char *firmware_hash, char text[REPLAY_ID_SIZE]);

/** Reads one. RIG_ERROR_USAGE with a diagnostic that says what a replay id looks like. */
int replay_id_parse(const char *text, struct replay_id *id,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether text can be a trial's word: 1 to SCENARIO_WORD_MAX of [A-Za-z0-9:.,_+-]. */
bool replay_word_is_valid(const char *text);

#endif
