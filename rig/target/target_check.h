#ifndef RIG_TARGET_TARGET_CHECK_H
#define RIG_TARGET_TARGET_CHECK_H

#include "base/yaml_file.h"
#include "target/target_file.h"

/**
 * What the settings of a target must be to one another, where each for itself is what target_schema.h
 * allows. A layout that no device has would be held against the device, or leave out checks in silence.
 *
 *   storage  the slots are given whole, lie within the flash and apart; a boot stage leaves room for them
 *   probe    addresses and sizes of words are multiples of 4; fuse and known word lie in the flash; the lock
 *            is one of probe_lock.h's, of a part that is known where the lock spares what the part says;
 *            the fault is one of probe_fault.h's
 *   adapter  the id of a Hearth has its length
 */

/**
 * RIG_OK, or RIG_ERROR_CONFIGURATION with file, line, key and remedy. `root` has the sections as they
 * stand in a file; of a key that is not in this one, but in the file that it changes, the line is that
 * of the map that it would be in.
 */
RIG_MUST_CHECK int target_check(struct yaml_place root, const struct target *target,
                                struct diagnostic *diagnostic);

#endif
