#ifndef RIG_TARGET_HEARTH_UPDATE_H
#define RIG_TARGET_HEARTH_UPDATE_H

#include "target/hearth_device.h"

/** The verbs `update` and `confirm` of struct adapter_driver; `self` is a struct hearth_device. */
int hearth_update(void *self, const struct adapter_update *update, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int hearth_update_confirm(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
