#include "fuzz/run_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/file_hash.h"
#include "base/process.h"
#include "base/program_file.h"
#include "base/text.h"

enum {
    VERSION_LIMIT_MS = 10000, /* for a tool to say its version */
    VERSION_SIZE = 128,
};

static const char unknown[] = "unknown";

/* ---- harness programs ---- */

/* A program that cannot be read cannot be run either: the bench is at fault, not the caller. */
static int hash_program(const char *path, char text[FILE_HASH_TEXT_SIZE],
                        struct diagnostic *diagnostic)
{
    int error;

    if (!file_is_program(path)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s is missing or not executable; build the harnesses", path);
    }
    error = file_sha256(path, text, diagnostic);
    return error == RIG_OK || error == RIG_ERROR_NO_MEMORY ? error : RIG_ERROR_BENCH;
}

static int hash_programs(const struct fuzz_run_options *options, struct run_record *record,
                         struct diagnostic *diagnostic)
{
    char fuzzer[FILE_HASH_TEXT_SIZE];
    char reproducer[FILE_HASH_TEXT_SIZE];
    int error = hash_program(options->program, fuzzer, diagnostic);

    if (error == RIG_OK) {
        error = hash_program(options->reproducer_program, reproducer, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    record->harness_hash =
        text_format("%s  %s.%s\n%s  %s.reproducer", fuzzer, options->harness->name,
                    options->engine->variant, reproducer, options->harness->name);
    return record->harness_hash != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

/* ---- tools ---- */

/* The line of a tool's output that says its version, escaped. */
static void find_version(const char *output, size_t size, char *text, size_t text_size)
{
    static const char word[] = "version ";
    size_t at = 0;

    while (at < size) {
        const char *newline = memchr(output + at, '\n', size - at);
        size_t length = newline != NULL ? (size_t)(newline - (output + at)) : size - at;

        (void)text_escape(text, text_size, output + at, length);
        if (strstr(text, word) != NULL) {
            return;
        }
        at += length + 1;
    }
    text[0] = '\0';
}

/* "" when there is no symbolizer or it does not say; whoever needs it complains. */
static int ask_symbolizer(char *text, size_t size, struct diagnostic *diagnostic)
{
    char path[TRIAGE_PATH_SIZE];
    const char *const arguments[] = {path, "--version", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    const char *output;
    size_t output_size = 0;
    int error;

    text[0] = '\0';
    if (triage_find_symbolizer(path, sizeof(path), diagnostic) != RIG_OK) {
        diagnostic_clear(diagnostic);
        return RIG_OK;
    }
    error = process_run(&options, VERSION_LIMIT_MS, &process, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    output = process_output(process, PROCESS_STDOUT, &output_size);
    find_version(output, output_size, text, size);
    process_destroy(process);
    return RIG_OK;
}

static const char *or_unknown(const char *text)
{
    return text[0] != '\0' ? text : unknown;
}

static int list_tools(const struct fuzz_run_options *options, struct run_record *record,
                      struct diagnostic *diagnostic)
{
    char compiler[VERSION_SIZE];
    char symbolizer[VERSION_SIZE];
    char version[VERSION_SIZE] = "";
    int error = program_file_compiler(options->program, compiler, sizeof(compiler), diagnostic);

    if (error == RIG_OK) {
        error = ask_symbolizer(symbolizer, sizeof(symbolizer), diagnostic);
    }
    if (error == RIG_OK && options->engine->ask_version != NULL) {
        error = options->engine->ask_version(version, sizeof(version), diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    record->tool_versions =
        text_format("ordeal %s\n%s%s%s\nllvm-symbolizer: %s", ORDEAL_VERSION,
                    options->engine->ask_version != NULL ? or_unknown(version) : "libFuzzer",
                    options->engine->ask_version != NULL ? " with a harness of " : " of ",
                    or_unknown(compiler), or_unknown(symbolizer));
    return record->tool_versions != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

int run_record_gather(const struct fuzz_run_options *options, struct run_record *record,
                      struct diagnostic *diagnostic)
{
    int error = hash_programs(options, record, diagnostic);

    return error == RIG_OK ? list_tools(options, record, diagnostic) : error;
}

void run_record_clear(struct run_record *record)
{
    free(record->harness_hash);
    free(record->tool_versions);
    *record = (struct run_record){NULL, NULL};
}
