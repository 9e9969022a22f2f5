#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* errno of the first write to standard output that failed. */
static int first_failure;

static void note_failure(bool failed)
{
    if (failed && first_failure == 0)
        first_failure = errno != 0 ? errno : EIO;
}

int output_open(struct diagnostic *diagnostic)
{
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) >= 0)
            continue;
        /* The lowest free number is this one: those below are taken by now. */
        if (open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) != number)
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "descriptor %d is closed and /dev/null cannot take its place",
                                   number);
    }
    return RIG_OK;
}

void output_print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note_failure(vprintf(format, arguments) < 0);
    va_end(arguments);
}

void output_text(const char *text)
{
    char *safe = text_escaped(text);

    errno = safe == NULL ? ENOMEM : 0;
    note_failure(safe == NULL || fputs(safe, stdout) < 0);
    free(safe);
}

void output_bytes(const char *bytes, size_t size)
{
    note_failure(fwrite(bytes, 1, size, stdout) != size);
}

int output_json(json_t *value)
{
    char *text;

    if (value == NULL)
        return RIG_ERROR_NO_MEMORY;
    text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    json_decref(value);
    if (text == NULL)
        return RIG_ERROR_NO_MEMORY;
    output_print("%s\n", text);
    free(text);
    return RIG_OK;
}

int output_finish(struct diagnostic *diagnostic)
{
    note_failure(fflush(stdout) != 0);
    note_failure(ferror(stdout) != 0);
    if (first_failure == 0)
        return RIG_OK;
    diagnostic_set(diagnostic, "cannot write to standard output: %s", strerror(first_failure));
    return RIG_ERROR_BENCH;
}

void message_print(const char *format, ...)
{
    char text[2048];
    char safe[4096];
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    (void)text_escape(safe, sizeof safe, text, strlen(text));
    (void)fprintf(stderr, "%s\n", safe);
}
