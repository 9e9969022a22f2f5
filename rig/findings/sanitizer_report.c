/*
 * Method: the text is walked once, line by line. Each line is tried against the few forms that
 * begin a report; a match replaces what was read before (a primary report any, a consequence only
 * another consequence). The first stack after the beginning belongs to it: numbered frames from #0
 * on, without a gap.
 */
#include "findings/sanitizer_report.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "findings/report_frame.h"
#include "findings/span.h"

enum {
    LINE_LIMIT = 4096, /* bytes of a line that are looked at */
};

enum rank { RANK_NONE, RANK_CONSEQUENCE, RANK_PRIMARY };

enum stack_state { STACK_AWAITED, STACK_OPEN, STACK_CLOSED };

struct parser {
    struct sanitizer_report *report;
    enum rank rank;
    enum stack_state stack;
};

/* ---- beginnings of reports ---- */

static void begin(struct parser *parser, enum rank rank, enum report_class report_class,
                  const char *kind, struct span message)
{
    struct sanitizer_report *report = parser->report;

    memset(report, 0, sizeof(*report));
    parser->rank = rank;
    parser->stack = STACK_AWAITED;
    report->report_class = report_class;
    (void)snprintf(report->kind, sizeof(report->kind), "%s", kind);
    (void)text_escape(report->message, sizeof(report->message), message.at, message.size);
}

/* Takes `key` and the word behind it off the front; false when they are not there. */
static bool take_word(struct span *rest, const char *key, char *word, size_t size)
{
    size_t length;

    if (!span_begins(*rest, key)) {
        return false;
    }
    *rest = span_skip(*rest, strlen(key));
    length = span_copy_word(word, size, *rest);
    *rest = span_skip(*rest, length);
    return length > 0;
}

/* `ORACLE VIOLATED clause=5.13-1B name=word: message`, `HANG clause=- name=word: message`, each
 * perhaps with ` about=word` behind the name */
static bool try_oracle(struct parser *parser, struct span line)
{
    bool is_oracle = span_begins(line, "ORACLE VIOLATED ");
    struct span rest = span_after(line, is_oracle ? "ORACLE VIOLATED" : "HANG");
    struct sanitizer_report *report = parser->report;
    char clause[REPORT_CLAUSE_SIZE];
    char name[REPORT_NAME_SIZE];
    char about[REPORT_ABOUT_SIZE] = "";

    if (!is_oracle && !span_begins(line, "HANG ")) {
        return false;
    }
    if (!take_word(&rest, " clause=", clause, sizeof(clause)) ||
        !take_word(&rest, " name=", name, sizeof(name))) {
        return false;
    }
    if (span_begins(rest, " about=") && !take_word(&rest, " about=", about, sizeof(about))) {
        return false;
    }
    if (!span_begins(rest, ": ")) {
        return false;
    }
    begin(parser, RANK_PRIMARY, is_oracle ? REPORT_ORACLE : REPORT_HANG, name, span_skip(rest, 2));
    memcpy(report->name, name, sizeof(name));
    memcpy(report->about, about, sizeof(about));
    if (strcmp(clause, "-") != 0) {
        memcpy(report->clause, clause, sizeof(clause));
    }
    return true;
}

/* AddressSanitizer's name of the failure, from what follows `AddressSanitizer: `. */
static void address_kind(struct span rest, char *kind, size_t size)
{
    (void)span_copy_word(kind, size, rest);
    if (span_begins(rest, "attempting double-free")) {
        (void)snprintf(kind, size, "double-free");
    } else if (span_begins(rest, "attempting free")) {
        (void)snprintf(kind, size, "bad-free");
    } else if (span_begins(rest, "requested allocation size")) {
        (void)snprintf(kind, size, "allocation-size-too-big");
    } else if (span_begins(rest, "out of memory") || span_contains(rest, "rss limit exhausted")) {
        (void)snprintf(kind, size, "out-of-memory");
    } else if (kind[0] == '\0') {
        (void)snprintf(kind, size, "memory-error");
    }
}

/* `==7==ERROR: AddressSanitizer: heap-buffer-overflow on address ...` */
static bool try_address(struct parser *parser, struct span line)
{
    struct span rest = span_after(line, "ERROR: AddressSanitizer: ");
    char kind[REPORT_KIND_SIZE];
    bool is_abort;
    bool is_fault;

    if (rest.at == NULL && span_contains(line, "rss limit exhausted")) {
        rest = span_after(line, "AddressSanitizer: ");
    }
    if (rest.at == NULL || !span_begins(line, "==")) {
        return false;
    }
    address_kind(rest, kind, sizeof(kind));
    is_abort = strcmp(kind, "ABRT") == 0;
    is_fault = is_abort || strcmp(kind, "ILL") == 0 || strcmp(kind, "FPE") == 0 ||
               strcmp(kind, "TRAP") == 0;
    if (!is_abort || parser->rank != RANK_PRIMARY) {
        begin(parser, is_abort ? RANK_CONSEQUENCE : RANK_PRIMARY,
              is_fault ? REPORT_FAULT : REPORT_MEMORY, is_abort ? "abort" : kind, rest);
    }
    return true;
}

/* `file.c:12:5: runtime error: signed integer overflow: ...` */
static bool try_undefined(struct parser *parser, struct span line)
{
    static const struct {
        const char *text;
        const char *kind;
    } kinds[] = {
        {"signed integer overflow", "signed-integer-overflow"},
        {"unsigned integer overflow", "unsigned-integer-overflow"},
        {"division by zero", "division-by-zero"},
        {"shift", "invalid-shift"},
        {"misaligned", "misaligned-access"},
        {"null pointer", "null-pointer"},
        {"out of bounds", "index-out-of-bounds"},
        {"pointer index expression", "pointer-overflow"},
        {"not a valid value", "invalid-value"},
        {"outside the range", "float-cast-overflow"},
        {"insufficient space", "object-size"},
        {"unreachable program point", "unreachable"},
        {"incorrect function type", "function-type"},
        {"reached the end of a value-returning function", "missing-return"},
    };
    struct span rest = span_after(line, ": runtime error: ");
    const char *kind = "undefined-behavior";

    if (rest.at == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (span_contains(rest, kinds[i].text)) {
            kind = kinds[i].kind;
            break;
        }
    }
    begin(parser, RANK_PRIMARY, REPORT_MEMORY, kind, line);
    return true;
}

/* `==7== ERROR: libFuzzer: deadly signal` */
static bool try_libfuzzer(struct parser *parser, struct span line)
{
    struct span rest = span_after(line, " ERROR: libFuzzer: ");

    if (rest.at == NULL || !span_begins(line, "==")) {
        return false;
    }
    if (span_begins(rest, "timeout")) {
        begin(parser, RANK_PRIMARY, REPORT_HANG, "timeout", rest);
        (void)snprintf(parser->report->name, REPORT_NAME_SIZE, "wall-clock");
    } else if (span_begins(rest, "out-of-memory")) {
        begin(parser, RANK_PRIMARY, REPORT_MEMORY, "out-of-memory", rest);
    } else if (span_contains(rest, "overwrites its const input")) {
        begin(parser, RANK_PRIMARY, REPORT_MEMORY, "const-input-overwritten", rest);
    } else if (parser->rank != RANK_PRIMARY) {
        bool is_exit = span_begins(rest, "fuzz target exited");

        begin(parser, RANK_CONSEQUENCE, REPORT_FAULT, is_exit ? "exit" : "abort", rest);
    }
    return true;
}

/* ---- frames ---- */

static void take_frame(struct parser *parser, struct span line)
{
    struct sanitizer_report *report = parser->report;
    struct report_frame frame;
    uint64_t number = 0;

    if (parser->rank == RANK_NONE || parser->stack == STACK_CLOSED) {
        return;
    }
    if (!report_frame_read(line, &number, &frame) || number != report->frame_count) {
        parser->stack = parser->stack == STACK_OPEN ? STACK_CLOSED : parser->stack;
        return;
    }
    parser->stack = STACK_OPEN;
    report->frames[report->frame_count++] = frame;
    if (report->frame_count == REPORT_FRAMES) {
        parser->stack = STACK_CLOSED;
    }
}

/* ---- the whole ---- */

static const char *signal_name(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV";
    case SIGBUS:
        return "SIGBUS";
    case SIGILL:
        return "SIGILL";
    case SIGFPE:
        return "SIGFPE";
    case SIGTRAP:
        return "SIGTRAP";
    case SIGABRT:
        return "abort";
    case SIGKILL:
        return "SIGKILL";
    default:
        return "signal";
    }
}

/* What the way the program ended says when it printed no report. */
static void judge_end(const struct process_end *end, struct sanitizer_report *report)
{
    process_end_describe(end, report->message, sizeof(report->message));
    if (end->outcome == PROCESS_STOPPED) {
        report->report_class = REPORT_HANG;
        (void)snprintf(report->kind, sizeof(report->kind), "deadline");
        (void)snprintf(report->name, sizeof(report->name), "deadline");
    } else if (end->outcome == PROCESS_SIGNALED) {
        report->report_class = REPORT_FAULT;
        (void)snprintf(report->kind, sizeof(report->kind), "%s", signal_name(end->signal_number));
    } else {
        report->report_class = REPORT_FAULT;
        (void)snprintf(report->kind, sizeof(report->kind), "exit-%d", end->exit_code);
    }
}

void sanitizer_report_parse(const char *text, size_t size, const struct process_end *end,
                            struct sanitizer_report *report)
{
    struct parser parser = {report, RANK_NONE, STACK_AWAITED};
    size_t at = size > REPORT_TEXT_LIMIT ? size - REPORT_TEXT_LIMIT : 0;

    memset(report, 0, sizeof(*report));
    if (end->outcome == PROCESS_EXITED && end->exit_code == 0) {
        return;
    }
    while (at < size) {
        const char *newline = memchr(text + at, '\n', size - at);
        size_t length = newline != NULL ? (size_t)(newline - (text + at)) : size - at;
        struct span line = {text + at, length < LINE_LIMIT ? length : LINE_LIMIT};

        if (!try_oracle(&parser, line) && !try_address(&parser, line) &&
            !try_undefined(&parser, line) && !try_libfuzzer(&parser, line)) {
            take_frame(&parser, line);
        }
        at += length + 1;
    }
    if (parser.rank == RANK_NONE) {
        judge_end(end, report);
    }
}

const char *report_class_name(enum report_class report_class)
{
    switch (report_class) {
    case REPORT_NONE:
        return "none";
    case REPORT_MEMORY:
        return "memory";
    case REPORT_FAULT:
        return "fault";
    case REPORT_ORACLE:
        return "oracle";
    case REPORT_HANG:
        return "hang";
    }
    return "unknown";
}

void sanitizer_report_frames(const struct sanitizer_report *report, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct report_frame *frame = &report->frames[i];
        char line[REPORT_FUNCTION_SIZE + REPORT_FILE_SIZE + 64];
        int length;

        if (frame->line > 0) {
            length = snprintf(line, sizeof(line), "#%zu %s %s:%u\n", i, frame->function,
                              frame->file, frame->line);
        } else {
            length = snprintf(line, sizeof(line), "#%zu %s %s+0x%" PRIx64 "\n", i,
                              frame->function[0] != '\0' ? frame->function : "?", frame->file,
                              frame->offset);
        }
        if (length < 0 || (size_t)length >= size - used) {
            break;
        }
        memcpy(text + used, line, (size_t)length + 1);
        used += (size_t)length;
    }
}
