#include "fuzz/fuzz_run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/file.h"
#include "base/text.h"
#include "findings/verdict.h"
#include "fuzz/control.h"
#include "fuzz/fuzz_findings.h"
#include "fuzz/leftovers.h"
#include "fuzz/run_record.h"

enum {
    CORPUS_FOLDERS = 2, /* seeds and regressions */
};

/* Everything one run works with. */
struct session {
    const struct fuzz_run_options *options;
    struct fuzz_result *result;
    struct reproducer reproducer;
    struct fuzz_findings findings;
    struct engine_options engine;
    char *scratch;
    char *working_corpus;
    char *dictionary;
    char *folders[CORPUS_FOLDERS]; /* seeds, regressions */
    const char *folder_list[CORPUS_FOLDERS + 1];
};

/* ---- progress ---- */

static void forward_progress(void *context, const struct engine_progress *progress)
{
    const struct session *session = context;
    struct engine_progress whole = *progress;

    for (size_t i = 0; i < session->result->finding_count; i++) {
        whole.new_findings += session->result->findings[i].is_new;
        whole.known_findings += !session->result->findings[i].is_new;
    }
    if (session->options->on_progress != NULL) {
        session->options->on_progress(session->options->context, &whole);
    }
}

/* ---- set-up ---- */

static int choose_seed(const struct fuzz_run_options *options, uint64_t *seed,
                       struct diagnostic *diagnostic)
{
    *seed = options->seed;
    while (*seed == 0) {
        if (getrandom(seed, sizeof(*seed), 0) != (ssize_t)sizeof(*seed)) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no random seed; give --seed");
        }
        *seed >>= 1; /* the store keeps signed numbers */
    }
    return RIG_OK;
}

static int begin_run(struct session *session, struct diagnostic *diagnostic)
{
    struct run_record record = {NULL, NULL};
    int error = run_record_gather(session->options, &record, diagnostic);

    if (error == RIG_OK) {
        const struct run_start start = {
            .command = session->options->command,
            .target = session->result->target,
            .rung = RUNG_HOST,
            .harness = session->result->harness,
            .engine = session->result->engine,
            .seed = session->result->seed,
            .harness_hash = record.harness_hash,
            .tool_versions = record.tool_versions,
        };

        error = store_begin_run(session->options->store, &start, &session->result->run, diagnostic);
    }
    run_record_clear(&record);
    return error;
}

static int make_paths(struct session *session, struct diagnostic *diagnostic)
{
    const struct harness *harness = session->options->harness;
    const char *store = store_folder(session->options->store);

    session->scratch = store_scratch_path(session->options->store, session->result->run);
    session->working_corpus = text_format("%s/corpus/%s", store, harness->name);
    session->dictionary = file_join(harness->corpus, "dictionary.txt");
    session->folders[0] = file_join(harness->corpus, "seeds");
    session->folders[1] = file_join(harness->corpus, "regressions");
    if (session->scratch == NULL || session->working_corpus == NULL ||
        session->dictionary == NULL || session->folders[0] == NULL || session->folders[1] == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    for (size_t i = 0; i < CORPUS_FOLDERS; i++) {
        session->folder_list[i] = session->folders[i];
    }
    return file_make_directories(session->scratch, diagnostic);
}

/* Ends the run at the first finding that counts, where that is asked for. */
static void stop_at_first(const struct session *session)
{
    for (size_t i = 0; session->options->stop_at_first && i < session->result->finding_count; i++) {
        session->result->stopped_early |= session->result->findings[i].counts;
    }
}

static int take_artifact(void *context, const struct triage_artifact *artifact,
                         struct diagnostic *diagnostic)
{
    struct session *session = context;
    int error = fuzz_findings_take(&session->findings, artifact, diagnostic);

    stop_at_first(session);
    return error;
}

static void set_engine(struct session *session)
{
    const struct harness *harness = session->options->harness;

    session->engine = (struct engine_options){
        .type = session->options->engine,
        .program = session->options->program,
        .corpus_folders = session->folder_list,
        .working_corpus = session->working_corpus,
        .scratch_folder = session->scratch,
        .dictionary = file_is_regular(session->dictionary) ? session->dictionary : NULL,
        .max_length = harness->max_length,
        .timeout_s = harness->timeout_s,
        .memory_mb = harness->memory_mb,
        .time_s = session->options->time_s,
        .jobs = session->options->jobs,
        .seed = session->result->seed,
        .on_artifact = take_artifact,
        .artifact_context = session,
        .enough = &session->result->stopped_early,
        .on_progress = forward_progress,
        .progress_context = session,
    };
}

static int set_up(struct session *session, struct diagnostic *diagnostic)
{
    const struct harness *harness = session->options->harness;
    int error = choose_seed(session->options, &session->result->seed, diagnostic);

    session->reproducer.program = session->options->reproducer_program;
    session->reproducer.timeout_s = harness->timeout_s;
    session->reproducer.memory_mb = harness->memory_mb;
    if (error == RIG_OK) {
        error = begin_run(session, diagnostic);
    }
    if (error == RIG_OK) {
        error = triage_find_symbolizer(session->reproducer.symbolizer,
                                       sizeof(session->reproducer.symbolizer), diagnostic);
    }
    if (error == RIG_OK) {
        error = make_paths(session, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    session->findings = (struct fuzz_findings){
        .reproducer = &session->reproducer,
        .filing = {.store = session->options->store,
                   .run = session->result->run,
                   .clause = harness->clause,
                   .severity = harness->severity,
                   .clauses = harness->clauses},
        .baseline = harness->baseline,
        .result = session->result,
        .on_finding = session->options->on_finding,
        .context = session->options->context,
    };
    session->result->baseline_count = baseline_count(harness->baseline);
    set_engine(session);
    return RIG_OK;
}

/* ---- the run ---- */

static int judge(struct session *session, struct diagnostic *diagnostic)
{
    struct fuzz_result *result = session->result;
    struct engine_figures figures;
    int error = control_check(&session->engine, &session->reproducer, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    result->control_ok = true;
    error = leftovers_take(&session->findings, session->working_corpus, diagnostic);
    if (error == RIG_OK) {
        error = fuzz_findings_regress(&session->findings, session->folders[1], diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    stop_at_first(session);
    error = session->engine.type->run(&session->engine, &figures, diagnostic);
    result->execs = figures.execs;
    result->execs_per_second = figures.execs_per_second;
    result->edges = figures.edges;
    result->stability = figures.stability;
    return error == RIG_OK
               ? fuzz_findings_minimise(&session->findings, session->scratch, diagnostic)
               : error;
}

/* ---- verdicts ---- */

static uint64_t count_failures(const struct fuzz_result *result, const char *clause)
{
    uint64_t count = 0;

    for (size_t i = 0; i < result->finding_count; i++) {
        const struct fuzz_finding *finding = &result->findings[i];

        count += finding->counts && strcmp(finding->clause, clause) == 0;
    }
    return count;
}

static void explain(const struct fuzz_result *result, struct fuzz_verdict *verdict, int error,
                    const struct diagnostic *diagnostic)
{
    uint64_t failures = count_failures(result, verdict->clause);

    if (failures > 0) {
        (void)snprintf(verdict->reason, sizeof(verdict->reason), "%" PRIu64 " finding%s came up",
                       failures, failures == 1 ? "" : "s");
    } else if (error != RIG_OK) {
        (void)snprintf(verdict->reason, sizeof(verdict->reason), "%s",
                       diagnostic->text[0] != '\0' ? diagnostic->text : rig_strerror(error));
    } else if (result->stopped_early) {
        (void)snprintf(verdict->reason, sizeof(verdict->reason),
                       "not judged: the run ended at its first finding");
    } else {
        (void)snprintf(verdict->reason, sizeof(verdict->reason),
                       "no counter-example in %" PRIu64 " inputs", result->execs);
    }
}

/* A run that was cut short shows findings, but not their absence: its inputs do not count as tried.
 */
static enum verdict decide(const struct fuzz_result *result, const char *clause, int error)
{
    const struct trial_evidence evidence = {
        .bench_failed = error != RIG_OK && error != RIG_ERROR_INTERRUPTED,
        .control_held = result->control_ok,
        .attempts = error == RIG_OK && !result->stopped_early ? result->execs : 0,
        .failures = count_failures(result, clause),
    };

    return verdict_decide(&evidence);
}

/* How bad a verdict of a clause is for the run. */
static int weight(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_FAIL:
        return 3;
    case VERDICT_ERROR:
        return 2;
    case VERDICT_PASS:
        return 0;
    default:
        return 1;
    }
}

static void add_verdict(struct fuzz_result *result, const char *clause, int error,
                        const struct diagnostic *diagnostic)
{
    struct fuzz_verdict *verdict;

    for (size_t i = 0; i < result->verdict_count; i++) {
        if (strcmp(result->verdicts[i].clause, clause) == 0) {
            return;
        }
    }
    verdict = &result->verdicts[result->verdict_count++];
    verdict->clause = clause;
    verdict->verdict = decide(result, clause, error);
    explain(result, verdict, error, diagnostic);
    if (weight(verdict->verdict) > weight(result->verdict)) {
        result->verdict = verdict->verdict;
    }
}

static int decide_all(const struct harness *harness, struct fuzz_result *result, int error,
                      const struct diagnostic *diagnostic)
{
    result->verdict = VERDICT_PASS;
    result->verdict_count = 0;
    free(result->verdicts);
    result->verdicts =
        calloc(harness->judges.count + result->finding_count + 1, sizeof(*result->verdicts));
    if (result->verdicts == NULL) {
        result->verdict = VERDICT_ERROR;
        return RIG_ERROR_NO_MEMORY;
    }
    for (size_t i = 0; i < harness->judges.count; i++) {
        add_verdict(result, harness->judges.items[i], error, diagnostic);
    }
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i].counts) {
            add_verdict(result, result->findings[i].clause, error, diagnostic);
        }
    }
    if (result->verdict_count == 0) {
        result->verdict = VERDICT_INCONCLUSIVE;
    }
    return RIG_OK;
}

/* ---- the record ---- */

static int record_verdicts(const struct session *session, struct diagnostic *diagnostic)
{
    const struct fuzz_result *result = session->result;
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < result->verdict_count; i++) {
        const struct run_result row = {
            .clause = result->verdicts[i].clause,
            .verdict = result->verdicts[i].verdict,
            .source = result->harness,
            .reason = result->verdicts[i].reason,
        };

        error = store_add_result(session->options->store, result->run, &row, diagnostic);
    }
    return error;
}

static int record_end(const struct session *session, const char *reason,
                      struct diagnostic *diagnostic)
{
    const struct fuzz_result *result = session->result;
    const struct run_end end = {
        .execs = result->execs,
        .execs_per_second = result->execs_per_second,
        .edges = result->edges,
        .control_held = result->control_ok,
        .verdict = result->verdict,
        .reason = reason,
    };

    return store_end_run(session->options->store, result->run, &end, diagnostic);
}

/* Decides, and writes what was decided. A run that cannot be written whole is decided again, as
 * ERROR: a verdict that the store does not hold must not be shown. */
static int record_all(const struct session *session, int error, struct diagnostic *diagnostic)
{
    const struct harness *harness = session->options->harness;
    struct diagnostic later = {""};
    const char *reason = diagnostic->text[0] != '\0' ? diagnostic->text : rig_strerror(error);
    int recorded = decide_all(harness, session->result, error, diagnostic);

    if (recorded == RIG_OK && session->result->run != 0) {
        recorded = record_verdicts(session, &later);
        if (recorded == RIG_OK) {
            recorded = record_end(session, error != RIG_OK ? reason : NULL, &later);
        }
    }
    if (error != RIG_OK || recorded == RIG_OK) {
        return error;
    }
    recorded = diagnostic_fail(diagnostic, recorded, "%s",
                               later.text[0] != '\0' ? later.text : rig_strerror(recorded));
    error = decide_all(harness, session->result, recorded, diagnostic);
    /* Replaces what was written as PASS. Where that fails too, the first error is the one told. */
    if (error == RIG_OK && session->result->run != 0 &&
        record_verdicts(session, &later) == RIG_OK) {
        error = record_end(session, diagnostic->text, &later);
    }
    return error == RIG_ERROR_NO_MEMORY ? error : recorded;
}

/* Writes what the run came to. The error of the run itself goes first. The scratch folder goes
 * while the run still counts as running: after that it is anybody's. */
static int record(struct session *session, int error, struct diagnostic *diagnostic)
{
    struct diagnostic later = {""};
    int cleaned = RIG_OK;

    if (session->result->run != 0 && session->scratch != NULL) {
        cleaned = leftovers_clean(session->scratch, &later);
    }
    if (error == RIG_OK && cleaned != RIG_OK) {
        error = diagnostic_fail(diagnostic, cleaned, "%s",
                                later.text[0] != '\0' ? later.text : rig_strerror(cleaned));
    }
    return record_all(session, error, diagnostic);
}

static void close_session(struct session *session)
{
    fuzz_findings_close(&session->findings);
    for (size_t i = 0; i < CORPUS_FOLDERS; i++) {
        free(session->folders[i]);
    }
    free(session->scratch);
    free(session->working_corpus);
    free(session->dictionary);
}

int fuzz_run(const struct fuzz_run_options *options, struct fuzz_result *result,
             struct diagnostic *diagnostic)
{
    struct session session = {.options = options, .result = result};
    int error;

    memset(result, 0, sizeof(*result));
    diagnostic_clear(diagnostic);
    result->harness = options->harness->name;
    result->target = options->target;
    result->engine = options->engine->name;
    result->stability = NAN;
    error = set_up(&session, diagnostic);
    if (error == RIG_OK) {
        error = judge(&session, diagnostic);
    }
    error = record(&session, error, diagnostic);
    close_session(&session);
    return error;
}

void fuzz_result_clear(struct fuzz_result *result)
{
    free(result->findings);
    free(result->verdicts);
    memset(result, 0, sizeof(*result));
}
