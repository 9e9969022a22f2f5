/* What `ordeal doctor` looks at, whatever the target. */
#ifndef ORDEAL_CLI_DOCTOR_CHECKS_H
#define ORDEAL_CLI_DOCTOR_CHECKS_H

#include "base/rig_error.h"
#include "cli/check_list.h"
#include "cli/lab.h"

/* Tools found in PATH, and libraries in the versions that are linked or installed. */
RIG_MUST_CHECK int doctor_check_tools(struct check_list *list);
RIG_MUST_CHECK int doctor_check_libraries(struct check_list *list);

/* Folders, clause catalogue, harnesses and their programs. Opens the lab as far as it can. */
RIG_MUST_CHECK int doctor_check_workspace(struct check_list *list, struct lab *lab,
                                          const struct command_line *line);

/* Whether the store can be written. Makes none. */
RIG_MUST_CHECK int doctor_check_store(struct check_list *list, const struct command_line *line);

#endif
