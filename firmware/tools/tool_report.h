/* tool_report.h - what hearth-image, hearth-provision and hearth-token say when they cannot do what they were told.
 */
#ifndef TOOLS_TOOL_REPORT_H
#define TOOLS_TOOL_REPORT_H

#define TOOL_EXIT_OK    0
#define TOOL_EXIT_NO    1 /* inspect: the image may not run */
#define TOOL_EXIT_USAGE 2 /* options, files, keys */

/* The program's name; each program defines it. */
extern const char tool_name[];

/* Prints one line, the program's name and the text, on stderr. Returns -1, for the caller to return. */
int tool_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
