#include "target/bench_adapter.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "target/adapter_command.h"
#include "target/adapter_hearth.h"

#define HERE "./"

/* What a person says of a board whose label the rig has not seen. */
static int take_settings(struct bench *bench, struct diagnostic *diagnostic)
{
    const char *password = target_find_setting(bench->target, "adapter", "password");
    const char *device_id = target_find_setting(bench->target, "adapter", "device_id");
    int error = RIG_OK;

    if (password != NULL)
        error = text_copy(bench->adapter.password, sizeof bench->adapter.password, password);
    if (error == RIG_OK && device_id != NULL)
        error = text_copy(bench->device_id, sizeof bench->device_id, device_id);
    return error == RIG_OK ? RIG_OK
                           : diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                             "%s: adapter: password or device_id is too long",
                                             bench->target->path);
}

/* The folder that a program `./NAME ...` is relative to: the build folder that holds it. NULL for a
 * program that is named otherwise. */
static int find_folder(const struct bench *bench, const char *program, char **folder,
                       struct diagnostic *diagnostic)
{
    char name[256];
    char *path = NULL;
    size_t length;
    int error;

    *folder = NULL;
    if (strncmp(program, HERE, strlen(HERE)) != 0)
        return RIG_OK;
    program += strlen(HERE);
    length = strcspn(program, " ");
    if (length >= sizeof name)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: adapter: the program's name is too long", bench->target->path);
    memcpy(name, program, length);
    name[length] = '\0';
    error =
        workspace_find_firmware(bench->workspace, bench->target->folder, name, &path, diagnostic);
    if (error == RIG_OK) {
        path[strlen(path) - length] = '\0';
        *folder = path;
    }
    return error;
}

/* What a command adapter goes on using. */
struct bench_adapter_words {
    char *folder; /* NULL: the rig's current one */
    char *log;
    char *names[2];
    const char *environment[3];
};

static int make_words(struct bench *bench, const char *program, struct diagnostic *diagnostic)
{
    struct bench_adapter_words *words = calloc(1, sizeof *words);
    char *folder = realpath(bench->folder, NULL); /* the program starts in another folder */
    char *console = folder == NULL ? NULL : file_join(folder, "console");

    int error = RIG_OK;

    bench->adapter_words = words;
    if (words != NULL) {
        words->log = file_join(bench->evidence, "adapter.log");
        words->names[0] = text_format("ORDEAL_FOLDER=%s", folder != NULL ? folder : "");
        words->names[1] = text_format("ORDEAL_CONSOLE=%s", console != NULL ? console : "");
        memcpy(words->environment, words->names, sizeof words->names);
    }
    if (words == NULL || console == NULL || words->log == NULL || words->names[0] == NULL ||
        words->names[1] == NULL)
        error = RIG_ERROR_NO_MEMORY;
    free(folder);
    free(console);
    return error != RIG_OK ? error : find_folder(bench, program, &words->folder, diagnostic);
}

static int open_command(struct bench *bench, struct diagnostic *diagnostic)
{
    const char *program = target_find_setting(bench->target, "adapter", "program");
    const int error = make_words(bench, program, diagnostic);
    const struct bench_adapter_words *words = bench->adapter_words;

    if (error != RIG_OK)
        return error;
    const struct adapter_command_options options = {.program = program,
                                                    .folder = words->folder,
                                                    .environment = words->environment,
                                                    .log_path = words->log};
    return adapter_command_create(&options, &bench->adapter, diagnostic);
}

void bench_close_adapter(struct bench *bench)
{
    struct bench_adapter_words *words = bench->adapter_words;

    adapter_destroy(&bench->adapter);
    if (words == NULL)
        return;
    free(words->folder);
    free(words->log);
    free(words->names[0]);
    free(words->names[1]);
    free(words);
    bench->adapter_words = NULL;
}

int bench_open_adapter(struct bench *bench, struct diagnostic *diagnostic)
{
    const char *driver = target_find_setting(bench->target, "adapter", "driver");
    const struct hearth_adapter_options hearth = {.rtu = &bench->rtu,
                                                  .tcp = &bench->tcp,
                                                  .device_id = bench->device_id,
                                                  .password = bench->adapter.password};
    int error;

    if (driver == NULL)
        return RIG_OK;
    error = take_settings(bench, diagnostic);
    if (error != RIG_OK)
        return error;
    return strcmp(driver, "command") == 0
               ? open_command(bench, diagnostic)
               : hearth_adapter_create(&hearth, &bench->adapter, diagnostic);
}
