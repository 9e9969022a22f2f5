/*
 * The report as JUnit XML, for CI servers: one test suite, a test case a clause. FAIL is a failure
 * with each finding and the command that reproduces it, INCONCLUSIVE and ERROR are errors, PASS
 * names its attack set in system-out, the rest is skipped with its verdict. Coverage stands in the
 * suite's properties.
 */
#ifndef ORDEAL_REPORT_REPORT_JUNIT_H
#define ORDEAL_REPORT_REPORT_JUNIT_H

#include <stdio.h>

#include "base/rig_error.h"
#include "report/report_model.h"

/* Writes it to OUT. RIG_ERROR_NO_MEMORY; a write that fails shows in ferror(out). */
RIG_MUST_CHECK int report_write_junit(const struct report *report, FILE *out);

#endif
