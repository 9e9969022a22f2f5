/* What `ordeal doctor` looks at, as a list of checks with what was found. */
#ifndef ORDEAL_CLI_DOCTOR_CHECKS_H
#define ORDEAL_CLI_DOCTOR_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rig_error.h"
#include "cli/lab.h"

/* One check. Owns its strings; none is NULL. */
struct check {
    char *area; /* "tool", "library", "folder", "harness", "store", "target" */
    char *name;
    bool needed; /* fuzz and repro do not work without it */
    bool ok;
    char *detail; /* version, path, or what is wrong */
    char *remedy; /* how to get it; empty when it is there */
};

struct check_list {
    struct check *items;
    size_t count;
};

/* Tools found in PATH, and libraries in the versions that are linked or installed. */
RIG_MUST_CHECK int doctor_check_tools(struct check_list *list);
RIG_MUST_CHECK int doctor_check_libraries(struct check_list *list);

/* Folders, clause catalogue, harnesses and their programs. Opens the lab as far as it can. */
RIG_MUST_CHECK int doctor_check_workspace(struct check_list *list, struct lab *lab,
                                          const struct command_line *line);

/* Whether the store can be written. Makes none. */
RIG_MUST_CHECK int doctor_check_store(struct check_list *list, const struct command_line *line);

/* --target: its file, and the program of its firmware. The workspace must be open. */
RIG_MUST_CHECK int doctor_check_target(struct check_list *list, const struct lab *lab,
                                       const char *name);

/* Whether all that is needed is there. */
bool doctor_all_needed(const struct check_list *list);

void check_list_free(struct check_list *list);

#endif
