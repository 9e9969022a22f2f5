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
    const char *path = getenv("PATH");
    struct text_list folders = {NULL, 0};
    char *found = NULL;

    if (path != NULL && text_list_split(&folders, path, ':') == RIG_OK)
        found = find_in(&folders, name);
    text_list_free(&folders);
    return found;
}

bool tool_first_line(const char *const argv[], char *text, size_t size)
{
    const struct process_options options = {.argv = argv};
    struct process *process = NULL;
    struct diagnostic ignored = {.text = ""};
    const struct process_end *end;
    const char *output;
    size_t output_size = 0;
    bool worked;

    text[0] = '\0';
    if (process_run(&options, TOOL_LIMIT_MS, &process, &ignored) != RIG_OK)
        return false;
    end = process_end(process);
    worked = end->outcome == PROCESS_EXITED && end->exit_code == 0;
    output = process_output(process, PROCESS_STDOUT, &output_size);
    if (worked) {
        const char *newline = memchr(output, '\n', output_size);
        size_t length = newline != NULL ? (size_t)(newline - output) : output_size;
        (void)text_escape(text, size, output, length);
    }
    process_destroy(process);
    return worked && text[0] != '\0';
}
