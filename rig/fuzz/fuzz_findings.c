#include "fuzz/fuzz_findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "fuzz/minimise.h"

/* ---- bookkeeping ---- */

static struct fuzz_finding *find(const struct fuzz_findings *findings, int64_t id)
{
    for (size_t i = 0; i < findings->result->finding_count; i++) {
        if (findings->result->findings[i].id == id) {
            return &findings->result->findings[i];
        }
    }
    return NULL;
}

static int note_outcome(struct fuzz_findings *findings, const struct triage_outcome *outcome)
{
    struct fuzz_result *result = findings->result;
    struct fuzz_finding *known = find(findings, outcome->finding);

    if (known == NULL) {
        struct fuzz_finding *grown =
            realloc(result->findings, (result->finding_count + 1) * sizeof(*grown));

        if (grown == NULL) {
            return RIG_ERROR_NO_MEMORY;
        }
        result->findings = grown;
        known = &grown[result->finding_count++];
        memset(known, 0, sizeof(*known));
        known->id = outcome->finding;
        known->is_new = outcome->is_new;
        memcpy(known->clause, outcome->clause, sizeof(known->clause));
    }
    if ((outcome->is_new || outcome->reopened) && findings->on_finding != NULL) {
        findings->on_finding(findings->context, outcome->finding);
    }
    known->is_reopened = known->is_reopened || outcome->reopened;
    result->baseline_met += outcome->state == FINDING_KNOWN && known->state != FINDING_KNOWN;
    known->state = outcome->state;
    known->counts = outcome->counts;
    known->artifacts++;
    return RIG_OK;
}

/* The flood of this stack, made when it is the first; NULL when there is no memory. */
static struct fuzz_flood *find_flood(struct fuzz_findings *findings, uint64_t stack)
{
    struct fuzz_flood *grown;

    for (size_t i = 0; i < findings->flood_count; i++) {
        if (findings->floods[i].stack == stack) {
            return &findings->floods[i];
        }
    }
    grown = realloc(findings->floods, (findings->flood_count + 1) * sizeof(*grown));
    if (grown == NULL) {
        return NULL;
    }
    findings->floods = grown;
    grown[findings->flood_count] = (struct fuzz_flood){.stack = stack};
    return &grown[findings->flood_count++];
}

/* ---- triage ---- */

static int file_result(struct fuzz_findings *findings, const struct triage_artifact *artifact,
                       const struct triage_result *result, int64_t *finding,
                       struct diagnostic *diagnostic)
{
    const struct known_defect *known =
        baseline_find(findings->baseline, result->fingerprint.signature);
    struct triage_filing filing = findings->filing;
    struct triage_outcome outcome;
    int error;

    filing.known = known != NULL ? known->reason : NULL;
    error = triage_file(&filing, artifact, result, &outcome, diagnostic);
    if (error == RIG_OK) {
        *finding = outcome.finding;
        error = note_outcome(findings, &outcome);
    }
    return error;
}

static int triage(struct fuzz_findings *findings, const struct triage_artifact *artifact,
                  int64_t *finding, struct diagnostic *diagnostic)
{
    struct triage_result result;
    int error = triage_run_input(findings->reproducer, artifact->path, &result, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    error = file_result(findings, artifact, &result, finding, diagnostic);
    triage_result_clear(&result);
    return error;
}

/* The stack has been seen: when the input fails at once, further attempts would say nothing new. */
static int triage_again(struct fuzz_findings *findings, const struct triage_artifact *artifact,
                        int64_t *finding, struct diagnostic *diagnostic)
{
    struct reproducer once = *findings->reproducer;
    struct triage_result result;
    int error;

    once.attempts = 1;
    error = triage_run_input(&once, artifact->path, &result, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = result.hits > 0 ? file_result(findings, artifact, &result, finding, diagnostic)
                            : triage(findings, artifact, finding, diagnostic);
    triage_result_clear(&result);
    return error;
}

/* Triages one of a flood that has room; of a known defect one is enough. */
static int triage_flood(struct fuzz_findings *findings, const struct triage_artifact *artifact,
                        struct fuzz_flood *flood, unsigned limit, struct diagnostic *diagnostic)
{
    const struct fuzz_finding *finding;
    int error = flood->triaged > 0 && !flood->is_hang
                    ? triage_again(findings, artifact, &flood->finding, diagnostic)
                    : triage(findings, artifact, &flood->finding, diagnostic);

    flood->triaged++;
    finding = find(findings, flood->finding);
    if (finding != NULL && finding->state == FINDING_KNOWN) {
        flood->triaged = limit;
    }
    return error;
}

int fuzz_findings_take(void *context, const struct triage_artifact *artifact,
                       struct diagnostic *diagnostic)
{
    struct fuzz_findings *findings = context;
    struct sanitizer_report report;
    struct fuzz_flood *flood;
    struct fuzz_finding *known;
    unsigned limit;

    findings->result->artifacts++;
    if (artifact->text_size == 0) { /* nothing to know a flood by: each may be another defect */
        int64_t finding = 0;

        return triage(findings, artifact, &finding, diagnostic);
    }
    triage_read_artifact(artifact, &report);
    limit = report.report_class == REPORT_HANG ? FUZZ_TRIAGE_HANGS : FUZZ_TRIAGE_LIMIT;
    flood = find_flood(findings, fingerprint_raw(&report));
    if (flood == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    flood->is_hang = report.report_class == REPORT_HANG;
    known = flood->triaged >= limit ? find(findings, flood->finding) : NULL;
    if (known != NULL) {
        known->artifacts++;
        findings->result->not_triaged++;
        return RIG_OK;
    }
    return triage_flood(findings, artifact, flood, limit, diagnostic);
}

/* ---- files that no fuzzer has stopped on in this run ---- */

/* Runs a file by `reproducer`, and triages it if it fails. */
static int try_file(struct fuzz_findings *findings, const struct reproducer *reproducer,
                    const char *path, bool *failed, struct diagnostic *diagnostic)
{
    struct triage_artifact artifact = {.path = path};
    struct triage_result first;
    int64_t finding = 0;
    int error = triage_run_input(reproducer, path, &first, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    *failed = first.hits > 0;
    if (*failed) {
        artifact.text = first.text;
        artifact.text_size = first.text_size;
        findings->result->artifacts++;
        error = triage(findings, &artifact, &finding, diagnostic);
    }
    triage_result_clear(&first);
    return error;
}

int fuzz_findings_retry(struct fuzz_findings *findings, const char *path, bool *failed,
                        struct diagnostic *diagnostic)
{
    *failed = false;
    return try_file(findings, findings->reproducer, path, failed, diagnostic);
}

/* One run tells whether it fails at all; only then the attempts of triage are worth their time. */
static int regress_one(struct fuzz_findings *findings, const char *path,
                       struct diagnostic *diagnostic)
{
    struct reproducer once = *findings->reproducer;
    bool failed = false;

    once.attempts = 1;
    return try_file(findings, &once, path, &failed, diagnostic);
}

int fuzz_findings_regress(struct fuzz_findings *findings, const char *folder,
                          struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_is_directory(folder) ? file_list(folder, &names, diagnostic) : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);

        if (path == NULL) {
            error = RIG_ERROR_NO_MEMORY;
        } else if (names.items[i][0] != '.' && file_is_regular(path)) {
            error = regress_one(findings, path, diagnostic);
        }
        free(path);
    }
    text_list_free(&names);
    return error;
}

/* ---- minimising ---- */

/* Of a wall-clock hang each try costs a time limit, and what failed once only proves nothing. */
static bool is_worth_minimising(const struct finding *finding)
{
    static const char *const slow[] = {"hang:wall-clock|", "hang:deadline|"};

    for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
        if (strncmp(finding->bucket, slow[i], strlen(slow[i])) == 0) {
            return false;
        }
    }
    return finding->class != FINDING_UNREPRODUCIBLE && finding->input.path[0] != '\0' &&
           finding->minimised.path[0] == '\0';
}

static int minimise_to(const struct fuzz_findings *findings, const struct finding *finding,
                       struct minimise_request *request, struct diagnostic *diagnostic)
{
    struct minimise_result result;
    char *input = NULL;
    bool is_smaller;
    int error = store_check_input(findings->filing.store, &finding->input, &input, diagnostic);

    if (error == RIG_OK) {
        request->input_path = input;
        error = minimise_input(request, &result, diagnostic);
    }
    free(input);
    if (error != RIG_OK) {
        return error;
    }
    is_smaller = result.size_after < result.size_before;
    return store_set_minimised(findings->filing.store, finding->id,
                               is_smaller ? request->output_path : NULL, diagnostic);
}

static int minimise_finding(const struct fuzz_findings *findings, const struct finding *finding,
                            const char *folder, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int64_t own_ms = process_clock_ms() + (int64_t)MINIMISE_S * 1000;
    char *output = file_join(folder, "minimised");
    struct minimise_request request = {
        .reproducer = findings->reproducer,
        .fingerprint = finding->fingerprint,
        .output_path = output,
        .tries = MINIMISE_TRIES,
        .deadline_ms = own_ms < deadline_ms ? own_ms : deadline_ms,
    };
    int error =
        output != NULL ? minimise_to(findings, finding, &request, diagnostic) : RIG_ERROR_NO_MEMORY;

    free(output);
    return error;
}

int fuzz_findings_minimise(struct fuzz_findings *findings, const char *folder,
                           struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = process_clock_ms() + (int64_t)FUZZ_MINIMISE_S * 1000;
    int error = RIG_OK;

    for (size_t i = 0;
         error == RIG_OK && i < findings->result->finding_count && process_clock_ms() < deadline_ms;
         i++) {
        struct finding finding = {.id = 0};

        error = store_get_finding(findings->filing.store, findings->result->findings[i].id,
                                  &finding, diagnostic);
        if (error == RIG_OK && is_worth_minimising(&finding)) {
            error = minimise_finding(findings, &finding, folder, deadline_ms, diagnostic);
        }
        finding_clear(&finding);
    }
    return error;
}

void fuzz_findings_close(struct fuzz_findings *findings)
{
    free(findings->floods);
    findings->floods = NULL;
    findings->flood_count = 0;
}
