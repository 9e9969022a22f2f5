#define _XOPEN_SOURCE 700 /* realpath */
#include "coverage/lcov.h"

#include <stdlib.h>
#include <string.h>

/* What no source file of a project exceeds; more is taken for nonsense. */
#define LARGEST_LINE   10000000U
#define MOST_FILES     20000U
#define MOST_FUNCTIONS 20000U
#define MOST_LINES     1000000U

/* A function's instance: a static one of a header has one in each file that includes it. */
struct function {
    char *name; /* as llvm-cov names it: "<file>:" stands before a static one's */
    uint32_t line;
    bool is_entered;
};

/* The record that is being read. */
struct record {
    bool is_open;
    char *path; /* relative to the project; NULL: not code under test */
    struct function *functions;
    size_t function_count;
    size_t cursor;   /* where the next FNDA's function is expected: it repeats the order of FN */
    uint32_t *lines; /* those with a count of 0 */
    size_t line_count;
    struct coverage_count count;
};

struct lcov_reader {
    const struct project_code *code;
    struct coverage *coverage;
    struct record record;
    uint64_t line_number;
    int error; /* the first; RIG_OK so far */
};

struct lcov_reader *lcov_reader_create(const struct project_code *code, struct coverage *coverage)
{
    struct lcov_reader *reader = calloc(1, sizeof *reader);

    if (reader != NULL) {
        reader->code = code;
        reader->coverage = coverage;
    }
    return reader;
}

static void clear_record(struct record *record)
{
    for (size_t i = 0; i < record->function_count; i++)
        free(record->functions[i].name);
    free(record->functions);
    free(record->lines);
    free(record->path);
    memset(record, 0, sizeof *record);
}

void lcov_reader_destroy(struct lcov_reader *reader)
{
    if (reader == NULL)
        return;
    clear_record(&reader->record);
    free(reader);
}

/* Room for one more of ELEMENT bytes behind COUNT: grows by doubling at each power of two. */
static void *grow(void *items, size_t count, size_t element)
{
    if ((count & (count - 1)) != 0)
        return items;
    return realloc(items, (count > 0 ? 2 * count : 1) * element);
}

/* Reads "<number>" up to SEPARATOR, which *TEXT then stands behind. */
static bool read_number(const char **text, char separator, uint64_t maximum, uint64_t *value)
{
    const char *at = *text;
    uint64_t number = 0;

    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');
        if (number > (maximum - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (*at != separator)
        return false;
    *text = separator == '\0' ? at : at + 1;
    *value = number;
    return true;
}

static int begin_record(struct lcov_reader *reader, const char *path)
{
    struct record *record = &reader->record;
    const char *relative;
    char *resolved;
    bool is_skipped;

    if (record->is_open || reader->coverage->file_count >= MOST_FILES)
        return RIG_ERROR_BENCH;
    record->is_open = true;
    resolved = realpath(path, NULL); /* NULL: the source was moved away since it was compiled */
    relative = project_code_path(reader->code, resolved != NULL ? resolved : path);
    if (relative != NULL)
        record->path = text_duplicate(relative);
    is_skipped = relative == NULL;
    free(resolved);
    return is_skipped || record->path != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

static int read_function(struct lcov_reader *reader, const char *text)
{
    struct record *record = &reader->record;
    struct function *functions;
    uint64_t line = 0;

    if (!read_number(&text, ',', LARGEST_LINE, &line) || record->function_count >= MOST_FUNCTIONS)
        return RIG_ERROR_BENCH;
    functions = grow(record->functions, record->function_count, sizeof *functions);
    if (functions == NULL)
        return RIG_ERROR_NO_MEMORY;
    record->functions = functions;
    functions[record->function_count] =
        (struct function){text_duplicate(text), (uint32_t)line, false};
    if (functions[record->function_count].name == NULL)
        return RIG_ERROR_NO_MEMORY;
    record->function_count++;
    return RIG_OK;
}

static int read_function_count(struct lcov_reader *reader, const char *text)
{
    struct record *record = &reader->record;
    uint64_t count = 0;

    if (!read_number(&text, ',', UINT64_MAX, &count))
        return RIG_ERROR_BENCH;
    for (size_t i = 0; i < record->function_count; i++) {
        const size_t index = (record->cursor + i) % record->function_count;
        if (strcmp(record->functions[index].name, text) != 0)
            continue;
        record->functions[index].is_entered = count > 0;
        record->cursor = index + 1;
        return RIG_OK;
    }
    return RIG_ERROR_BENCH;
}

static int read_line_count(struct lcov_reader *reader, const char *text)
{
    struct record *record = &reader->record;
    uint32_t *lines;
    uint64_t line = 0;
    uint64_t count = 0;

    if (!read_number(&text, ',', LARGEST_LINE, &line) ||
        !read_number(&text, '\0', UINT64_MAX, &count) || record->line_count >= MOST_LINES)
        return RIG_ERROR_BENCH;
    if (count > 0)
        return RIG_OK;
    lines = grow(record->lines, record->line_count, sizeof *lines);
    if (lines == NULL)
        return RIG_ERROR_NO_MEMORY;
    record->lines = lines;
    lines[record->line_count++] = (uint32_t)line;
    return RIG_OK;
}

/* By line; of one line the instance that was entered comes first. */
static int compare_functions(const void *first, const void *second)
{
    const struct function *one = first;
    const struct function *other = second;

    if (one->line != other->line)
        return one->line < other->line ? -1 : 1;
    return (int)other->is_entered - (int)one->is_entered;
}

static int compare_lines(const void *first, const void *second)
{
    const uint32_t one = *(const uint32_t *)first;
    const uint32_t other = *(const uint32_t *)second;

    return one == other ? 0 : one < other ? -1 : 1;
}

/* Leaves one instance of each function, sorted: entered when one of them was. */
static void merge_instances(struct record *record)
{
    size_t kept = 0;

    if (record->function_count == 0)
        return;
    qsort(record->functions, record->function_count, sizeof *record->functions, compare_functions);
    for (size_t i = 1; i < record->function_count; i++) {
        if (record->functions[i].line == record->functions[kept].line)
            free(record->functions[i].name);
        else
            record->functions[++kept] = record->functions[i];
    }
    record->function_count = kept + 1;
}

static int add_never_entered(const struct record *record, struct coverage_file *file)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < record->function_count; i++) {
        const struct function *function = &record->functions[i];
        const char *colon = strrchr(function->name, ':');
        if (!function->is_entered)
            error =
                text_list_append(&file->never_entered, colon != NULL ? colon + 1 : function->name);
    }
    return error;
}

/* The line belongs to the last function that begins at or before it. */
static bool is_in_entered_function(const struct record *record, uint32_t line)
{
    size_t low = 0;
    size_t high = record->function_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (record->functions[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && record->functions[low - 1].is_entered;
}

static int add_never_reached(struct record *record, struct coverage_file *file)
{
    struct line_range *last = NULL;

    if (record->line_count == 0)
        return RIG_OK;
    qsort(record->lines, record->line_count, sizeof *record->lines, compare_lines);
    file->never_reached = calloc(record->line_count, sizeof *file->never_reached);
    if (file->never_reached == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < record->line_count; i++) {
        const uint32_t line = record->lines[i];
        if (!is_in_entered_function(record, line))
            continue;
        if (last != NULL && line <= last->last + 1) {
            last->last = line;
            continue;
        }
        last = &file->never_reached[file->never_reached_count++];
        *last = (struct line_range){line, line};
    }
    return RIG_OK;
}

static int end_record(struct lcov_reader *reader)
{
    struct record *record = &reader->record;
    struct coverage_file *file = NULL;
    int error = RIG_OK;

    if (record->count.lines_covered > record->count.lines ||
        record->count.branches_covered > record->count.branches)
        return RIG_ERROR_BENCH;
    if (record->path != NULL && record->count.lines > 0) {
        merge_instances(record);
        error = coverage_add_file(reader->coverage, record->path, &file);
        if (error == RIG_OK) {
            file->is_in_program = true;
            file->count = record->count;
            error = add_never_entered(record, file);
        }
        if (error == RIG_OK)
            error = add_never_reached(record, file);
    }
    clear_record(record);
    return error;
}

static int read_count(uint64_t *count, const char *text)
{
    return read_number(&text, '\0', MOST_LINES * 64U, count) ? RIG_OK : RIG_ERROR_BENCH;
}

/* What follows KEY in LINE; NULL when it begins otherwise. */
static const char *value_of(const char *line, const char *key)
{
    const size_t length = strlen(key);

    return strncmp(line, key, length) == 0 ? line + length : NULL;
}

static int read_line(struct lcov_reader *reader, const char *line)
{
    struct coverage_count *count = &reader->record.count;
    const char *value = value_of(line, "SF:");

    if (value != NULL)
        return begin_record(reader, value);
    if (!reader->record.is_open)
        return RIG_ERROR_BENCH;
    if (strcmp(line, "end_of_record") == 0)
        return end_record(reader);
    if (reader->record.path == NULL)
        return RIG_OK;
    if ((value = value_of(line, "FN:")) != NULL)
        return read_function(reader, value);
    if ((value = value_of(line, "FNDA:")) != NULL)
        return read_function_count(reader, value);
    if ((value = value_of(line, "DA:")) != NULL)
        return read_line_count(reader, value);
    if ((value = value_of(line, "LF:")) != NULL)
        return read_count(&count->lines, value);
    if ((value = value_of(line, "LH:")) != NULL)
        return read_count(&count->lines_covered, value);
    if ((value = value_of(line, "BRF:")) != NULL)
        return read_count(&count->branches, value);
    if ((value = value_of(line, "BRH:")) != NULL)
        return read_count(&count->branches_covered, value);
    return RIG_OK;
}

void lcov_read_line(struct lcov_reader *reader, const char *line, size_t size)
{
    if (reader->error != RIG_OK)
        return;
    reader->line_number++;
    reader->error = strlen(line) != size ? RIG_ERROR_BENCH : read_line(reader, line);
}

int lcov_reader_end(struct lcov_reader *reader, struct diagnostic *diagnostic)
{
    if (reader->error == RIG_OK && reader->record.is_open)
        reader->error = RIG_ERROR_BENCH;
    coverage_sort(reader->coverage);
    if (reader->error == RIG_ERROR_BENCH)
        return diagnostic_fail(diagnostic, reader->error,
                               "llvm-cov's output makes no sense at line %llu: it is of another "
                               "version, or was cut short",
                               (unsigned long long)reader->line_number);
    return reader->error;
}
