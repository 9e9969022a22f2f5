#include "report/report_markdown.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/coverage_markdown.h"
#include "report/long_reason.h"
#include "report/markup.h"
#include "report/phrases.h"

static void write_heading(const struct report *report, FILE *out)
{
    char time[TIME_PHRASE_SIZE];
    struct store *store = report->sources.store;

    (void)fprintf(out, "# Ordeal report\n\n%s, ordeal %s, store ",
                  time_phrase(report->sources.now, time), ORDEAL_VERSION);
    markup_markdown_code(out, store != NULL ? store_folder(store) : NULL);
    (void)fprintf(out, ".\n\n> %s\n\n", REPORT_NOTE);
}

static void write_summary(const struct report *report, FILE *out)
{
    size_t counts[VERDICT_COUNT] = {0};

    for (size_t i = 0; i < report->rollup.count; i++)
        counts[report->rollup.items[i].verdict]++;
    (void)fprintf(out, "## Summary\n\n%zu provisions, %zu run%s, %zu finding%s in the store.\n\n",
                  report->rollup.count, report->runs.count, report->runs.count == 1 ? "" : "s",
                  report->findings.count, report->findings.count == 1 ? "" : "s");
    (void)fputs("| verdict | provisions |\n|---|---:|\n", out);
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        if (counts[verdict] > 0)
            (void)fprintf(out, "| %s | %zu |\n", verdict_name((enum verdict)verdict),
                          counts[verdict]);
    }
    if (report->unknown > 0)
        (void)fprintf(out,
                      "\n%zu results or findings name a provision that the catalogue does not "
                      "know; they judge nothing.\n",
                      report->unknown);
    (void)fputc('\n', out);
}

static int write_finding(const struct report *report, const struct finding *finding, FILE *out)
{
    char first[TIME_PHRASE_SIZE];
    char last[TIME_PHRASE_SIZE];
    char *command = repro_command(store_folder(report->sources.store), finding->id);

    if (command == NULL)
        return RIG_ERROR_NO_MEMORY;
    (void)fprintf(out, "### F-%" PRId64 ": ", finding->id);
    markup_markdown(out, finding->title);
    (void)fputs("\n\n- provision ", out);
    markup_markdown(out, finding->clause);
    (void)fprintf(out, ", class %s, severity %s, state %s", finding_class_name(finding->class),
                  finding_severity_name(finding->severity), finding_state_name(finding->state));
    if (finding->reason[0] != '\0') {
        (void)fputs(": ", out);
        markup_markdown(out, finding->reason);
    }
    if (finding->state == FINDING_ACCEPTED && finding->expires != 0)
        (void)fprintf(out, " (until %s)", time_phrase(finding->expires - 1, first));
    (void)fputs("\n- found by ", out);
    markup_markdown_code(out, finding->source);
    (void)fputs(" on ", out);
    markup_markdown_code(out, finding->target);
    (void)fprintf(out, " (%s), seen %" PRIu64 " times, first %s, last %s\n- reproduce: ",
                  rung_name(finding->rung), finding->occurrences,
                  time_phrase(finding->first_seen, first), time_phrase(finding->last_seen, last));
    markup_markdown_code(out, command);
    (void)fputs("\n", out);
    for (size_t i = 0; i < finding->frames.count; i++) {
        (void)fputs(i == 0 ? "- call stack, innermost first: " : ", ", out);
        markup_markdown_code(out, finding->frames.items[i]);
    }
    (void)fputs(finding->frames.count > 0 ? "\n\n" : "\n", out);
    free(command);
    return RIG_OK;
}

static int write_findings(const struct report *report, FILE *out)
{
    int error = RIG_OK;

    (void)fputs("## Findings\n\n", out);
    if (report->findings.count == 0)
        (void)fputs("None.\n\n", out);
    for (size_t i = 0; error == RIG_OK && i < report->findings.count; i++)
        error = write_finding(report, &report->findings.items[i], out);
    return error;
}

/* What a row says behind the verdict. A pass has a reason, too: first that there is no
 * counter-example, which the verdict says as well; then, behind a semicolon, what was not looked
 * at, or not claimed. */
static const char *told_reason(const struct clause_result *attack)
{
    const char *limits;

    if (attack->verdict != VERDICT_PASS)
        return attack->reason;
    limits = strstr(attack->reason, "; ");
    return limits != NULL ? limits + 2 : "";
}

static void write_row_reason(const struct clause_result *attack, FILE *out)
{
    char row[REASON_ROW_SIZE];
    bool fits;

    if (told_reason(attack)[0] == '\0')
        return;
    fits = reason_fits_row(told_reason(attack), row);
    (void)fputs(": ", out);
    markup_markdown(out, row);
    if (!fits)
        (void)fprintf(out, " (R-%" PRId64 ", below)", attack->run);
}

/* What stands beside a verdict: its findings, then its attack set. */
static int write_evidence(const struct report *report, const char *clause, FILE *out)
{
    const struct finding *finding = NULL;
    const struct clause_result *attack = NULL;
    bool first = true;

    while ((finding = report_next_finding(report, clause, finding)) != NULL) {
        (void)fprintf(out, "%sF-%" PRId64, first ? "" : "; ", finding->id);
        first = false;
    }
    while ((attack = report_next_attack(report, clause, attack)) != NULL) {
        const char *doubt = report_attack_doubt(report, attack);
        char *phrase = report_attack_phrase(report, attack);
        if (phrase == NULL)
            return RIG_ERROR_NO_MEMORY;
        (void)fprintf(out, "%s%s: ", first ? "" : "; ", verdict_name(attack->verdict));
        markup_markdown(out, phrase);
        if (doubt != NULL)
            (void)fprintf(out, ", **but %s**", doubt);
        free(phrase);
        write_row_reason(attack, out);
        first = false;
    }
    return RIG_OK;
}

static int write_clauses(const struct report *report, FILE *out)
{
    size_t untouched = 0;
    int error = RIG_OK;

    (void)fputs("## Provisions\n\n| provision | | title | verdict | rungs | evidence |\n"
                "|---|---|---|---|---|---|\n",
                out);
    for (size_t i = 0; error == RIG_OK && i < report->rollup.count; i++) {
        const struct clause_verdict *verdict = &report->rollup.items[i];
        char rungs[REPORT_RUNGS_SIZE];

        if (!report_clause_touched(report, verdict)) {
            untouched++;
            continue;
        }
        (void)fprintf(out, "| %s | %s | ", verdict->clause->id,
                      clause_status_name(verdict->clause->status));
        markup_markdown(out, verdict->clause->title);
        (void)fprintf(out, " | %s | %s | ", verdict_name(verdict->verdict),
                      report_rungs_phrase(verdict, rungs));
        error = write_evidence(report, verdict->clause->id, out);
        (void)fputs(" |\n", out);
    }
    (void)fprintf(out,
                  "\nNothing touched the other %zu provisions: matters of documents are "
                  "MANUAL, the rest is NOT TESTED.\n\n",
                  untouched);
    return error;
}

/* Whether an earlier row for another clause has the same reason, of the same run. */
static bool was_told(const struct report *report, size_t index)
{
    const struct clause_result *result = &report->results.items[index];

    for (size_t i = 0; i < index; i++) {
        const struct clause_result *earlier = &report->results.items[i];
        if (earlier->run == result->run && !report_is_replaced(report, i) &&
            strcmp(earlier->reason, result->reason) == 0)
            return true;
    }
    return false;
}

static void write_long_reasons(const struct report *report, FILE *out)
{
    size_t told = 0;

    for (size_t i = 0; i < report->results.count; i++) {
        const struct clause_result *result = &report->results.items[i];
        char row[REASON_ROW_SIZE];

        if (reason_fits_row(told_reason(result), row) || report_is_replaced(report, i) ||
            was_told(report, i))
            continue;
        (void)fprintf(out, "%s- R-%" PRId64 ", ", told++ == 0 ? "### Reasons in full\n\n" : "",
                      result->run);
        markup_markdown_code(out, result->source);
        (void)fprintf(out, ", %s: ", verdict_name(result->verdict));
        markup_markdown(out, told_reason(result));
        (void)fputc('\n', out);
    }
    if (told > 0)
        (void)fputc('\n', out);
}

/* A run that has no end does not say whether its control held, and one that could not be made had none. */
static const char *control_phrase(const struct run *run)
{
    if (!run->finished || run->verdict == VERDICT_NOT_TESTED)
        return "-";
    return run->control_held ? "held" : "did not hold";
}

static void write_runs(const struct report *report, FILE *out)
{
    (void)fputs("## Runs\n\n| run | started | command | harness | SHA-256 | target | inputs | "
                "inputs/s | edges | control | verdict |\n"
                "|---|---|---|---|---|---|---:|---:|---:|---|---|\n",
                out);
    for (size_t i = 0; i < report->runs.count; i++) {
        const struct run *run = &report->runs.items[i];
        char time[TIME_PHRASE_SIZE];
        char hash[REPORT_HASH_DIGITS + 1];

        (void)fprintf(out, "| R-%" PRId64 " | %s | ", run->id, time_phrase(run->started, time));
        markup_markdown(out, run->command);
        (void)fputs(" | ", out);
        markup_markdown(out, run->harness);
        (void)fprintf(out, " | %s | ", report_hash_phrase(run, hash));
        markup_markdown(out, run->target);
        (void)fprintf(out, " (%s) | %" PRIu64 " | %.0f | %" PRIu64 " | %s | %s |\n",
                      rung_name(run->rung), run->execs, run->execs_per_second, run->edges,
                      control_phrase(run), report_run_outcome(run));
    }
    (void)fputc('\n', out);
}

static void write_targets(const struct report *report, FILE *out)
{
    (void)fputs("## What the rungs do not model\n\n", out);
    for (size_t i = 0; i < report->sources.target_count; i++) {
        const struct report_target *target = &report->sources.targets[i];

        if (!report_target_used(report, target->name))
            continue;
        (void)fputs("- ", out);
        markup_markdown_code(out, target->name);
        (void)fputs(", ", out);
        markup_markdown(out, target->title);
        (void)fprintf(out, " (%s)\n", target->class_name);
        for (size_t k = 0; k < target->fidelity->count; k++) {
            (void)fputs("  - ", out);
            markup_markdown(out, target->fidelity->items[k]);
            (void)fputc('\n', out);
        }
    }
    (void)fputs("\nOn every host rung: the code runs on another processor, with another compiler, "
                "timing and memory layout than on the device.\n",
                out);
}

int report_write_markdown(const struct report *report, FILE *out)
{
    int error;

    write_heading(report, out);
    write_summary(report, out);
    error = write_findings(report, out);
    if (error == RIG_OK)
        error = write_clauses(report, out);
    write_long_reasons(report, out);
    write_runs(report, out);
    coverage_write_markdown(report->sources.coverage, out);
    write_targets(report, out);
    return error;
}
