/* A list of checks with what each found: what `ordeal doctor` prints. */
#ifndef ORDEAL_CLI_CHECK_LIST_H
#define ORDEAL_CLI_CHECK_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/exit_code.h"
#include "base/rig_error.h"

/* One check. Owns its strings; none is NULL. */
struct check {
    char *area; /* "tool", "library", "folder", "harness", "store", "probe", "target" */
    char *name;
    bool needed; /* fuzz and repro, or the target that was named, do not work without it */
    bool ok;
    enum exit_code exit_code; /* EXIT_CLEAN when it is ok, or not needed */
    char *detail;             /* version, path, or what is wrong */
    char *remedy;             /* how to get it; empty when it is there */
};

struct check_list {
    struct check *items;
    size_t count;
};

/* What a check found; strings are copied. */
struct outcome {
    const char *area;
    const char *name;
    const char *detail;
    const char *remedy; /* kept only when the check is not ok */
    bool needed;
    bool ok;
};

/* What is needed and is not ok is the bench's. */
RIG_MUST_CHECK int check_list_add(struct check_list *list, const struct outcome *outcome);

/* The same of a file or a store that other commands open, too: what is not ok has their exit code for
 * `error`. */
RIG_MUST_CHECK int check_list_add_opened(struct check_list *list, const struct outcome *outcome,
                                         int error);

/* EXIT_CLEAN when all that is needed is there; else what stands of the codes of what is not. */
enum exit_code check_list_exit_code(const struct check_list *list);

void check_list_free(struct check_list *list);

/* The remedy for a tool or library, a format with the package's name. */
#define GET_PACKAGE "apt-get install %s, or scripts/setup"

#endif
