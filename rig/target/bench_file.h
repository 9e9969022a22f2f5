/**
 * The bench file: what is true of this machine and of no other, merged over a target: serial ports, relays,
 * addresses, identities and passwords of boards. It is kept outside the repository and named by `--bench`.
 *
 *     schema: 1
 *     targets:
 *       my_board:
 *         power: {driver: command, on: relay on 1, off: relay off 1}
 *         console: {path: /dev/ttyACM0}
 *         adapter: {password: correct horse}
 *
 * Below a target's name stand sections as in its own file, by the same rules. A key overrides the target's
 * or is added to it. A section that names another driver than the target's takes its place; one without a
 * driver keeps the target's.
 */
#ifndef RIG_TARGET_BENCH_FILE_H
#define RIG_TARGET_BENCH_FILE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"

/**
 * Merges what the file says of `target` over it. RIG_ERROR_CONFIGURATION with file, line and remedy for
 * what target_load() would refuse below this target's name (others are not looked at) or of both together,
 * and for a file that does not name the target; RIG_ERROR_NOT_FOUND for a missing file. `target` is
 * unchanged after an error.
 */
RIG_MUST_CHECK int target_apply_bench(struct target *target, const char *path,
                                      struct diagnostic *diagnostic);

#endif
