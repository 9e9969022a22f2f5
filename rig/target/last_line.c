#include "target/last_line.h"

#include "base/text.h"

static bool ends_line(char character)
{
    return character == '\n' || character == '\r';
}

void last_line_of(const struct process *process, char text[LAST_LINE_TEXT])
{
    size_t size = 0;
    const char *said = process_output(process, PROCESS_STDERR, &size);
    while (size > 0 && ends_line(said[size - 1])) {
        size--;
    }
    size_t from = size;
    while (from > 0 && !ends_line(said[from - 1])) {
        from--;
    }
    (void)text_escape(text, LAST_LINE_TEXT, said + from, size - from);
}

const char *last_words_of(const struct process *process, char text[LAST_LINE_TEXT])
{
    last_line_of(process, text);
    return text[0] != '\0' ? text : "it said nothing";
}
