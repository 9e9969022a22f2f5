#ifndef RIG_TARGET_ADAPTER_ANSWER_H
#define RIG_TARGET_ADAPTER_ANSWER_H

#include <jansson.h>

#include "target/adapter.h"

/**
 * Reads answers of an adapter program (adapter_command.h) into what adapter.h hands on. Each returns
 * NULL, or what is wrong with the answer in a few words; members that are not known are ignored.
 */

const char *adapter_answer_identity(const json_t *answer, struct adapter_identity *identity);
const char *adapter_answer_health(const json_t *answer, struct adapter_health *health);
const char *adapter_answer_dump(const json_t *answer, struct adapter_dump *dump);
const char *adapter_answer_outcome(const json_t *answer, struct adapter_answer *outcome);

/** `challenge` counts only when the outcome is ADAPTER_ACCEPTED. */
const char *adapter_answer_challenge(const json_t *answer, struct adapter_answer *outcome,
                                     struct adapter_bytes *challenge);
const char *adapter_answer_unlock_log(const json_t *answer, struct adapter_unlock_log *log);

/** `*verbs` of ADAPTER_CAN_*. */
const char *adapter_answer_hello(const json_t *answer, unsigned *verbs);

#endif
