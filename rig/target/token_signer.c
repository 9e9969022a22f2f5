#include "target/token_signer.h"

#include <stdlib.h>
#include <string.h>

#include "base/hexadecimal.h"
#include "base/process.h"
#include "target/bench_device.h"
#include "target/last_line.h"

#define SECTION "probe"
#define KEY     "signer"

enum { UNKNOWN_KIND = 2 /* its exit code */ };

bool token_signer_exists(const struct target *target)
{
    return target_find_setting(target, SECTION, KEY) != NULL;
}

/* What it printed: one line. */
static int take(const char *program, const char *output, size_t size, struct adapter_bytes *token,
                struct diagnostic *diagnostic)
{
    char line[2 * ADAPTER_UNLOCK_MAX + 3] = "";
    size_t end = 0;
    bool single = false;

    if (size > 0 && size < sizeof line) {
        memcpy(line, output, size);
        end = strcspn(line, "\r\n");
        single = end == size || strcmp(line + end, "\n") == 0 || strcmp(line + end, "\r\n") == 0;
        line[end] = '\0';
    }
    return single && hexadecimal_read(line, token->bytes, sizeof token->bytes, &token->size)
               ? RIG_OK
               : diagnostic_fail(
                     diagnostic, RIG_ERROR_BENCH,
                     "%s does not print a token as one line of 2 to %d hexadecimal digits", program,
                     2 * ADAPTER_UNLOCK_MAX);
}

static int run(const char *const *words, const char *kind, struct adapter_bytes *token,
               int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct process_options options = {.argv = words};
    struct process *process = NULL;
    size_t size = 0;
    char how[64];
    char said[LAST_LINE_TEXT];
    int error = process_run(&options, deadline_ms - process_clock_ms(), &process, diagnostic);

    if (error != RIG_OK)
        return error;
    if (process_end(process)->outcome != PROCESS_EXITED || process_end(process)->exit_code != 0) {
        const bool unknown = process_end(process)->outcome == PROCESS_EXITED &&
                             process_end(process)->exit_code == UNKNOWN_KIND &&
                             strcmp(kind, "genuine") != 0;

        process_end_describe(process_end(process), how, sizeof how);
        error = diagnostic_fail(diagnostic, unknown ? RIG_ERROR_NOT_FOUND : RIG_ERROR_BENCH,
                                "%s, a token that is %s: %s: %s", words[0], kind, how,
                                last_words_of(process, said));
    } else {
        const char *output = process_output(process, PROCESS_STDOUT, &size);

        error = take(words[0], output, size, token, diagnostic);
    }
    process_destroy(process);
    return error;
}

int token_signer_make(const struct bench *bench, const struct token_request *request,
                      struct adapter_bytes *token, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    char challenge[2 * ADAPTER_UNLOCK_MAX + 1];
    char spent[2 * ADAPTER_UNLOCK_MAX + 1];
    char *program = NULL;
    int error = bench_find_firmware(bench, SECTION, KEY, &program, diagnostic);

    memset(token, 0, sizeof *token);
    if (error == RIG_OK && program == NULL)
        error = diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%s: probe names no signer",
                                bench->target->path);
    if (error == RIG_OK) {
        const char *const words[] = {
            program,   "--device-id", bench->device_id, "--challenge",
            challenge, "--kind",      request->kind,    request->spent != NULL ? "--spent" : NULL,
            spent,     NULL};

        hexadecimal_write(request->challenge->bytes, request->challenge->size, challenge);
        if (request->spent != NULL)
            hexadecimal_write(request->spent->bytes, request->spent->size, spent);
        error = run(words, request->kind, token, deadline_ms, diagnostic);
    }
    free(program);
    return error;
}
