/*
 * The filing half of findings/triage.h.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "findings/triage.h"

static enum finding_class class_of(enum report_class report_class)
{
    switch (report_class) {
    case REPORT_MEMORY:
        return FINDING_MEMORY;
    case REPORT_FAULT:
        return FINDING_FAULT;
    case REPORT_ORACLE:
        return FINDING_ORACLE;
    case REPORT_HANG:
        return FINDING_HANG;
    case REPORT_NONE:
        break;
    }
    return FINDING_UNREPRODUCIBLE;
}

void triage_title(const struct sanitizer_report *report, char *title, size_t size)
{
    struct fingerprint fingerprint;
    const char *kind = report->kind;
    const char *prefix = "";

    fingerprint_make(report, &fingerprint);
    if (report->report_class == REPORT_ORACLE || report->report_class == REPORT_HANG) {
        prefix = report->report_class == REPORT_ORACLE ? "oracle " : "hang ";
        kind = report->name;
    }
    if (report->report_class == REPORT_ORACLE || fingerprint.function[0] == '\0') {
        (void)snprintf(title, size, "%s%s", prefix, kind);
    } else {
        (void)snprintf(title, size, "%s%s in %s", prefix, kind, fingerprint.function);
    }
    if (report->about[0] != '\0') {
        size_t used = strlen(title);

        (void)snprintf(title + used, size - used, " (%s)", report->about);
    }
}

/* The strings of a finding_report. */
struct filing_text {
    char title[TRIAGE_TITLE_SIZE];
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    char detail[REPORT_KIND_SIZE + REPORT_ABOUT_SIZE + REPORT_CLAUSE_SIZE + 96];
    struct text_list frames;
};

/* Whether the report names a clause that does not exist. Nobody would look for it there. */
static bool is_unknown_clause(const struct triage_filing *filing,
                              const struct sanitizer_report *report)
{
    return filing->clauses != NULL && report->clause[0] != '\0' &&
           strcmp(report->clause, "none") != 0 &&
           clauses_find(filing->clauses, report->clause) == NULL;
}

static const char *choose_clause(const struct triage_filing *filing,
                                 const struct triage_result *result)
{
    bool is_named = result->hits > 0 && result->report.clause[0] != '\0' &&
                    !is_unknown_clause(filing, &result->report);

    return is_named ? result->report.clause : filing->clause;
}

static void write_detail(const struct triage_result *result, char *detail, size_t size)
{
    const struct sanitizer_report *report = &result->report;
    bool is_about = report->about[0] != '\0';
    int used =
        snprintf(detail, size, "%s%s%s", report->kind, is_about ? ", about " : "", report->about);

    if (used >= 0 && (size_t)used < size && result->hits < result->attempts) {
        (void)snprintf(detail + used, size - (size_t)used, ", %u of %u attempts", result->hits,
                       result->attempts);
    }
}

static int describe_failure(const struct triage_filing *filing, const struct triage_result *result,
                            struct filing_text *text)
{
    const struct sanitizer_report *report = &result->report;

    triage_title(report, text->title, sizeof(text->title));
    memcpy(text->fingerprint, result->fingerprint.text, sizeof(text->fingerprint));
    write_detail(result, text->detail, sizeof(text->detail));
    if (is_unknown_clause(filing, report)) {
        size_t used = strlen(text->detail);

        (void)snprintf(text->detail + used, sizeof(text->detail) - used,
                       ", names the unknown clause %s", report->clause);
    }
    return fingerprint_functions(report, &text->frames);
}

void triage_read_artifact(const struct triage_artifact *artifact, struct sanitizer_report *report)
{
    /* libFuzzer's own exit code says no more than that it stopped on an input. */
    const struct process_end stopped = {.outcome = PROCESS_SIGNALED, .signal_number = SIGABRT};

    sanitizer_report_parse(artifact->text != NULL ? artifact->text : "", artifact->text_size,
                           &stopped, report);
}

/* What the fuzzer saw and the reproducer did not; kept apart by kind and place. */
static void describe_unreproducible(const struct triage_artifact *artifact,
                                    const struct triage_result *result, struct filing_text *text)
{
    struct sanitizer_report report;

    triage_read_artifact(artifact, &report);
    (void)snprintf(text->title, sizeof(text->title), "not reproduced: %s", report.kind);
    (void)snprintf(text->fingerprint, sizeof(text->fingerprint), "unreproducible-%016" PRIx64,
                   fingerprint_raw(&report));
    (void)snprintf(text->detail, sizeof(text->detail), "%s, 0 of %u attempts", report.kind,
                   result->attempts);
}

static int file(const struct triage_filing *filing, const struct finding_report *report,
                struct triage_outcome *outcome, struct diagnostic *diagnostic)
{
    struct store_filed filed;
    struct finding finding = {0};
    int error = store_file_finding(filing->store, filing->run, report, &filed, diagnostic);

    if (error == RIG_OK) {
        error = store_get_finding(filing->store, filed.id, &finding, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    outcome->finding = filed.id;
    outcome->is_new = filed.is_new;
    outcome->reopened = filed.reopened;
    outcome->state = filed.state;
    outcome->counts = finding_counts(&finding, (int64_t)time(NULL));
    (void)snprintf(outcome->clause, sizeof(outcome->clause), "%s", finding.clause);
    finding_clear(&finding);
    return RIG_OK;
}

int triage_file(const struct triage_filing *filing, const struct triage_artifact *artifact,
                const struct triage_result *result, struct triage_outcome *outcome,
                struct diagnostic *diagnostic)
{
    struct filing_text text = {0};
    bool failed = result->hits > 0;
    struct finding_report report = {
        .clause = choose_clause(filing, result),
        .class = failed ? class_of(result->report.report_class) : FINDING_UNREPRODUCIBLE,
        .severity = filing->severity,
        .title = text.title,
        .fingerprint = text.fingerprint,
        .bucket = failed ? result->fingerprint.signature : NULL,
        .detail = text.detail,
        .frames = &text.frames,
        .input_path = artifact->path,
        .report_text = failed ? result->text : artifact->text,
        .report_size = failed ? result->text_size : artifact->text_size,
        .known = failed ? filing->known : NULL,
    };
    int error = RIG_OK;

    memset(outcome, 0, sizeof(*outcome));
    if (failed) {
        error = describe_failure(filing, result, &text);
    } else {
        describe_unreproducible(artifact, result, &text);
    }
    if (error == RIG_OK) {
        error = file(filing, &report, outcome, diagnostic);
    }
    text_list_free(&text.frames);
    return error;
}
