#ifndef RIG_TARGET_TARGET_SECTIONS_H
#define RIG_TARGET_TARGET_SECTIONS_H

#include "base/yaml_file.h"
#include "target/target_file.h"

/**
 * Reads the sections of a target file into `target->settings`, strictly by target_schema.h: an
 * unknown key or driver, a driver of another class, a value that the table does not allow, a
 * missing key or section are RIG_ERROR_CONFIGURATION with file and line. `target->class` is set;
 * keys of the root that are no section must be in `head` (ended by NULL) and are left to the
 * caller.
 */
RIG_MUST_CHECK int target_sections_read(struct yaml_place root, const char *const *head,
                                        struct target *target, struct diagnostic *diagnostic);

/**
 * The same for sections that change those of a target that was read: `changes->class` is set, a section
 * may leave out its driver, and keys and sections that `base` has may be missing. `root` has sections
 * alone.
 */
RIG_MUST_CHECK int target_sections_read_over(struct yaml_place root, const struct target *base,
                                             struct target *changes, struct diagnostic *diagnostic);

#endif
