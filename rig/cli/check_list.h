/* A list of checks with what each found: what `ordeal doctor` prints. */
#ifndef ORDEAL_CLI_CHECK_LIST_H
#define ORDEAL_CLI_CHECK_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rig_error.h"

/* One check. Owns its strings; none is NULL. */
struct check {
    char *area; /* "tool", "library", "folder", "harness", "store", "probe", "target" */
    char *name;
    bool needed; /* fuzz and repro, or the target that was named, do not work without it */
    bool ok;
    char *detail; /* version, path, or what is wrong */
    char *remedy; /* how to get it; empty when it is there */
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

RIG_MUST_CHECK int check_list_add(struct check_list *list, const struct outcome *outcome);

/* Whether all that is needed is there. */
bool check_list_all_needed(const struct check_list *list);

void check_list_free(struct check_list *list);

/* The remedy for a tool or library, a format with the package's name. */
#define GET_PACKAGE "apt-get install %s, or scripts/setup"

#endif
