/**
 * The debugger of a bench: an OpenOCD on the target's probe.
 */
#ifndef RIG_TARGET_BENCH_PROBE_H
#define RIG_TARGET_BENCH_PROBE_H

#include "target/bench.h"
#include "target/probe.h"

/** The folder in which the scripts of `probe.openocd` are sought first: `openocd` beside the target's
 * file. For free(); NULL when there is no memory. */
char *bench_script_folder(const struct target *target);

/**
 * Attaches: as probe_open(), with the scripts of the target's file. They are sought in the folder
 * `openocd` beside the target's file, then among OpenOCD's own. The device must be on when its probe
 * is a virtual one, else RIG_ERROR_USAGE; so it is without CAN_PROBE among the bench's needs. What OpenOCD
 * says is appended to openocd.log of the evidence. Call probe_close() in each case.
 */
int bench_attach(struct bench *bench, struct probe *probe, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** `ram` of the target's section `probe`; of size 0 when it has none. */
struct probe_range bench_probe_ram(const struct bench *bench);

/**
 * The options by which an OpenOCD of a person's own reaches the probe, as words of a shell: the
 * adapter's commands and the scripts, `-s` for their folder included; what it is to do follows. For
 * free(). The device must be on as in bench_attach(), and nobody be attached. RIG_ERROR_USAGE as
 * there, RIG_ERROR_NO_MEMORY.
 */
int bench_describe_attachment(const struct bench *bench, char **options,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether bench_hold_at_opening() can be done. */
bool bench_can_hold_at_opening(const struct bench *bench);

/**
 * As long as the device stays on, its core is halted as soon as its software opens the debug port;
 * or no longer. What is in its memories at that moment can be looked at then. The device is on.
 * RIG_ERROR_USAGE where the bench cannot do that; else errors of virtual_probe_hold_at_opening().
 */
int bench_hold_at_opening(struct bench *bench, bool hold, int64_t deadline_ms,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
