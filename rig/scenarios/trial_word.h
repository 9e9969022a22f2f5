/**
 * Words of trials as `key:value,key:value`: `way:local,seed:12`.
 */
#ifndef RIG_SCENARIOS_TRIAL_WORD_H
#define RIG_SCENARIOS_TRIAL_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The decimal number of `key`; false when it has none. */
bool trial_word_number(const char *word, const char *key, uint64_t *number);

/** Copies the text of `key`; false when there is none or it does not fit. */
bool trial_word_text(const char *word, const char *key, char *text, size_t size);

/** Whether `key` has exactly that text. */
bool trial_word_is(const char *word, const char *key, const char *text);

#endif
