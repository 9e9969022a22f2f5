/*
 * The report as JSON: {"product", "version", "generated" (seconds since 1970), "note", "store",
 * "unknown_clauses", "findings": [...], "runs": [...], "clauses": [{"id", "status", "testability",
 * "title", "verdict", "rungs", "attacks": [{"source", "target", "rung", "verdict", "run",
 * "replay", "reason", "doubt" (report_attack_doubt(), or null)}], "findings": ["F-1"]}],
 * "targets": [{"name", "title", "class", "fidelity"}], "coverage" (coverage_json.h)}.
 */
#ifndef ORDEAL_REPORT_REPORT_JSON_H
#define ORDEAL_REPORT_REPORT_JSON_H

#include <stdio.h>

#include "base/rig_error.h"
#include "report/report_model.h"

/* Writes it to OUT. RIG_ERROR_NO_MEMORY; a write that fails shows in ferror(out). */
RIG_MUST_CHECK int report_write_json(const struct report *report, FILE *out);

#endif
