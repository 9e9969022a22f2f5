/* A finding as JSON: the fields that other programs rely on. */
#ifndef ORDEAL_REPORT_FINDING_JSON_H
#define ORDEAL_REPORT_FINDING_JSON_H

#include <jansson.h>

#include "findings/finding.h"

/*
 * {"id", "clause", "class", "severity", "state", "source", "targets", "occurrences", "replay",
 * "fingerprint", "title"}. NULL when memory is short. The caller owns the reference.
 */
json_t *finding_json(const struct finding *finding);

/*
 * The same, and {"rung", "bucket", "engine", "detail", "frames", "first_seen", "last_seen" (seconds
 * since 1970), "first_run", "last_run", "reason", "expires", "input", "minimised", "report"}, the
 * last three relative to the store's folder.
 */
json_t *finding_json_detailed(const struct finding *finding);

/* "R-3" as a JSON string, null for 0. */
json_t *run_id_json(int64_t run);

#endif
