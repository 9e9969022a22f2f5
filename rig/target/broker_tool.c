#include "target/broker_tool.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

const struct broker_tool broker_tool_server = {"mosquitto", "mosquitto"};
const struct broker_tool broker_tool_publish = {"mosquitto_pub", "mosquitto-clients"};
const struct broker_tool broker_tool_subscribe = {"mosquitto_sub", "mosquitto-clients"};
const struct broker_tool broker_tool_openssl = {"openssl", "openssl"};

enum { LINE_SIZE = 256 };

int broker_tool_find(const struct broker_tool *tool, char **path, struct diagnostic *diagnostic)
{
    const char *search = getenv("PATH");
    struct text_list folders = {0};
    char *found = NULL;
    int error = text_list_split(&folders, search != NULL ? search : "/usr/bin:/bin", ':');

    if (error == RIG_OK) {
        error = text_list_split(&folders, "/usr/sbin:/usr/local/sbin", ':');
    }
    for (size_t i = 0; error == RIG_OK && found == NULL && i < folders.count; i++) {
        found = file_join(folders.items[i], tool->program);
        if (found == NULL) {
            error = RIG_ERROR_NO_MEMORY;
        } else if (!file_is_program(found)) {
            free(found);
            found = NULL;
        }
    }
    text_list_free(&folders);
    if (error == RIG_OK && found == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "there is no program '%s' for the broker; install the package %s",
                               tool->program, tool->package);
    }
    *path = found;
    return error;
}

void broker_tool_last_line(const char *text, size_t size, char *line, size_t line_size)
{
    size_t from;

    while (size > 0 && text[size - 1] == '\n') {
        size--;
    }
    from = size;
    while (from > 0 && text[from - 1] != '\n') {
        from--;
    }
    (void)text_escape(line, line_size, text + from, size - from);
}

/* What its end means. */
static int judge(const struct broker_tool *tool, const struct process *process,
                 struct diagnostic *diagnostic)
{
    const struct process_end *end = process_end(process);
    char line[LINE_SIZE];
    char how[LINE_SIZE];
    size_t size = 0;
    const char *text = process_output(process, PROCESS_STDERR, &size);

    if (end->outcome == PROCESS_EXITED && end->exit_code == 0) {
        return RIG_OK;
    }
    process_end_describe(end, how, sizeof(how));
    broker_tool_last_line(text, size, line, sizeof(line));
    return diagnostic_fail(
        diagnostic, end->outcome == PROCESS_STOPPED ? RIG_ERROR_TIMEOUT : RIG_ERROR_BENCH,
        "%s failed (%s): %s", tool->program, how, line[0] != '\0' ? line : "it said nothing");
}

int broker_tool_execute(const struct broker_tool_run *run, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    const char *words[1 + BROKER_TOOL_ARGUMENTS + 1] = {NULL};
    const struct process_options options = {.argv = words, .working_folder = run->folder};
    const int64_t now_ms = process_clock_ms();
    struct process *process = NULL;
    char *path = NULL;
    size_t count = 0;
    int error;

    while (run->arguments[count] != NULL) {
        if (count == BROKER_TOOL_ARGUMENTS) {
            return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%s: too many arguments",
                                   run->tool->program);
        }
        words[1 + count] = run->arguments[count];
        count++;
    }
    error = broker_tool_find(run->tool, &path, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    words[0] = path;
    error = process_run(&options, deadline_ms > now_ms ? deadline_ms - now_ms : 0, &process,
                        diagnostic);
    if (error == RIG_OK) {
        error = judge(run->tool, process, diagnostic);
    }
    process_destroy(process);
    free(path);
    return error;
}
