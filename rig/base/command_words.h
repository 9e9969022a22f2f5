/**
 * A command line of a target file, split into a program and its arguments. No shell is involved:
 * words are separated by blanks and tabs, and "double quotes" keep them in a word. Nothing else has a
 * meaning: no variables, no patterns, no backslash, no `;`, `|` or `>`.
 */
#ifndef RIG_BASE_COMMAND_WORDS_H
#define RIG_BASE_COMMAND_WORDS_H

#include "base/rig_error.h"

/** Owns its words. All zero is an empty one. */
struct command_words {
    char **argv; /**< ended by NULL; argv[0] is not empty */
};

/**
 * RIG_OK; RIG_ERROR_USAGE for a text without a word, with a quote that is not closed, or with an
 * empty program; RIG_ERROR_NO_MEMORY. `command` is empty after an error.
 */
RIG_MUST_CHECK int command_words_split(const char *text, struct command_words *command);

/** Frees the words and makes the command empty. */
void command_words_free(struct command_words *command);

#endif
