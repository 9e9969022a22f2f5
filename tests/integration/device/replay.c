#include "replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

uint32_t replay_number(const char *variable, uint32_t otherwise)
{
    const char *text = getenv(variable);
    char *end;
    unsigned long value;

    if (text == NULL) {
        return otherwise;
    }
    value = strtoul(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value == 0 || value > UINT32_MAX) {
        fail_msg("%s=%s: give a whole number from 1 on", variable, text);
    }
    return (uint32_t)value;
}

/* xorshift32 (G. Marsaglia, 2003). */
uint32_t replay_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
