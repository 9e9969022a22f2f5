/* Gathers a report for the command line: the store's content, the targets' files, coverage. */
#ifndef ORDEAL_CLI_LAB_REPORT_H
#define ORDEAL_CLI_LAB_REPORT_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "cli/lab.h"
#include "coverage/coverage.h"
#include "report/report_model.h"
#include "target/target_file.h"

/* A report with what it borrows from. Zero it before use. */
struct lab_report {
    struct report report;
    struct target_list targets;
    struct report_target *items;
    struct coverage coverage;
    bool has_coverage; /* false: nobody asked to measure it */
};

/*
 * Measures coverage for the report; call it before lab_report_gather(). Errors as of
 * lab_measure_coverage().
 */
RIG_MUST_CHECK int lab_report_measure(struct lab *lab, struct lab_report *gathered,
                                      struct diagnostic *diagnostic);

/*
 * Gathers it: the workspace and the clauses must be open, the store may be. Errors as of
 * target_list_load() and report_gather(). End with lab_report_clear(), after an error too.
 */
RIG_MUST_CHECK int lab_report_gather(const struct lab *lab, struct lab_report *gathered,
                                     struct diagnostic *diagnostic);

void lab_report_clear(struct lab_report *gathered);

#endif
