/**
 * The broker that a target's file names, when the bench is asked for one.
 */
#ifndef RIG_TARGET_BENCH_BROKER_H
#define RIG_TARGET_BENCH_BROKER_H

#include "target/bench.h"
#include "target/broker.h"

/** Makes bench->broker, with keys of its own, when `needs` has CAN_BROKER and the target names one; it
 * does not run yet. Errors of broker_create(); RIG_ERROR_CONFIGURATION when the target does not say
 * under which name (`host`) the device reaches this machine, or whose topics (`product`) it uses. */
int bench_open_broker(struct bench *bench, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends it; its log is kept as evidence. */
void bench_close_broker(struct bench *bench);

#endif
