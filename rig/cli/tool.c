#include "cli/tool.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

#define TOOL_LIMIT_MS 10000

static char *find_in(const struct text_list *folders, const char *name)
{
    for (size_t i = 0; i < folders->count; i++) {
        char *path = file_join(folders->items[i], name);
        if (path != NULL && file_is_program(path))
            return path;
        free(path);
    }
    return NULL;
}

char *tool_find(const char *name)
{
    static const char daemons[] = "/usr/local/sbin:/usr/sbin";
    const char *path = getenv("PATH");
    struct text_list folders = {NULL, 0};
    char *found = NULL;

    if ((path == NULL || text_list_split(&folders, path, ':') == RIG_OK) &&
        text_list_split(&folders, daemons, ':') == RIG_OK)
        found = find_in(&folders, name);
    text_list_free(&folders);
    return found;
}

/* NULL when it could not be run; the process has ended and is the caller's. */
static struct process *run(const char *const argv[])
{
    const struct process_options options = {.argv = argv};
    struct process *process = NULL;
    struct diagnostic ignored = {.text = ""};

    return process_run(&options, TOOL_LIMIT_MS, &process, &ignored) == RIG_OK ? process : NULL;
}

/* Writes the first line of a stream that begins so. False when there is none that says anything. */
static bool find_line(const struct process *process, enum process_stream stream,
                      const char *beginning, char *text, size_t size)
{
    const size_t length = strlen(beginning);
    size_t left = 0;
    const char *line = process_output(process, stream, &left);

    while (left > 0) {
        const char *newline = memchr(line, '\n', left);
        const size_t line_length = newline != NULL ? (size_t)(newline - line) : left;
        if (line_length >= length && memcmp(line, beginning, length) == 0) {
            (void)text_escape(text, size, line, line_length);
            return text[0] != '\0';
        }
        if (newline == NULL)
            return false;
        left -= line_length + 1;
        line = newline + 1;
    }
    return false;
}

bool tool_first_line(const char *const argv[], char *text, size_t size)
{
    struct process *process = run(argv);
    bool worked = false;

    text[0] = '\0';
    if (process != NULL) {
        const struct process_end *end = process_end(process);
        worked = end->outcome == PROCESS_EXITED && end->exit_code == 0 &&
                 find_line(process, PROCESS_STDOUT, "", text, size);
    }
    process_destroy(process);
    return worked;
}

bool tool_line(const char *const argv[], const char *beginning, char *text, size_t size)
{
    struct process *process = run(argv);
    bool found = false;

    text[0] = '\0';
    if (process != NULL)
        found = process_end(process)->outcome == PROCESS_EXITED &&
                (find_line(process, PROCESS_STDOUT, beginning, text, size) ||
                 find_line(process, PROCESS_STDERR, beginning, text, size));
    process_destroy(process);
    return found;
}
