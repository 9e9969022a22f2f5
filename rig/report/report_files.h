/* The report in its formats: as text in memory, or as files in a folder. */
#ifndef ORDEAL_REPORT_REPORT_FILES_H
#define ORDEAL_REPORT_REPORT_FILES_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "report/report_model.h"

enum report_format { REPORT_JSON, REPORT_MARKDOWN, REPORT_JUNIT, REPORT_FORMAT_COUNT };

/* "json", "md", "junit": as the command line names them. */
const char *report_format_name(enum report_format format);

/* "report.json", "report.md", "junit.xml". */
const char *report_format_file(enum report_format format);

/* Renders into new memory, for free(). RIG_ERROR_NO_MEMORY. */
RIG_MUST_CHECK int report_render(const struct report *report, enum report_format format,
                                 char **text, size_t *size);

/*
 * Renders and writes FOLDER/<report_format_file()>, atomically; the folder is made when there is
 * none. Errors as of file_make_directories() and file_write().
 */
RIG_MUST_CHECK int report_write_file(const struct report *report, enum report_format format,
                                     const char *folder, struct diagnostic *diagnostic);

#endif
