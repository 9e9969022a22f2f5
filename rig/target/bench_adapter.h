/**
 * The adapter that a target's file names.
 */
#ifndef RIG_TARGET_BENCH_ADAPTER_H
#define RIG_TARGET_BENCH_ADAPTER_H

#include "target/bench.h"

/** Makes bench->adapter; leaves it empty when the target names none. RIG_ERROR_BENCH when its program
 * cannot be started; RIG_ERROR_NO_MEMORY. */
int bench_open_adapter(struct bench *bench, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends it and frees what it used. */
void bench_close_adapter(struct bench *bench);

#endif
