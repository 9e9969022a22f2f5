/**
 * The virtual probe's process: one loop between OpenOCD, which is on the terminal, and QEMU. The rig
 * talks with it over a control socket, a line each way:
 *
 *   probe -> rig   ready PATH     the terminal is open; the guest is halted
 *   rig -> probe   start          lets the guest run; the probe answers `done`
 *   rig -> probe   fault NAME     something is wrong from now on (probe_fault.h); likewise
 *   rig -> probe   hold, pass     the core is halted at the opening of its port, or not; likewise
 *   probe -> rig   failed TEXT    in place of an answer; the probe ends
 *
 * It ends when the rig closes the control socket. When QEMU ends, it goes on as a probe does whose chip
 * is dead.
 */
#ifndef RIG_VIRTUAL_PROBE_PROBE_LOOP_H
#define RIG_VIRTUAL_PROBE_PROBE_LOOP_H

#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "virtual_probe/chip_lock.h"

/** Connected stream sockets, which stay the caller's, and what is at their other ends. */
struct probe_setup {
    int control;
    int gdb; /**< of a QEMU whose guest is halted */
    int qtest;
    int monitor; /**< QMP; the probe's own */
    pid_t process;
    struct chip_lock_model lock;
    const struct chip_profile *profile;
};

/** Serves until the rig ends it. RIG_OK, or an error with a diagnostic, which the rig was told, too. */
int probe_run(const struct probe_setup *setup, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
