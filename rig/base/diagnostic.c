#include "base/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void diagnostic_clear(struct diagnostic *diagnostic)
{
    diagnostic->text[0] = '\0';
}

__attribute__((format(printf, 2, 0))) static void set_line(struct diagnostic *diagnostic,
                                                           const char *format, va_list arguments)
{
    char raw[sizeof diagnostic->text];
    if (diagnostic == NULL) {
        return;
    }
    if (vsnprintf(raw, sizeof raw, format, arguments) < 0) {
        raw[0] = '\0';
    }
    (void)text_escape(diagnostic->text, sizeof diagnostic->text, raw, strlen(raw));
}

void diagnostic_set(struct diagnostic *diagnostic, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_line(diagnostic, format, arguments);
    va_end(arguments);
}

int diagnostic_fail(struct diagnostic *diagnostic, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_line(diagnostic, format, arguments);
    va_end(arguments);
    return error;
}
