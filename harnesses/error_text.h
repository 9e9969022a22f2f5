/* error_text.h - the firmware's errors are for people: each one that comes out has a text. */
#ifndef ERROR_TEXT_H
#define ERROR_TEXT_H

#include "harness.h"

#include <string.h>

/* `text` is what the module's _strerror says of a result that it has returned. */
static inline void check_error_text(const char *clause, const char *text)
{
    ORACLE(clause, "error-has-a-text", strncmp(text, "unknown ", 8) != 0, "'%s'", text);
}

#endif
