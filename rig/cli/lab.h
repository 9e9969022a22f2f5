/* The parts of the lab that commands open: folders, catalogues, the store. */
#ifndef ORDEAL_CLI_LAB_H
#define ORDEAL_CLI_LAB_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/workspace.h"
#include "cli/parse.h"
#include "findings/clauses.h"
#include "findings/store.h"
#include "fuzz/harness_catalogue.h"

/* Each pointer is NULL until it is opened. Zero it before use and end with lab_close(). */
struct lab {
    struct workspace *workspace;
    struct harness_catalogue *harnesses;
    struct clauses *clauses;
    struct store *store;
};

/* The store's folder as the command line names it. Never NULL. */
const char *lab_store_folder(const struct command_line *line);

/* Opens the workspace, and what reads it: the harnesses (and the clause catalogue, which must hold
 * their clauses), the clause catalogue. Each fails as the functions that it calls (workspace.h,
 * harness_catalogue.h, clauses.h). */
RIG_MUST_CHECK int lab_open_workspace(struct lab *lab, const struct command_line *line,
                                      struct diagnostic *diagnostic);
RIG_MUST_CHECK int lab_load_harnesses(struct lab *lab, struct diagnostic *diagnostic);
RIG_MUST_CHECK int lab_load_clauses(struct lab *lab, struct diagnostic *diagnostic);

/* Opens the store. Errors as of store_open(). */
RIG_MUST_CHECK int lab_open_store(struct lab *lab, const struct command_line *line,
                                  enum store_mode mode, struct diagnostic *diagnostic);

/* Opens the store for reading; leaves it NULL when there is none and none was named. */
RIG_MUST_CHECK int lab_open_store_if_any(struct lab *lab, const struct command_line *line,
                                         struct diagnostic *diagnostic);

/* Finds a harness; an unknown name is RIG_ERROR_NOT_FOUND with the near names. */
RIG_MUST_CHECK int lab_find_harness(const struct lab *lab, const char *name,
                                    const struct harness **harness, struct diagnostic *diagnostic);

/* Refuses a clause that the clause catalogue does not hold, with the nearest that it does:
 * RIG_ERROR_NOT_FOUND. `none` is fine: findings are filed so. Needs lab_load_clauses(). */
RIG_MUST_CHECK int lab_check_clause(const struct lab *lab, const char *id,
                                    struct diagnostic *diagnostic);

/* Closes what is open. */
void lab_close(struct lab *lab);

#endif
