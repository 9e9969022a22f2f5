#ifndef RIG_BASE_NEAR_NAME_H
#define RIG_BASE_NEAR_NAME_H

#include <stddef.h>

/** Guessing what was meant by a name that does not exist. */

/**
 * How many single-character insertions, deletions, replacements and swaps of neighbours turn `a`
 * into `b`. Names longer than 64 characters are compared by their first 64.
 */
size_t edit_distance(const char *a, const char *b);

/**
 * Writes the candidates that are near `name`, nearest first and at most three, into `text` as
 * "a, b or c"; an empty text when none is near. Near means: one contains the other, or no more
 * edits than a third of its length (at least one, at most three). Returns how many were written.
 */
size_t near_names(const char *name, const char *const *candidates, size_t count, char *text,
                  size_t text_size);

/** The one nearest candidate, or NULL when none is near. */
const char *nearest_name(const char *name, const char *const *candidates, size_t count);

#endif
