/*
 * Coverage as JSON: {"measured", "reason" (why not, else null), "complete" (whether every committed
 * input ran through), "note", "project", "inputs", "folders": [{"folder", "lines", "lines_covered",
 * "branches", "branches_covered"}], "files": [{"file", the same counts, "in_program",
 * "never_entered": [functions], "never_reached": ["120-124", "188"]}], "harnesses": [{"harness",
 * "inputs", "failed": ["seeds/x: signal 6 (Aborted)"], "reason", "oracles": {"5.5-5": times
 * evaluated} (null: its program does not count them)}]}. The fields mean what
 * coverage.h says; the counts are left out where nothing was measured.
 */
#ifndef ORDEAL_REPORT_COVERAGE_JSON_H
#define ORDEAL_REPORT_COVERAGE_JSON_H

#include <jansson.h>

#include "coverage/coverage.h"

/* JSON null for NULL: measuring was not asked for. NULL when memory is short. The caller owns the
 * reference. */
json_t *coverage_json(const struct coverage *coverage);

#endif
