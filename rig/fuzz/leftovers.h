/**
 * What earlier runs of a harness left when their process died: inputs that made a fuzzer stop and
 * that nobody has looked at. For fuzz_run.c.
 */
#ifndef RIG_FUZZ_LEFTOVERS_H
#define RIG_FUZZ_LEFTOVERS_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "fuzz/fuzz_findings.h"

/**
 * Looks through the scratch folders of all earlier runs of this run's harness whose process is
 * gone. An input that fails in the reproducer is filed as a finding of this run; another goes into
 * the working corpus, where the fuzzer meets it first. A folder that is dealt with is removed;
 * after an error or an interrupt the rest stays for the next run.
 */
int leftovers_take(struct fuzz_findings *findings, const char *working_corpus,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Removes a run's own scratch folder at its end, unless inputs are left in it: then it stays as it
 * is. */
int leftovers_clean(const char *scratch_folder, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
