#include "fuzz/control.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

/* A failure the harness is told to show. */
struct control {
    const char *name;
    const char *const *environment;
    bool (*is_seen)(const struct sanitizer_report *report);
    const char *expectation;
};

/* What the artifact callback works with. */
struct control_run {
    const struct control *control;
    struct reproducer reproducer;
    bool reached_triage;
    bool held;
};

static bool has_frame(const struct sanitizer_report *report, const char *function)
{
    for (size_t i = 0; i < report->frame_count; i++) {
        if (strcmp(report->frames[i].function, function) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_control_oracle(const struct sanitizer_report *report)
{
    return report->report_class == REPORT_ORACLE && strcmp(report->name, "control") == 0 &&
           has_frame(report, "harness_control_oracle");
}

static bool is_control_overflow(const struct sanitizer_report *report)
{
    return report->report_class == REPORT_MEMORY &&
           strcmp(report->kind, "heap-buffer-overflow") == 0 &&
           has_frame(report, "harness_control_overflow");
}

static int take_artifact(void *context, const struct triage_artifact *artifact,
                         struct diagnostic *diagnostic)
{
    struct control_run *run = context;
    struct triage_result result;
    int error = triage_run_input(&run->reproducer, artifact->path, &result, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    run->reached_triage = true;
    run->held = run->held || (result.hits > 0 && run->control->is_seen(&result.report));
    triage_result_clear(&result);
    return RIG_OK;
}

static int check_one(const struct engine_options *engine, const struct reproducer *reproducer,
                     const struct control *control, struct diagnostic *diagnostic)
{
    struct control_run run = {.control = control, .reproducer = *reproducer};
    struct engine_options options = *engine;
    char *folder = text_format("%s/control-%s", engine->scratch_folder, control->name);
    int error = RIG_ERROR_NO_MEMORY;

    run.reproducer.environment = control->environment;
    run.reproducer.attempts = 1;
    options.environment = control->environment;
    options.scratch_folder = folder;
    options.on_artifact = take_artifact;
    options.artifact_context = &run;
    if (folder != NULL) {
        error = file_make_directories(folder, diagnostic);
    }
    if (error == RIG_OK) {
        error = options.type->execute_first(&options, diagnostic);
    }
    free(folder);
    if (error == RIG_OK && !run.held) {
        error = diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "control '%s' failed, so a real failure might be missed too: %s %s; "
            "the harness must call harness_execute() and be built with AddressSanitizer",
            control->name, run.reached_triage ? reproducer->program : engine->program,
            run.reached_triage ? control->expectation : "did not fail on its first input");
    }
    return error;
}

int control_check(const struct engine_options *engine, const struct reproducer *reproducer,
                  struct diagnostic *diagnostic)
{
    static const char *const oracle_environment[] = {"ORDEAL_CONTROL=oracle", NULL};
    static const char *const memory_environment[] = {"ORDEAL_CONTROL=memory", NULL};
    static const struct control controls[] = {
        {"oracle", oracle_environment, is_control_oracle, "did not report the oracle 'control'"},
        {"memory", memory_environment, is_control_overflow,
         "did not report a heap-buffer-overflow in harness_control_overflow"},
    };

    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        int error = check_one(engine, reproducer, &controls[i], diagnostic);

        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}
