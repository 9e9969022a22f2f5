#ifndef RIG_TARGET_LAST_LINE_H
#define RIG_TARGET_LAST_LINE_H

#include "base/process.h"

enum { LAST_LINE_TEXT = 256 };

/** The last line that a child which has ended wrote to stderr, escaped; "" when it wrote none. */
void last_line_of(const struct process *process, char text[LAST_LINE_TEXT]);

/** What it says for itself, for a message: its last line, or "it said nothing". */
const char *last_words_of(const struct process *process, char text[LAST_LINE_TEXT]);

#endif
