#include "fuzz/afl_output.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum {
    DIGITS_MAX = 18, /* fits a uint64_t */
    LINE_SIZE = 512,
    PLOT_EXECS = 11, /* columns, from 0 */
    PLOT_EDGES = 12,
};

/* ---- text ---- */

/* Bytes of the number at the beginning of text; 0 when there is none or it is too long. */
static size_t read_number(const char *text, size_t size, uint64_t *value)
{
    size_t digits = 0;
    uint64_t number = 0;

    while (digits < size && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == DIGITS_MAX) {
            return 0;
        }
        number = number * 10 + (uint64_t)(text[digits] - '0');
        digits++;
    }
    if (digits > 0) {
        *value = number;
    }
    return digits;
}

static void raise_to(uint64_t *highest, uint64_t value)
{
    *highest = value > *highest ? value : *highest;
}

/* Takes the next line off the text; false when there is none. A last line may lack its newline. */
static bool next_line(const char **text, size_t *size, const char **line, size_t *line_size)
{
    const char *newline;

    if (*size == 0) {
        return false;
    }
    newline = memchr(*text, '\n', *size);
    *line = *text;
    *line_size = newline != NULL ? (size_t)(newline - *text) : *size;
    *text += *line_size + (newline != NULL);
    *size -= *line_size + (newline != NULL);
    return true;
}

/* Bytes of a colour at the beginning of text, ESC [ ... letter. */
static size_t colour_size(const char *text, size_t size)
{
    size_t used = 2;

    if (size < 2 || text[0] != '\x1b' || text[1] != '[') {
        return 0;
    }
    while (used < size && ((text[used] >= '0' && text[used] <= '9') || text[used] == ';')) {
        used++;
    }
    return used < size ? used + 1 : used;
}

void afl_output_plain(const char *line, size_t size, char *text, size_t text_size)
{
    char plain[LINE_SIZE];
    size_t used = 0;
    size_t at = 0;

    while (at < size && used < sizeof(plain)) {
        size_t colour = colour_size(line + at, size - at);

        if (colour == 0) {
            plain[used++] = line[at++];
        }
        at += colour;
    }
    while (used > 0 && plain[used - 1] == ' ') {
        used--;
    }
    (void)text_escape(text, text_size, plain, used);
}

/* ---- lines of standard output ---- */

bool afl_is_input_name(const char *name)
{
    size_t length = strlen(name);

    if (length >= AFL_NAME_SIZE || strncmp(name, "id:", 3) != 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '/') {
            return false;
        }
    }
    return true;
}

/* The name up to the quote; one that is refused leaves `name` as it is. */
static bool read_name(const char *start, char name[AFL_NAME_SIZE])
{
    char read[AFL_NAME_SIZE];
    const char *end = strchr(start, '\'');
    size_t length = end != NULL ? (size_t)(end - start) : 0;

    if (length == 0 || length >= AFL_NAME_SIZE) {
        return false;
    }
    memcpy(read, start, length);
    read[length] = '\0';
    if (!afl_is_input_name(read)) {
        return false;
    }
    memcpy(name, read, length + 1);
    return true;
}

enum afl_line afl_output_read(const char *line, size_t size, char name[AFL_NAME_SIZE])
{
    static const char tries[] = "Attempting dry run with '";
    char text[LINE_SIZE];
    const char *at;

    afl_output_plain(line, size, text, sizeof(text));
    at = strstr(text, tries);
    if (at != NULL) {
        return read_name(at + strlen(tries), name) ? AFL_LINE_TRIES : AFL_LINE_OTHER;
    }
    if (strstr(text, "PROGRAM ABORT") != NULL) {
        return AFL_LINE_ABORT;
    }
    if (strstr(text, "est case ") == NULL) {
        return AFL_LINE_OTHER;
    }
    if (strstr(text, "results in a crash") != NULL) {
        return AFL_LINE_FAILS;
    }
    return strstr(text, "results in a timeout") != NULL ? AFL_LINE_HANGS : AFL_LINE_OTHER;
}

/* ---- files ---- */

/* The value of a line `KEY   : VALUE`; NULL when it is of another key. */
static const char *find_value(const char *line, size_t size, const char *key, size_t *value_size)
{
    size_t at = strlen(key);

    if (size <= at || memcmp(line, key, at) != 0) {
        return NULL;
    }
    while (at < size && line[at] == ' ') {
        at++;
    }
    if (at == size || line[at] != ':') {
        return NULL;
    }
    at++;
    while (at < size && line[at] == ' ') {
        at++;
    }
    *value_size = size - at;
    return line + at;
}

static void read_count(const char *line, size_t size, const char *key, uint64_t *highest)
{
    size_t value_size = 0;
    const char *value = find_value(line, size, key, &value_size);
    uint64_t number = 0;

    if (value != NULL && read_number(value, value_size, &number) > 0) {
        raise_to(highest, number);
    }
}

/* A line such as `stability         : 97.51%`. */
static void read_stability(const char *line, size_t size, double *stability)
{
    size_t value_size = 0;
    const char *value = find_value(line, size, "stability", &value_size);
    uint64_t whole = 0;
    uint64_t hundredths = 0;
    size_t digits = value != NULL ? read_number(value, value_size, &whole) : 0;

    if (digits == 0 || whole > 100) {
        return;
    }
    if (digits + 3 < value_size && value[digits] == '.' &&
        read_number(value + digits + 1, 2, &hundredths) != 2) {
        hundredths = 0;
    }
    *stability = fmin((double)whole + (double)hundredths / 100.0, 100.0);
}

void afl_stats_read(const char *text, size_t size, struct afl_figures *figures)
{
    const char *line;
    size_t line_size;

    while (next_line(&text, &size, &line, &line_size)) {
        read_count(line, line_size, "execs_done", &figures->execs);
        read_count(line, line_size, "edges_found", &figures->edges);
        read_stability(line, line_size, &figures->stability);
    }
}

static void read_columns(const char *line, size_t size, struct afl_figures *figures)
{
    uint64_t value = 0;

    for (int column = 0; column <= PLOT_EDGES; column++) {
        const char *comma = memchr(line, ',', size);
        size_t used = comma != NULL ? (size_t)(comma - line) + 1 : size;

        if (column >= PLOT_EXECS && read_number(line, size, &value) > 0) {
            raise_to(column == PLOT_EXECS ? &figures->execs : &figures->edges, value);
        }
        line += used;
        size -= used;
        while (size > 0 && *line == ' ') {
            line++;
            size--;
        }
    }
}

void afl_plot_read(const char *text, size_t size, struct afl_figures *figures)
{
    const char *line;
    size_t line_size;
    const char *last = NULL;
    size_t last_size = 0;

    while (size > 0 && text[size - 1] != '\n') {
        size--; /* afl-fuzz has not finished this line */
    }
    while (next_line(&text, &size, &line, &line_size)) {
        last = line;
        last_size = line_size;
    }
    if (last != NULL && last[0] != '#') {
        read_columns(last, last_size, figures);
    }
}
