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

#endif
