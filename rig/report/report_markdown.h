/* The report as Markdown (CommonMark with tables), for people. */
#ifndef ORDEAL_REPORT_REPORT_MARKDOWN_H
#define ORDEAL_REPORT_REPORT_MARKDOWN_H

#include <stdio.h>

#include "base/rig_error.h"
#include "report/report_model.h"

/* Writes it to OUT. RIG_ERROR_NO_MEMORY; a write that fails shows in ferror(out). */
RIG_MUST_CHECK int report_write_markdown(const struct report *report, FILE *out);

#endif
