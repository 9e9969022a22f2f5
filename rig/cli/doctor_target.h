/* What `ordeal doctor -t TARGET` looks at besides: what that target needs. */
#ifndef ORDEAL_CLI_DOCTOR_TARGET_H
#define ORDEAL_CLI_DOCTOR_TARGET_H

#include "base/rig_error.h"
#include "cli/check_list.h"
#include "cli/lab.h"

/*
 * Checks the target's file, the tools that its drivers call, its machine, its firmware in the
 * build folder and its devices on this machine. The workspace must be open.
 */
RIG_MUST_CHECK int doctor_check_target(struct check_list *list, const struct lab *lab,
                                       const char *name);

#endif
