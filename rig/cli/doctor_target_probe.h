/* What `ordeal doctor -t TARGET` says of the target's section `probe`. */
#ifndef ORDEAL_CLI_DOCTOR_TARGET_PROBE_H
#define ORDEAL_CLI_DOCTOR_TARGET_PROBE_H

#include "base/rig_error.h"
#include "cli/check_list.h"
#include "target/target_file.h"
#include "target/usb_probes.h"

/*
 * Checks that OpenOCD finds the scripts that the section names, and, for an attached board, that the
 * probe of its serial number is among PROBES and may be opened. Without a serial number several probes
 * are a row, since OpenOCD takes any. A target without the section adds none.
 */
RIG_MUST_CHECK int doctor_check_target_probe(struct check_list *list, const struct target *target,
                                             const struct usb_probe_list *probes);

#endif
