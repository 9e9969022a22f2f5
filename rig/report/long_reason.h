/* Reasons of verdicts that are too long for a row of a table: what of them goes into it. */
#ifndef ORDEAL_REPORT_LONG_REASON_H
#define ORDEAL_REPORT_LONG_REASON_H

#include <stdbool.h>

/* Bytes of a reason that a row takes, and room for them with the mark of what was left out. */
#define REASON_ROW_MAX  120
#define REASON_ROW_SIZE (REASON_ROW_MAX + 8)

/*
 * Writes into ROW what a table shows of REASON: all of it; or as many whole clauses of it as fit, or
 * words where the first clause is too long, and " ...". Returns whether it is all of it; the
 * whole then belongs below the table.
 */
bool reason_fits_row(const char *reason, char row[REASON_ROW_SIZE]);

#endif
