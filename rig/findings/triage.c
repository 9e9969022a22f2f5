#include "findings/triage.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

enum {
    OWN_VARIABLES = 4,
    START_S = 20,              /* for start, symbols and the report, beside the input's time */
    EXIT_INPUT_UNREADABLE = 2, /* of main_standalone.c */
    EXIT_NOT_STARTED = 127,    /* of the dynamic loader and of shells */
};

int triage_find_symbolizer(char *path, size_t size, struct diagnostic *diagnostic)
{
    static const char *const names[] = {"llvm-symbolizer-14", "llvm-symbolizer"};
    const char *search = getenv("PATH");
    struct text_list folders = {0};
    int error = text_list_split(&folders, search != NULL ? search : "/usr/bin", ':');

    for (size_t n = 0; error == RIG_OK && n < sizeof(names) / sizeof(names[0]); n++) {
        for (size_t i = 0; i < folders.count; i++) {
            int length = snprintf(path, size, "%s/%s", folders.items[i], names[n]);

            if (folders.items[i][0] == '/' && length > 0 && (size_t)length < size &&
                file_is_program(path)) {
                text_list_free(&folders);
                return RIG_OK;
            }
        }
    }
    text_list_free(&folders);
    if (error != RIG_OK) {
        return error;
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "llvm-symbolizer-14 is not in PATH; install the package llvm-14");
}

/*
 * abort_on_error makes each report end in SIGABRT, where gdb stops too; handle_abort gives a plain
 * abort() a stack. The limits are those that libFuzzer had. A value set by the user is replaced:
 * findings must not depend on a person's shell. The path is quoted, since a blank in it would end
 * the option.
 */
int triage_environment_make(const struct reproducer *reproducer,
                            struct triage_environment *environment, struct diagnostic *diagnostic)
{
    size_t used = 0;
    char limit[128] = "";

    if (reproducer->memory_mb > 0) {
        (void)snprintf(limit, sizeof(limit), ":max_allocation_size_mb=%u:hard_rss_limit_mb=%u",
                       reproducer->memory_mb, reproducer->memory_mb);
    }
    (void)snprintf(environment->address, TRIAGE_OPTIONS_SIZE,
                   "ASAN_OPTIONS=abort_on_error=1:handle_abort=1:handle_sigill=1:detect_leaks=0:"
                   "symbolize=%d:color=never:external_symbolizer_path=\"%s\"%s",
                   !reproducer->without_symbols, reproducer->symbolizer, limit);
    (void)snprintf(environment->undefined, TRIAGE_OPTIONS_SIZE,
                   "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:abort_on_error=1:symbolize=%d:"
                   "color=never:external_symbolizer_path=\"%s\"",
                   !reproducer->without_symbols, reproducer->symbolizer);
    (void)snprintf(environment->timeout, sizeof(environment->timeout), "HARNESS_TIMEOUT_S=%u",
                   reproducer->timeout_s);
    for (size_t i = 0; reproducer->environment != NULL && reproducer->environment[i] != NULL; i++) {
        if (used == TRIAGE_ENVIRONMENT_MAX - OWN_VARIABLES) {
            return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                   "more than %d variables for a reproducer",
                                   TRIAGE_ENVIRONMENT_MAX - OWN_VARIABLES);
        }
        environment->list[used++] = reproducer->environment[i];
    }
    environment->list[used++] = environment->address;
    environment->list[used++] = environment->undefined;
    environment->list[used++] = environment->timeout;
    environment->list[used++] = "ORDEAL_CONTROL="; /* a getenv() finds the caller's first */
    environment->list[used] = NULL;
    return RIG_OK;
}

/* ---- one attempt ---- */

/* Ends that say nothing about the code under test. */
static int check_end(const struct reproducer *reproducer, const struct process_end *end,
                     const struct sanitizer_report *report, const char *text,
                     struct diagnostic *diagnostic)
{
    bool is_plain = report->report_class == REPORT_FAULT && report->frame_count == 0;

    if (is_plain && end->outcome == PROCESS_EXITED &&
        (end->exit_code == EXIT_INPUT_UNREADABLE || end->exit_code == EXIT_NOT_STARTED)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s did not run the input (exit code %d): %.200s",
                               reproducer->program, end->exit_code, text);
    }
    if (is_plain && end->outcome == PROCESS_SIGNALED && end->signal_number == SIGKILL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s was killed from outside; is this machine out of memory?",
                               reproducer->program);
    }
    return RIG_OK;
}

/* Whether two failures are samples of the same one. */
static bool is_same(const struct sanitizer_report *one, const struct sanitizer_report *other)
{
    struct fingerprint first;
    struct fingerprint second;

    if (one->report_class == REPORT_HANG && other->report_class == REPORT_HANG) {
        return strcmp(one->name, other->name) == 0;
    }
    fingerprint_make(one, &first);
    fingerprint_make(other, &second);
    return strcmp(first.text, second.text) == 0;
}

static bool is_expected(const struct reproducer *reproducer, const struct sanitizer_report *report)
{
    struct fingerprint fingerprint;

    fingerprint_make(report, &fingerprint);
    return reproducer->expected != NULL && strcmp(fingerprint.text, reproducer->expected) == 0;
}

static int take_report(struct triage_result *result, const struct sanitizer_report *report,
                       const char *text, size_t size)
{
    char *copy = malloc(size + 1);

    if (copy == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    free(result->text);
    result->text = copy;
    result->text_size = size;
    result->report = *report;
    return RIG_OK;
}

/* Counts one attempt's report. */
static int tally(const struct reproducer *reproducer, struct triage_result *result,
                 const struct sanitizer_report *report, const char *text, size_t size)
{
    bool is_first = result->report.report_class == REPORT_NONE;

    result->attempts++;
    if (report->report_class == REPORT_NONE) {
        return RIG_OK;
    }
    if (!is_first && is_same(&result->report, report)) {
        result->hits++;
        if (report->report_class == REPORT_HANG) {
            fingerprint_keep_common(&result->report, report);
        }
        return RIG_OK;
    }
    if (is_first ||
        (is_expected(reproducer, report) && !is_expected(reproducer, &result->report))) {
        result->other += result->hits;
        result->hits = 1;
        return take_report(result, report, text, size);
    }
    result->other++;
    return RIG_OK;
}

static int run_once(const struct reproducer *reproducer, const struct process_options *options,
                    struct triage_result *result, struct diagnostic *diagnostic)
{
    struct process *process = NULL;
    struct sanitizer_report report;
    const char *text;
    size_t size = 0;
    int error = process_run(options, ((int64_t)reproducer->timeout_s + START_S) * 1000, &process,
                            diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    text = process_output(process, PROCESS_STDERR, &size);
    sanitizer_report_parse(text, size, process_end(process), &report);
    error = check_end(reproducer, process_end(process), &report, text, diagnostic);
    if (error == RIG_OK) {
        error = tally(reproducer, result, &report, text, size);
    }
    process_destroy(process);
    return error;
}

/* ---- all attempts ---- */

static int check_request(const struct reproducer *reproducer, const char *input_path,
                         struct diagnostic *diagnostic)
{
    if (!file_is_program(reproducer->program)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s is missing or not executable; build the harnesses",
                               reproducer->program);
    }
    if (!file_is_program(reproducer->symbolizer)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "symbolizer '%s' is missing; install the package llvm-14",
                               reproducer->symbolizer);
    }
    if (!file_is_regular(input_path)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: input is missing or no regular file", input_path);
    }
    if (reproducer->attempts > TRIAGE_ATTEMPTS_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%u attempts; at most %d",
                               reproducer->attempts, TRIAGE_ATTEMPTS_MAX);
    }
    return RIG_OK;
}

int triage_run_input(const struct reproducer *reproducer, const char *input_path,
                     struct triage_result *result, struct diagnostic *diagnostic)
{
    struct triage_environment environment;
    const char *const arguments[] = {reproducer->program, input_path, NULL};
    const struct process_options options = {.argv = arguments, .environment = environment.list};
    unsigned attempts = reproducer->attempts > 0 ? reproducer->attempts : TRIAGE_ATTEMPTS;
    int error = check_request(reproducer, input_path, diagnostic);

    memset(result, 0, sizeof(*result));
    if (error == RIG_OK) {
        error = triage_environment_make(reproducer, &environment, diagnostic);
    }
    for (unsigned i = 0; error == RIG_OK && i < attempts; i++) {
        error = run_once(reproducer, &options, result, diagnostic);
    }
    if (error != RIG_OK) {
        triage_result_clear(result);
        return error;
    }
    fingerprint_make(&result->report, &result->fingerprint);
    if (result->hits > 0 && reproducer->expected != NULL &&
        strcmp(result->fingerprint.text, reproducer->expected) != 0) {
        result->other += result->hits;
        result->hits = 0;
    }
    return RIG_OK;
}

void triage_result_clear(struct triage_result *result)
{
    free(result->text);
    result->text = NULL;
    result->text_size = 0;
}
