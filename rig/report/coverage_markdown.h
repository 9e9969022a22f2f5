/*
 * Coverage as a Markdown section: a table of folders, one of files with what is never reached, and
 * what is missing from the figures.
 */
#ifndef ORDEAL_REPORT_COVERAGE_MARKDOWN_H
#define ORDEAL_REPORT_COVERAGE_MARKDOWN_H

#include <stdio.h>

#include "coverage/coverage.h"

/* Writes it to OUT, nothing for NULL. A write that fails shows in ferror(out). */
void coverage_write_markdown(const struct coverage *coverage, FILE *out);

#endif
