#ifndef RIG_TARGET_HEARTH_UNLOCK_H
#define RIG_TARGET_HEARTH_UNLOCK_H

#include "target/hearth_device.h"

/** The verbs `challenge`, `unlock` and `unlock_log` of struct adapter_driver; `self` is a struct
 * hearth_device. */
int hearth_unlock_challenge(void *self, struct adapter_bytes *challenge,
                            struct adapter_answer *answer, int64_t deadline_ms,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;
int hearth_unlock(void *self, const struct adapter_bytes *token, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int hearth_unlock_log(void *self, struct adapter_unlock_log *log, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
