/*
 * The file that a harness program writes at its exit where ORDEAL_GATES names one: JSON, in which
 * "oracles" says how often the oracles of each provision were evaluated: {"oracles": {"5.5-5": 12}}.
 * It comes from a process that ran hostile inputs: it is hostile too.
 */
#ifndef ORDEAL_COVERAGE_ORACLE_COUNTS_H
#define ORDEAL_COVERAGE_ORACLE_COUNTS_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"

/*
 * Adds what the file at PATH says to the harness, which counts oracles then. A file that does not
 * exist, or says nothing of oracles, is fine: the program does not count them. RIG_ERROR_BENCH when
 * it makes no sense; errors of reading it as of file_read().
 */
RIG_MUST_CHECK int oracle_counts_read(const char *path, struct coverage_harness *harness,
                                      struct diagnostic *diagnostic);

#endif
