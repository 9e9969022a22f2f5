#include "scenarios/scenario_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scenarios/clause_verdict.h"
#include "target/bench_firmware.h"

#define LOG_LIMIT    (256u << 20)
#define REPORT_LIMIT (1u << 20) /* bytes of the log's end that go with a finding */

/* ---- findings ---- */

static int file_check(const struct scenario_store *where, const struct scenario_result *result,
                      const struct check_result *check, const struct file_content *log,
                      struct scenario_record *record, struct diagnostic *diagnostic)
{
    const size_t skip = log->size > REPORT_LIMIT ? log->size - REPORT_LIMIT : 0;
    char fingerprint[64];
    char bucket[128];
    char title[TRIAL_REASON];
    char detail[2 * TRIAL_REASON];
    struct store_filed filed;
    const struct finding_report report = {.clause = check->spec->clause,
                                          .class = check->spec->class,
                                          .severity = check->spec->severity,
                                          .fingerprint = fingerprint,
                                          .bucket = bucket,
                                          .title = title,
                                          .detail = detail,
                                          .replay = result->replay,
                                          .report_text =
                                              log->size > 0 ? (const char *)log->bytes + skip : "",
                                          .report_size = log->size - skip};
    int error;

    (void)snprintf(fingerprint, sizeof fingerprint, "%s.%s", result->scenario->id,
                   check->spec->name);
    (void)snprintf(bucket, sizeof bucket, "scenario:%s|check=%s", result->scenario->id,
                   check->spec->name);
    (void)snprintf(title, sizeof title, "%s: %s", result->scenario->id, check->spec->meaning);
    (void)snprintf(detail, sizeof detail,
                   "%s: %g %s, limit %g (%s); failed again in %u of %u more runs",
                   check->spec->name, check->value, check->spec->unit, check->limit, check->detail,
                   result->reproduced, result->attempts);
    error = store_file_finding(where->store, record->run, &report, &filed, diagnostic);
    if (error == RIG_OK)
        record->findings[record->finding_count++] = filed.id;
    return error;
}

static int file_findings(const struct scenario_store *where, const struct scenario_result *result,
                         const char *evidence, struct scenario_record *record,
                         struct diagnostic *diagnostic)
{
    struct file_content log = {NULL, 0};
    char *path = file_join(evidence, "trials.log");
    struct diagnostic unused = {""};
    int error = path == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    /* A finding is filed without its log rather than not at all. */
    if (error == RIG_OK && file_read(path, LOG_LIMIT, &log, &unused) != RIG_OK)
        log = (struct file_content){NULL, 0};

    for (size_t i = 0; error == RIG_OK && i < result->sum.check_count; i++) {
        const struct check_result *check = &result->sum.checks[i];

        if (check->is_measured && !check->ok)
            error = file_check(where, result, check, &log, record, diagnostic);
    }
    file_content_free(&log);
    free(path);
    return error;
}

/* ---- results ---- */

static int add_results(const struct scenario_store *where, const struct scenario_result *result,
                       int64_t run, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && result->scenario->clauses[i] != NULL; i++) {
        const char *clause = result->scenario->clauses[i];
        char reason[SCENARIO_REASON + TRIAL_REASON];
        const struct run_result row = {.clause = clause,
                                       .verdict = clause_verdict_of(result, clause),
                                       .source = result->scenario->id,
                                       .replay = result->replay,
                                       .reason = reason};

        clause_reason_of(result, clause, reason, sizeof reason);
        error = store_add_result(where->store, run, &row, diagnostic);
    }
    return error;
}

static int store_outcome(const struct scenario_store *where, const struct scenario_result *result,
                         bool is_replay, const char *evidence, struct scenario_record *record,
                         struct diagnostic *diagnostic)
{
    const struct trial_evidence shown = trial_evidence(&result->sum, NULL);
    const struct run_end end = {.execs = result->trials,
                                .control_held = shown.control_held,
                                .verdict = result->verdict,
                                .reason = result->reason};
    /* One trial of a person's choice says nothing about a clause. */
    int error = is_replay ? RIG_OK : add_results(where, result, record->run, diagnostic);

    if (error == RIG_OK && result->verdict == VERDICT_FAIL)
        error = file_findings(where, result, evidence, record, diagnostic);
    return error == RIG_OK ? store_end_run(where->store, record->run, &end, diagnostic) : error;
}

/* ---- the run ---- */

/* The evidence folder of a run and, in it, the scratch folder. Both for free(). */
static int make_folders(const struct scenario_store *where, int64_t run, char **evidence,
                        char **scratch, struct diagnostic *diagnostic)
{
    char relative[32];

    (void)snprintf(relative, sizeof relative, "runs/R-%" PRId64, run);
    *evidence = store_evidence_path(where->store, relative);
    *scratch = store_scratch_path(where->store, run);
    if (*evidence == NULL || *scratch == NULL)
        return RIG_ERROR_NO_MEMORY;
    return file_make_directories(*scratch, diagnostic);
}

/* The firmware's hash belongs to the run's first row, so it is found out before anything runs. */
static int begin(const struct scenario *scenario, const struct scenario_options *options,
                 const struct scenario_store *where, int64_t *run, struct diagnostic *diagnostic)
{
    char hash[FILE_HASH_TEXT_SIZE] = "";
    const struct run_start start = {.command = where->command,
                                    .target = options->target->name,
                                    .rung = target_rung(options->target),
                                    .harness = scenario->id,
                                    .engine = SCENARIO_ENGINE,
                                    .seed = options->seed,
                                    .firmware_hash = hash,
                                    .tool_versions = where->tool_versions};
    int error = bench_firmware_hash(options->target, options->workspace, hash, diagnostic);

    return error == RIG_OK ? store_begin_run(where->store, &start, run, diagnostic) : error;
}

static int run_in(const struct scenario *scenario, const struct scenario_options *options,
                  const struct scenario_store *where, struct scenario_result *result,
                  struct scenario_record *record, struct diagnostic *diagnostic)
{
    struct scenario_options placed = *options;
    struct diagnostic trouble = {""};
    char *evidence = NULL;
    char *scratch = NULL;
    int error = make_folders(where, record->run, &evidence, &scratch, diagnostic);
    int store_error;

    if (error == RIG_OK) {
        placed.folder = scratch;
        placed.evidence = evidence;
        error = scenario_run(scenario, &placed, result, diagnostic);
        if (error != RIG_OK && result->reason[0] == '\0')
            (void)snprintf(result->reason, sizeof result->reason, "%.400s", diagnostic->text);
        store_error =
            store_outcome(where, result, options->word != NULL, evidence, record, &trouble);
        if (store_error == RIG_OK)
            store_error = file_remove(scratch, &trouble);
        if (error == RIG_OK && store_error != RIG_OK) {
            *diagnostic = trouble;
            error = store_error;
        }
    }
    free(evidence);
    free(scratch);
    return error;
}

int scenario_run_stored(const struct scenario *scenario, const struct scenario_options *options,
                        const struct scenario_store *where, struct scenario_result *result,
                        struct scenario_record *record, struct diagnostic *diagnostic)
{
    int error;

    *record = (struct scenario_record){.run = 0};
    *result = (struct scenario_result){
        .scenario = scenario, .verdict = VERDICT_ERROR, .seed = options->seed};
    error = begin(scenario, options, where, &record->run, diagnostic);
    return error == RIG_OK ? run_in(scenario, options, where, result, record, diagnostic) : error;
}
