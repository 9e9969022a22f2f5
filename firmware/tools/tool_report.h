/* tool_report.h - what hearth-image says when it cannot do what it was told. */
#ifndef TOOLS_TOOL_REPORT_H
#define TOOLS_TOOL_REPORT_H

#define TOOL_EXIT_OK    0
#define TOOL_EXIT_NO    1 /* inspect: the image may not run */
#define TOOL_EXIT_USAGE 2 /* options, files, keys */

/* Prints one line, `hearth-image: ` and the text, on stderr. Returns -1, for the caller to return. */
int tool_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
