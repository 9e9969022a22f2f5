#include "budget_limits.h"

#include "tool_memory.h"
#include "tool_report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r"

static const char *const part_names[BUDGET_PART_COUNT] = {
    [BUDGET_TEXT] = "text", [BUDGET_DATA] = "data", [BUDGET_BSS] = "bss", [BUDGET_STACK] = "stack"};

const char *budget_part_name(enum budget_part part)
{
    return part < BUDGET_PART_COUNT ? part_names[part] : "?";
}

/* Where a parser is. */
struct cursor {
    struct budget_limits *limits;
    unsigned line;
    char *rest; /* of the line */
};

static int refuse(const struct cursor *cursor, const char *word, const char *what)
{
    return tool_refuse("%s:%u: %s: %s", cursor->limits->path, cursor->line, word, what);
}

/* The next word, or NULL at the line's end. */
static char *take_word(struct cursor *cursor)
{
    return strtok_r(NULL, BLANKS, &cursor->rest);
}

static int take_number(struct cursor *cursor, const char *statement, uint32_t least, uint32_t most,
                       uint32_t *number)
{
    const char *word = take_word(cursor);
    char *end = NULL;
    unsigned long value = 0;

    errno = 0;
    if (word != NULL && *word >= '0' && *word <= '9') {
        value = strtoul(word, &end, strncmp(word, "0x", 2) == 0 ? 16 : 10);
    }
    if (end == NULL || *end != '\0' || errno != 0 || value < least || value > most) {
        return tool_refuse("%s:%u: %s: '%s' is no number from %u to %u", cursor->limits->path,
                           cursor->line, statement, word != NULL ? word : "", least, most);
    }
    *number = (uint32_t)value;
    return 0;
}

static int take_end(struct cursor *cursor, const char *statement)
{
    return take_word(cursor) == NULL ? 0 : refuse(cursor, statement, "too many words; see --help");
}

/* --- Limits --- */

static int read_limit(struct cursor *cursor, enum budget_part part)
{
    struct budget_limits *limits = cursor->limits;

    if (limits->lines[part] != 0) {
        return refuse(cursor, part_names[part], "given twice; leave one out");
    }
    limits->lines[part] = cursor->line;
    return take_number(cursor, part_names[part], 0, UINT32_MAX, &limits->most[part]) != 0
               ? -1
               : take_end(cursor, part_names[part]);
}

static int read_exception(struct cursor *cursor)
{
    struct budget_limits *limits = cursor->limits;

    if (limits->exception_line != 0) {
        return refuse(cursor, "exception", "given twice; leave one out");
    }
    limits->exception_line = cursor->line;
    return take_number(cursor, "exception", BUDGET_EXCEPTION, 1024, &limits->exception) != 0
               ? -1
               : take_end(cursor, "exception");
}

/* --- Statements --- */

static const struct {
    const char *word;
    uint32_t least;
    uint32_t most; /* 0: no number */
    bool has_reason;
} kinds[BUDGET_KIND_COUNT] = {
    [BUDGET_ENTRY] = {"entry", 0, 0, false},
    [BUDGET_INTERRUPT] = {"interrupt", 0, BUDGET_LEVELS - 1U, false},
    [BUDGET_CALLS] = {"calls", 0, 0, false},
    [BUDGET_NONE] = {"none", 0, 0, true},
    [BUDGET_FRAME] = {"frame", 0, 1024U * 1024U, true},
    [BUDGET_RECURSION] = {"recursion", 1, BUDGET_MOST_DEPTH, true},
    [BUDGET_STACK_SECTION] = {"stack-section", 0, 0, false},
};

static bool same_text(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* `calls` and `none` of one caller contradict each other. */
static bool collide(const struct budget_statement *one, const struct budget_statement *other)
{
    const bool contrary = (one->kind == BUDGET_CALLS && other->kind == BUDGET_NONE) ||
                          (one->kind == BUDGET_NONE && other->kind == BUDGET_CALLS);

    return strcmp(one->name, other->name) == 0 &&
           (contrary || (one->kind == other->kind && same_text(one->callee, other->callee)));
}

static int add(struct cursor *cursor, const struct budget_statement *statement)
{
    struct budget_limits *limits = cursor->limits;
    void *grown;

    for (size_t i = 0; i < limits->count; i++) {
        if (collide(statement, &limits->statements[i])) {
            return tool_refuse("%s:%u: %s %s: line %u speaks of it already; leave one out",
                               limits->path, cursor->line, kinds[statement->kind].word,
                               statement->name, limits->statements[i].line);
        }
    }
    grown = tool_memory_grow(limits->statements, limits->count, &limits->capacity,
                             sizeof *limits->statements);
    if (grown == NULL) {
        return -1;
    }
    limits->statements = grown;
    limits->statements[limits->count++] = *statement;
    return 0;
}

static int read_calls(struct cursor *cursor)
{
    struct budget_statement statement = {.kind = BUDGET_CALLS, .line = cursor->line};
    char *caller = take_word(cursor);
    const size_t length = caller != NULL ? strlen(caller) : 0;

    if (length < 2 || caller[length - 1U] != ':') {
        return refuse(cursor, "calls", "write `calls CALLER: CALLEE...`");
    }
    caller[length - 1U] = '\0';
    statement.name = caller;
    statement.callee = take_word(cursor);
    if (statement.callee == NULL) {
        return refuse(cursor, caller, "calls nobody; name what it may call, or write `none`");
    }
    for (; statement.callee != NULL; statement.callee = take_word(cursor)) {
        if (add(cursor, &statement) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_statement(struct cursor *cursor, enum budget_kind kind)
{
    struct budget_statement statement = {.kind = kind, .line = cursor->line};
    const char *star;

    if (kind == BUDGET_CALLS) {
        return read_calls(cursor);
    }
    statement.name = take_word(cursor);
    if (statement.name == NULL) {
        return refuse(cursor, kinds[kind].word, "a name is missing; see --help");
    }
    star = strchr(statement.name, '*');
    if (star != NULL && (kind != BUDGET_FRAME || star[1] != '\0')) {
        return refuse(cursor, statement.name, "* may stand at the end of a frame's name only");
    }
    if (kinds[kind].most > 0 && take_number(cursor, kinds[kind].word, kinds[kind].least,
                                            kinds[kind].most, &statement.number) != 0) {
        return -1;
    }
    if (kinds[kind].has_reason && take_word(cursor) == NULL) {
        return refuse(cursor, kinds[kind].word, "say why, after it");
    }
    if (!kinds[kind].has_reason && take_end(cursor, kinds[kind].word) != 0) {
        return -1;
    }
    return add(cursor, &statement);
}

/* --- Files --- */

static int read_line(struct cursor *cursor, char *line)
{
    const char *word;

    line[strcspn(line, "#")] = '\0';
    word = strtok_r(line, BLANKS, &cursor->rest);
    if (word == NULL) {
        return 0;
    }
    for (int part = 0; part < BUDGET_PART_COUNT; part++) {
        if (strcmp(word, part_names[part]) == 0) {
            return read_limit(cursor, (enum budget_part)part);
        }
    }
    for (int kind = 0; kind < BUDGET_KIND_COUNT; kind++) {
        if (strcmp(word, kinds[kind].word) == 0) {
            return read_statement(cursor, (enum budget_kind)kind);
        }
    }
    return strcmp(word, "exception") == 0 ? read_exception(cursor)
                                          : refuse(cursor, word, "no such statement; see --help");
}

static int check_complete(const struct budget_limits *limits, bool draft)
{
    bool has_entry = false;

    for (size_t i = 0; i < limits->count; i++) {
        has_entry = has_entry || limits->statements[i].kind == BUDGET_ENTRY;
    }
    if (!has_entry) {
        return tool_refuse("%s: no `entry NAME`; name what runs first, such as the reset handler",
                           limits->path);
    }
    for (int part = 0; !draft && part < BUDGET_PART_COUNT; part++) {
        if (limits->lines[part] == 0) {
            return tool_refuse("%s: no `%s BYTES`; all four limits must be there", limits->path,
                               part_names[part]);
        }
    }
    return 0;
}

int budget_limits_parse(struct budget_limits *limits, const char *path, char *text, size_t length,
                        bool draft)
{
    struct cursor cursor = {.limits = limits};

    memset(limits, 0, sizeof *limits);
    limits->path = path;
    limits->exception = BUDGET_EXCEPTION;
    limits->text = text;
    if (memchr(text, '\0', length) != NULL) {
        return tool_refuse("%s: holds zeros, so is no limits file", path);
    }
    for (char *line = text; *line != '\0';) {
        const size_t columns = strcspn(line, "\n");
        const bool more = line[columns] == '\n';

        line[columns] = '\0';
        cursor.line++;
        if (read_line(&cursor, line) != 0) {
            return -1;
        }
        line += columns + (more ? 1U : 0U);
    }
    return check_complete(limits, draft);
}

int budget_limits_read(struct budget_limits *limits, const char *path, bool draft)
{
    size_t length;
    char *text = tool_memory_read(path, &length);

    memset(limits, 0, sizeof *limits);
    return text == NULL ? -1 : budget_limits_parse(limits, path, text, length, draft);
}

void budget_limits_free(struct budget_limits *limits)
{
    free(limits->statements);
    free(limits->text);
    memset(limits, 0, sizeof *limits);
}
