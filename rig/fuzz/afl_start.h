/**
 * What afl-fuzz begins with. For afl.c.
 */
#ifndef RIG_FUZZ_AFL_START_H
#define RIG_FUZZ_AFL_START_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "fuzz/afl_session.h"

/** Fills the start folder from the corpus folders and the working corpus. */
int afl_gather_corpus(const struct afl *afl, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Puts one byte, 0, into the start folder, which exists. NAME.afl passes over it in a control. */
int afl_write_start(const struct afl *afl, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The same if the folder is empty: afl-fuzz does not begin with nothing. */
int afl_fill_start(const struct afl *afl, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Runs the empty input by hand, with which NAME.afl begins before afl-fuzz has a say. If it fails
 * it is reported, and RIG_ERROR_BENCH. */
int afl_check_empty_input(struct afl *afl, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
