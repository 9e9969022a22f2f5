#include "fuzz/repro.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static int prepare(const struct repro_options *options, struct reproducer *reproducer,
                   struct diagnostic *diagnostic)
{
    if (!file_is_regular(options->input_path) || access(options->input_path, R_OK) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                               "%s: no readable regular file; give the input to run",
                               options->input_path);
    }
    *reproducer = (struct reproducer){
        .program = options->reproducer_program,
        .timeout_s = options->harness->timeout_s,
        .memory_mb = options->harness->memory_mb,
        .attempts = options->attempts,
    };
    if (options->expected_fingerprint != NULL && options->expected_fingerprint[0] != '\0') {
        reproducer->expected = options->expected_fingerprint;
    }
    return triage_find_symbolizer(reproducer->symbolizer, sizeof(reproducer->symbolizer),
                                  diagnostic);
}

int repro_run(const struct repro_options *options, struct repro_result *result,
              struct diagnostic *diagnostic)
{
    struct reproducer reproducer;
    struct triage_result triage;
    int error = prepare(options, &reproducer, diagnostic);

    memset(result, 0, sizeof(*result));
    if (error == RIG_OK) {
        error = triage_run_input(&reproducer, options->input_path, &triage, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    result->reproduced = triage.hits > 0;
    result->attempts = triage.attempts;
    result->hits = triage.hits;
    result->other = triage.other;
    result->report = triage.report;
    result->fingerprint = triage.fingerprint;
    triage_result_clear(&triage);
    return RIG_OK;
}

static int set_variable(const char *assignment)
{
    char name[64];
    size_t length = strcspn(assignment, "=");

    if (length >= sizeof(name)) {
        return RIG_ERROR_USAGE;
    }
    memcpy(name, assignment, length);
    name[length] = '\0';
    return setenv(name, assignment + length + 1, 1) == 0 ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

int repro_debug(const struct repro_options *options, struct diagnostic *diagnostic)
{
    struct reproducer reproducer = {.program = options->reproducer_program};
    struct triage_environment environment = {.list = {NULL}};
    const char *const arguments[] = {
        "gdb", "-q", "-ex", "run", "--args", options->reproducer_program, options->input_path, NULL,
    };
    int error = prepare(options, &reproducer, diagnostic);

    if (error == RIG_OK && !file_is_program(reproducer.program)) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s is missing or not executable; build the harnesses",
                                reproducer.program);
    }
    if (error == RIG_OK) {
        reproducer.timeout_s = 0; /* a person thinks longer than the limit */
        error = triage_environment_make(&reproducer, &environment, diagnostic);
    }
    for (size_t i = 0; error == RIG_OK && environment.list[i] != NULL; i++) {
        error = set_variable(environment.list[i]);
    }
    if (error != RIG_OK) {
        return error;
    }
    (void)signal(SIGPIPE, SIG_DFL); /* the rig ignores it, which a program would inherit */
    (void)execvp(arguments[0], (char *const *)arguments);
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "cannot start gdb: %s; install the package gdb", strerror(errno));
}
