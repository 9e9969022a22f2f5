/* What `ordeal doctor -t TARGET` looks at besides: what that target needs. */
#ifndef ORDEAL_CLI_DOCTOR_TARGET_H
#define ORDEAL_CLI_DOCTOR_TARGET_H

#include "base/rig_error.h"
#include "cli/check_list.h"
#include "cli/lab.h"
#include "target/usb_probes.h"

/*
 * Checks the file of the target that --target names, with what the file of --bench says of it, the
 * tools that its drivers call, its machine, its firmware in the build folder, its devices on this
 * machine, and its debug probe among PROBES. The workspace must be open.
 */
RIG_MUST_CHECK int doctor_check_target(struct check_list *list, const struct lab *lab,
                                       const struct command_line *line,
                                       const struct usb_probe_list *probes);

#endif
