#include "fuzz/libfuzzer_output.h"

#include <string.h>

enum {
    DIGITS_MAX = 18, /* fits a uint64_t */
};

/* Reads the number at the beginning of text; false when there is none or it is too long. */
static bool read_number(const char *text, size_t size, uint64_t *value)
{
    size_t digits = 0;
    uint64_t number = 0;

    while (digits < size && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == DIGITS_MAX) {
            return false;
        }
        number = number * 10 + (uint64_t)(text[digits] - '0');
        digits++;
    }
    if (digits == 0) {
        return false;
    }
    *value = number;
    return true;
}

/* Where `word` ends in the line; NULL when it is not there. The line may hold NUL. */
static const char *find(const char *line, size_t size, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp(line + i, word, length) == 0) {
            return line + i + length;
        }
    }
    return NULL;
}

static void raise_to(uint64_t *highest, const char *line, size_t size, const char *word)
{
    const char *at = find(line, size, word);
    uint64_t value = 0;

    if (at != NULL && read_number(at, size - (size_t)(at - line), &value) && value > *highest) {
        *highest = value;
    }
}

bool libfuzzer_output_read(const char *line, size_t size, struct libfuzzer_figures *figures)
{
    static const char final_count[] = "stat::number_of_executed_units:";
    uint64_t execs = 0;

    if (size > strlen(final_count) && memcmp(line, final_count, strlen(final_count)) == 0) {
        raise_to(&figures->execs, line, size, "units: ");
        return true;
    }
    if (size < 2 || line[0] != '#' || !read_number(line + 1, size - 1, &execs) ||
        find(line, size, "\t") == NULL) {
        return false;
    }
    if (execs > figures->execs) {
        figures->execs = execs;
    }
    raise_to(&figures->edges, line, size, " cov: ");
    raise_to(&figures->corpus, line, size, " corp: ");
    if (find(line, size, "\tINITED") != NULL) {
        figures->is_initialised = true;
    }
    return true;
}
