/**
 * The control of a fuzzing run: before a harness may be judged, it must show that a failure would
 * have been seen. The harness is told to violate an oracle, then to overflow a heap buffer; both
 * must go the whole way, fuzzer -> artifact -> reproducer -> report, and come out as what they are.
 */
#ifndef RIG_FUZZ_CONTROL_H
#define RIG_FUZZ_CONTROL_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/triage.h"
#include "fuzz/engine.h"

/**
 * `engine` is as for the run (its callbacks are not used), `reproducer` too. Nothing is filed.
 *
 * Returns RIG_OK when both controls held. RIG_ERROR_BENCH with a diagnostic that says which part of
 * the chain did not see the planted failure, or why it could not run; RIG_ERROR_INTERRUPTED;
 * RIG_ERROR_NO_MEMORY.
 */
int control_check(const struct engine_options *engine, const struct reproducer *reproducer,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
