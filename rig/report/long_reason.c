#include "report/long_reason.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_SHOWN = REASON_ROW_MAX / 4 }; /* less says nothing: rather cut elsewhere */

/* Where a row may be cut, from the worst to the best. */
enum cut { CUT_WORD, CUT_COLON, CUT_SENTENCE, CUT_COUNT };

/* The kind of the blank at AT, by the mark before it. */
static enum cut kind_of(const char *reason, size_t at)
{
    const char mark = reason[at - 1];

    if (mark == '.' || mark == ';')
        return CUT_SENTENCE;
    return mark == ':' ? CUT_COLON : CUT_WORD;
}

/* How much of a long reason is shown. Marks and blanks are ASCII, so no character is cut in two. */
static size_t shown(const char *reason)
{
    size_t ends[CUT_COUNT] = {0};

    for (size_t i = 1; i <= REASON_ROW_MAX; i++) {
        if (reason[i] == ' ') {
            const enum cut kind = kind_of(reason, i);
            ends[kind] = kind == CUT_WORD ? i : i - 1;
        }
    }
    if (ends[CUT_SENTENCE] >= LEAST_SHOWN)
        return ends[CUT_SENTENCE];
    return ends[CUT_COLON] >= LEAST_SHOWN ? ends[CUT_COLON] : ends[CUT_WORD];
}

bool reason_fits_row(const char *reason, char row[REASON_ROW_SIZE])
{
    const size_t length = strlen(reason);
    const bool fits = length <= REASON_ROW_MAX;

    (void)snprintf(row, REASON_ROW_SIZE, "%.*s%s", (int)(fits ? length : shown(reason)), reason,
                   fits ? "" : " ...");
    return fits;
}
