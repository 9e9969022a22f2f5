#include "refusal.h"

#include "tool_report.h"

#include <stdio.h>
#include <string.h>

char refusal[512];

int tool_refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(refusal, sizeof refusal, format, arguments);
    va_end(arguments);
    return -1;
}

void assert_refused(int result, const char *text)
{
    assert_int_equal(result, -1);
    if (strstr(refusal, text) == NULL) {
        fail_msg("refused for '%s', not for '%s'", refusal, text);
    }
    refusal[0] = '\0';
}
