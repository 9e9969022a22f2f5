/**
 * Reading hostile text in place: parts of a buffer that may hold any byte, NUL too.
 */
#ifndef RIG_FINDINGS_SPAN_H
#define RIG_FINDINGS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** `size` bytes of a text that lives elsewhere. */
struct span {
    const char *at;
    size_t size;
};

/** What follows the first `word` in the span; `at` is NULL when it is not there. */
struct span span_after(struct span span, const char *word);

bool span_begins(struct span span, const char *word);
bool span_contains(struct span span, const char *word);

/** The span without its first `count` bytes; at most its size. */
struct span span_skip(struct span span, size_t count);

/** Copies the word ([A-Za-z0-9._-]) that the span begins with into `out[size]`. Returns its length;
 * 0 and "" when there is none or it does not fit. */
size_t span_copy_word(char *out, size_t size, struct span span);

/** Reads lower-case digits in base 10 or 16. Returns how many there were; at most 16 are taken. */
size_t span_read_number(struct span span, unsigned base, uint64_t *value);

#endif
