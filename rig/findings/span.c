#include "findings/span.h"

#include <string.h>

struct span span_after(struct span span, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= span.size; i++) {
        if (memcmp(span.at + i, word, length) == 0) {
            return (struct span){span.at + i + length, span.size - i - length};
        }
    }
    return (struct span){NULL, 0};
}

bool span_begins(struct span span, const char *word)
{
    size_t length = strlen(word);

    return span.size >= length && memcmp(span.at, word, length) == 0;
}

bool span_contains(struct span span, const char *word)
{
    return span_after(span, word).at != NULL;
}

struct span span_skip(struct span span, size_t count)
{
    return (struct span){span.at + count, span.size - count};
}

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
}

size_t span_copy_word(char *out, size_t size, struct span span)
{
    size_t length = 0;

    while (length < span.size && is_word_byte(span.at[length])) {
        length++;
    }
    if (length >= size) {
        length = 0;
    }
    memcpy(out, span.at, length);
    out[length] = '\0';
    return length;
}

size_t span_read_number(struct span span, unsigned base, uint64_t *value)
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 0;

    *value = 0;
    while (count < span.size && count < 16) {
        const char *digit = memchr(digits, span.at[count], base);

        if (digit == NULL) {
            break;
        }
        *value = *value * base + (uint64_t)(digit - digits);
        count++;
    }
    return count;
}
