/* Measures coverage (coverage/measure.h) with the harnesses and tools of the lab. */
#ifndef ORDEAL_CLI_LAB_COVERAGE_H
#define ORDEAL_CLI_LAB_COVERAGE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "cli/lab.h"
#include "coverage/coverage.h"

/*
 * Measures what the committed inputs of the user's harnesses reach of the user's code, or, when
 * there are none of the user's, those of Ordeal of its reference device. The workspace must be
 * open; the harnesses are loaded unless they are. What stands in the way is coverage->reason.
 * RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY. End with coverage_clear(), after an error too.
 */
RIG_MUST_CHECK int lab_measure_coverage(struct lab *lab, struct coverage *coverage,
                                        struct diagnostic *diagnostic);

#endif
