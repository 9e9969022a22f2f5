/*
 * Which source files are a project's code under test: all below its folder but its harnesses (the
 * folder harnesses/), what its build folder holds, and hidden folders, where fetched third-party
 * source is kept.
 */
#ifndef ORDEAL_COVERAGE_PROJECT_CODE_H
#define ORDEAL_COVERAGE_PROJECT_CODE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"

/* Both without symbolic links, as realpath() gives them. */
struct project_code {
    const char *project; /* the project's folder */
    const char *build;   /* its build folder */
};

/*
 * The path of a source file relative to the project, as a part of PATH; NULL when the file is no
 * code under test. PATH is absolute and without symbolic links; any other is none.
 */
const char *project_code_path(const struct project_code *code, const char *path);

/*
 * Adds the source files (.c, .cc, .cpp, .cxx) that stand beside a measured file and are in no
 * harness program themselves, with their lines of code not covered: code that nothing runs must
 * not drop out of the sum. Lines of code are those that are not blank, a comment or a directive;
 * a file without the body of a function, such as a table of data, is none. The files must be
 * sorted, and are again. Errors as of file_list() and file_read().
 */
RIG_MUST_CHECK int project_code_add_missing(const struct project_code *code,
                                            struct coverage *coverage,
                                            struct diagnostic *diagnostic);

#endif
