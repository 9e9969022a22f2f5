/* What doctor says of the programs that a target's file names: of `power` and `adapter`. */
#ifndef ORDEAL_CLI_DOCTOR_TARGET_PROGRAMS_H
#define ORDEAL_CLI_DOCTOR_TARGET_PROGRAMS_H

#include "cli/check_list.h"
#include "cli/lab.h"
#include "target/target_file.h"

/* One row a program, sought where a run would start it from. */
RIG_MUST_CHECK int doctor_check_target_programs(struct check_list *list, const struct lab *lab,
                                                const struct target *target);

#endif
