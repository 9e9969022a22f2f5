#include "harness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Absent from builds without a sanitizer. */
void __sanitizer_print_stack_trace(void) __attribute__((weak));

struct gate {
    const char *name;
    uint64_t inputs;
    bool passed_by_this_input;
};

struct clause_count {
    const char *clause;
    uint64_t evaluations;
};

static struct {
    struct clause_count clauses[HARNESS_MAX_CLAUSES];
    size_t clause_count;
    struct gate gates[HARNESS_MAX_GATES];
    size_t gate_count;
    uint64_t inputs;
    bool started;
    char about[HARNESS_MAX_ABOUT];
} session;

static void report_and_abort(const char *kind, const char *clause, const char *name,
                             const char *format, va_list arguments)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s clause=%s name=%s", kind, clause, name);
    if (session.about[0] != '\0') {
        (void)fprintf(stderr, " about=%s", session.about);
    }
    (void)fputs(": ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    if (__sanitizer_print_stack_trace != NULL) {
        __sanitizer_print_stack_trace();
    }
    abort();
}

void harness_oracle_violated(const char *clause, const char *name, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report_and_abort("ORACLE VIOLATED", clause, name, format, arguments);
    va_end(arguments);
    abort();
}

void harness_oracle_meet(struct harness_oracle_site *site, const char *clause)
{
    size_t i = 0;

    while (i < session.clause_count && strcmp(session.clauses[i].clause, clause) != 0) {
        i++;
    }
    if (i == HARNESS_MAX_CLAUSES) {
        (void)fprintf(stderr, "ORACLE: more than %d clauses\n", HARNESS_MAX_CLAUSES);
        abort();
    }
    if (i == session.clause_count) {
        session.clauses[i].clause = clause;
        session.clause_count++;
    }
    site->clause = clause;
    site->count = &session.clauses[i].evaluations;
}

void harness_hang(const char *clause, const char *name, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report_and_abort("HANG", clause, name, format, arguments);
    va_end(arguments);
    abort();
}

void harness_about(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(session.about, sizeof session.about, format, arguments);
    va_end(arguments);
}

void harness_gate(const char *name)
{
    size_t i;

    for (i = 0; i < session.gate_count; i++) {
        if (session.gates[i].name == name || strcmp(session.gates[i].name, name) == 0) {
            break;
        }
    }
    if (i == HARNESS_MAX_GATES) {
        (void)fprintf(stderr, "harness_gate: more than %d gates\n", HARNESS_MAX_GATES);
        abort();
    }
    if (i == session.gate_count) {
        session.gates[i].name = name;
        session.gate_count++;
    }
    session.gates[i].passed_by_this_input = true;
}

static void write_gate_counts(void)
{
    const char *path = getenv("ORDEAL_GATES");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file == NULL) {
        (void)fprintf(stderr, "ORDEAL_GATES: cannot write %s\n", path != NULL ? path : "(unset)");
        return;
    }
    (void)fprintf(file, "{\"inputs\": %" PRIu64 ", \"oracles\": {", session.inputs);
    for (size_t i = 0; i < session.clause_count; i++) {
        (void)fprintf(file, "%s\"%s\": %" PRIu64, i > 0 ? ", " : "", session.clauses[i].clause,
                      session.clauses[i].evaluations);
    }
    (void)fputs("}, \"gates\": {", file);
    for (size_t i = 0; i < session.gate_count; i++) {
        (void)fprintf(file, "%s\"%s\": %" PRIu64, i > 0 ? ", " : "", session.gates[i].name,
                      session.gates[i].inputs);
    }
    (void)fputs("}}\n", file);
    if (fclose(file) != 0) {
        (void)fprintf(stderr, "ORDEAL_GATES: cannot write %s\n", path);
    }
}

__attribute__((noinline)) static void harness_control_oracle(void)
{
    harness_oracle_violated("none", "control", "asked for by ORDEAL_CONTROL=oracle");
}

__attribute__((noinline)) static void harness_control_overflow(void)
{
    volatile uint8_t *volatile block = malloc(8);
    volatile size_t beyond = 8;

    if (block != NULL) {
        block[beyond] = 1;
    }
    free((void *)block);
}

static void start_session(void)
{
    const char *control = getenv("ORDEAL_CONTROL");

    session.started = true;
    if (getenv("ORDEAL_GATES") != NULL && atexit(write_gate_counts) != 0) {
        (void)fprintf(stderr, "ORDEAL_GATES: no room for an exit handler\n");
    }
    if (control == NULL) {
        return;
    }
    if (strcmp(control, "oracle") == 0) {
        harness_control_oracle();
    } else if (strcmp(control, "memory") == 0) {
        harness_control_overflow();
    }
}

int harness_execute(const uint8_t *data, size_t size)
{
    int result;

    if (!session.started) {
        start_session();
    }
    session.inputs++;
    session.about[0] = '\0';
    result = harness_run(data, size);
    for (size_t i = 0; i < session.gate_count; i++) {
        session.gates[i].inputs += session.gates[i].passed_by_this_input ? 1U : 0U;
        session.gates[i].passed_by_this_input = false;
    }
    return result;
}
