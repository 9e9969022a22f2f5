#ifndef RIG_BASE_TEXT_H
#define RIG_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"

/** A list of strings that it owns. All zero is an empty list. */
struct text_list {
    char **items;
    size_t count;
};

/** A copy of `text`, for free(). NULL when there is no memory, or when `text` is NULL. */
char *text_duplicate(const char *text);

/** Formats into new memory, for free(). NULL when there is no memory. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format, ...);

/**
 * Copies `text` into `out[size]`, always terminated.
 * Returns RIG_ERROR_USAGE when it does not fit; `out` is then empty.
 */
RIG_MUST_CHECK int text_copy(char *out, size_t size, const char *text);

/**
 * Copies `length` bytes into `out[size]` so that they are safe to print: control characters, bytes
 * that are no valid UTF-8, and code points that reorder or hide text are written as \n, \t, \r or
 * \xNN. A backslash is left alone. Always terminated; what does not fit is cut between characters.
 * Returns the number of bytes written, without the terminator. `size` is at least 1.
 */
size_t text_escape(char *out, size_t size, const char *bytes, size_t length);

/** text_escape into new memory, for free(). NULL when there is no memory or `text` is NULL. */
char *text_escaped(const char *text);

/** Reads a decimal number of digits only, at most `maximum`. False otherwise; `value` untouched. */
RIG_MUST_CHECK bool text_parse_unsigned(const char *text, uint64_t maximum, uint64_t *value);

/**
 * Reads a number as people write sizes and addresses: decimal digits, with K, M or G behind them for
 * the powers of 1024, or 0x and hexadecimal digits. False otherwise; `value` untouched.
 */
RIG_MUST_CHECK bool text_parse_number(const char *text, uint64_t *value);

/** Reads the digits of `base` (10 or 16, without 0x) that *text begins with, and moves it behind them.
 * False when there is none, or the number is more than 64 bits. */
RIG_MUST_CHECK bool text_take_number(const char **text, unsigned base, uint64_t *value);

/** True for 1 to 64 characters of [A-Za-z0-9._-] that do not begin with a dot or a dash. */
bool text_is_name(const char *text);

/** Appends a copy of `text`. RIG_ERROR_NO_MEMORY leaves the list as it was. */
RIG_MUST_CHECK int text_list_append(struct text_list *list, const char *text);

/** Appends the parts of `text` between separators; empty parts are left out. */
RIG_MUST_CHECK int text_list_split(struct text_list *list, const char *text, char separator);

/** The items with `separator` between them, for free(). NULL when there is no memory. */
char *text_list_join(const struct text_list *list, char separator);

bool text_list_contains(const struct text_list *list, const char *text);

/** Sorts by byte value. */
void text_list_sort(struct text_list *list);

/** Frees the items and makes the list empty. */
void text_list_free(struct text_list *list);

#endif
