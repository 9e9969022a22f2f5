#include "findings/report_frame.h"

#include <string.h>

#include "base/text.h"

/* Takes `:12` off the end of a span. */
static bool take_number(struct span *span, unsigned *value)
{
    size_t digits = 0;
    uint64_t number = 0;

    while (digits < span->size && digits < 9 && span->at[span->size - 1 - digits] >= '0' &&
           span->at[span->size - 1 - digits] <= '9') {
        digits++;
    }
    if (digits == 0 || digits == span->size || span->at[span->size - 1 - digits] != ':') {
        return false;
    }
    (void)span_read_number(span_skip(*span, span->size - digits), 10, &number);
    *value = (unsigned)number;
    span->size -= digits + 1;
    return true;
}

static void copy_base_name(char *out, size_t size, struct span path)
{
    for (size_t i = path.size; i > 0; i--) {
        if (path.at[i - 1] == '/') {
            path = span_skip(path, i);
            break;
        }
    }
    (void)text_escape(out, size, path.at, path.size);
}

/* Keeps the end of a path that is too long: there the files of one project differ. */
static void copy_path(char *out, size_t size, struct span path)
{
    if (path.size >= size) {
        path = span_skip(path, path.size - (size - 1));
    }
    (void)text_escape(out, size, path.at, path.size);
}

/* `(/path/program+0x1234)`, perhaps with a build id behind it */
static void read_module(struct report_frame *frame, struct span module)
{
    struct span offset = span_after(module, "+0x");

    if (offset.at != NULL) {
        (void)span_read_number(offset, 16, &frame->offset);
        module.size = (size_t)(offset.at - module.at) - strlen("+0x");
    }
    copy_base_name(frame->file, sizeof(frame->file), module);
}

/* `/path/file.c:12:5` */
static void read_location(struct report_frame *frame, struct span location)
{
    unsigned last = 0;
    unsigned before = 0;

    if (take_number(&location, &last)) {
        frame->line = take_number(&location, &before) ? before : last;
    }
    frame->is_harness =
        span_contains(location, "/harnesses/") || span_begins(location, "harnesses/");
    copy_path(frame->path, sizeof(frame->path), location);
    copy_base_name(frame->file, sizeof(frame->file), location);
}

/* `function /path/file.c:12:5` or `function (/path/program+0x1234)` */
static void read_symbol(struct report_frame *frame, struct span rest)
{
    struct span location = span_after(rest, " /");
    struct span module = span_after(rest, " (/");
    struct span function = rest;

    if (module.at != NULL && (location.at == NULL || module.at < location.at)) {
        function.size = (size_t)(module.at - rest.at) - strlen(" (/");
        read_module(frame, module);
        frame->offset = 0;
    } else if (location.at != NULL) {
        size_t start = (size_t)(location.at - rest.at) - strlen("/");

        function.size = start - strlen(" ");
        read_location(frame, span_skip(rest, start));
    } else {
        size_t end = rest.size;

        while (end > 0 && rest.at[end - 1] != ' ') {
            end--;
        }
        if (end > 1) {
            function.size = end - 1;
            read_location(frame, span_skip(rest, end));
        }
    }
    (void)text_escape(frame->function, sizeof(frame->function), function.at, function.size);
}

bool report_frame_read(struct span line, uint64_t *number, struct report_frame *frame)
{
    uint64_t address = 0;
    size_t digits;

    while (line.size > 0 && line.at[0] == ' ') {
        line = span_skip(line, 1);
    }
    if (!span_begins(line, "#")) {
        return false;
    }
    line = span_skip(line, 1);
    digits = span_read_number(line, 10, number);
    if (digits == 0 || !span_begins(span_skip(line, digits), " 0x")) {
        return false;
    }
    line = span_skip(line, digits + strlen(" 0x"));
    digits = span_read_number(line, 16, &address);
    line = span_skip(line, digits);
    memset(frame, 0, sizeof(*frame));
    if (digits > 0 && span_begins(line, " in ")) {
        read_symbol(frame, span_skip(line, strlen(" in ")));
        return true;
    }
    if (digits > 0 && span_begins(line, "  (")) {
        read_module(frame, span_skip(line, strlen("  (")));
        return true;
    }
    return false;
}
