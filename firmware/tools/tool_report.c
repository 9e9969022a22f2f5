#include "tool_report.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_LINE 512

int tool_refuse(const char *format, ...)
{
    char line[MAX_LINE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *c = line; *c != '\0'; c++) {
        *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* names of files may hold anything */
    }
    (void)fprintf(stderr, "%s: %s\n", tool_name, line);
    return -1;
}
