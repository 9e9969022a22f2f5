#include "fuzz/fuzz_findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

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
        if (outcome->is_new && findings->on_finding != NULL) {
            findings->on_finding(findings->context, outcome->finding);
        }
    }
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

static int triage(struct fuzz_findings *findings, const struct triage_artifact *artifact,
                  int64_t *finding, struct diagnostic *diagnostic)
{
    struct triage_result result;
    struct triage_outcome outcome;
    int error = triage_run_input(findings->reproducer, artifact->path, &result, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    error = triage_file(&findings->filing, artifact, &result, &outcome, diagnostic);
    triage_result_clear(&result);
    if (error == RIG_OK) {
        *finding = outcome.finding;
        error = note_outcome(findings, &outcome);
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
    triage_read_artifact(artifact, &report);
    limit = report.report_class == REPORT_HANG ? FUZZ_TRIAGE_HANGS : FUZZ_TRIAGE_LIMIT;
    flood = find_flood(findings, fingerprint_raw(&report));
    if (flood == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    known = flood->triaged >= limit ? find(findings, flood->finding) : NULL;
    if (known != NULL) {
        known->artifacts++;
        findings->result->not_triaged++;
        return RIG_OK;
    }
    flood->triaged++;
    return triage(findings, artifact, &flood->finding, diagnostic);
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

void fuzz_findings_close(struct fuzz_findings *findings)
{
    free(findings->floods);
    findings->floods = NULL;
    findings->flood_count = 0;
}
