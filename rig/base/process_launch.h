/**
 * The part of base/process.h between fork() and exec; for process.c only.
 */
#ifndef RIG_BASE_PROCESS_LAUNCH_H
#define RIG_BASE_PROCESS_LAUNCH_H

#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"

/** A started child. The descriptors are close-on-exec and the caller's to close. */
struct process_launched {
    pid_t pid;                    /**< also the id of its process group */
    int pidfd;                    /**< readable once it has ended */
    int outputs[PROCESS_STREAMS]; /**< read ends, non-blocking */
};

/** Starts options->argv as process_start() says. On error no child and no descriptor is left. */
int process_launch(const struct process_options *options, struct process_launched *launched,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
