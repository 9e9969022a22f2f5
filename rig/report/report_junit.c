#include "report/report_junit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/markup.h"
#include "report/phrases.h"

struct counts {
    size_t failures;
    size_t errors;
    size_t skipped;
};

static struct counts count_verdicts(const struct rollup *rollup)
{
    struct counts counts = {0, 0, 0};

    for (size_t i = 0; i < rollup->count; i++) {
        switch (rollup->items[i].verdict) {
        case VERDICT_PASS:
            break;
        case VERDICT_FAIL:
            counts.failures++;
            break;
        case VERDICT_INCONCLUSIVE:
        case VERDICT_ERROR:
            counts.errors++;
            break;
        case VERDICT_NOT_TESTED:
        case VERDICT_NOT_APPLICABLE:
        case VERDICT_MANUAL:
        case VERDICT_COUNT:
            counts.skipped++;
            break;
        }
    }
    return counts;
}

static int write_attacks(const struct report *report, const char *clause, FILE *out)
{
    const struct clause_result *attack = NULL;

    while ((attack = report_next_attack(report, clause, attack)) != NULL) {
        const char *doubt = report_attack_doubt(report, attack);
        char *phrase = report_attack_phrase(report, attack);
        if (phrase == NULL)
            return RIG_ERROR_NO_MEMORY;
        (void)fprintf(out, "%s: ", verdict_name(attack->verdict));
        markup_xml(out, phrase);
        if (doubt != NULL)
            (void)fprintf(out, ", but %s", doubt);
        if (attack->reason[0] != '\0') {
            (void)fputs(": ", out);
            markup_xml(out, attack->reason);
        }
        (void)fputc('\n', out);
        free(phrase);
    }
    return RIG_OK;
}

static int write_findings(const struct report *report, const char *clause, FILE *out)
{
    const struct finding *finding = NULL;

    while ((finding = report_next_finding(report, clause, finding)) != NULL) {
        char *command = repro_command(store_folder(report->sources.store), finding->id);
        if (command == NULL)
            return RIG_ERROR_NO_MEMORY;
        (void)fprintf(out, "F-%" PRId64 " (%s, %s) against ", finding->id,
                      finding_class_name(finding->class), finding_severity_name(finding->severity));
        markup_xml(out, clause);
        (void)fputs(": ", out);
        markup_xml(out, finding->title);
        (void)fputs("\nreproduce: ", out);
        markup_xml(out, command);
        (void)fputc('\n', out);
        free(command);
    }
    return RIG_OK;
}

/* <failure> or <error> with all that stands behind the verdict. */
static int write_problem(const struct report *report, const struct clause_verdict *verdict,
                         FILE *out)
{
    const char *element = verdict->verdict == VERDICT_FAIL ? "failure" : "error";
    int error;

    (void)fprintf(out, "      <%s type=\"%s\" message=\"", element, verdict_name(verdict->verdict));
    markup_xml(out, verdict->clause->id);
    (void)fprintf(out, ": %zu finding%s\">", verdict->findings, verdict->findings == 1 ? "" : "s");
    error = write_findings(report, verdict->clause->id, out);
    if (error == RIG_OK)
        error = write_attacks(report, verdict->clause->id, out);
    (void)fprintf(out, "</%s>\n", element);
    return error;
}

static int write_outcome(const struct report *report, const struct clause_verdict *verdict,
                         FILE *out)
{
    int error = RIG_OK;

    switch (verdict->verdict) {
    case VERDICT_FAIL:
    case VERDICT_INCONCLUSIVE:
    case VERDICT_ERROR:
        return write_problem(report, verdict, out);
    case VERDICT_PASS:
        (void)fputs("      <system-out>", out);
        error = write_attacks(report, verdict->clause->id, out);
        (void)fputs("</system-out>\n", out);
        return error;
    case VERDICT_NOT_TESTED:
    case VERDICT_NOT_APPLICABLE:
    case VERDICT_MANUAL:
    case VERDICT_COUNT:
        break;
    }
    (void)fprintf(out, "      <skipped message=\"%s\"/>\n", verdict_name(verdict->verdict));
    return RIG_OK;
}

/* Coverage as properties of the suite: `coverage.lines.<folder>` is "covered/total". */
static void write_coverage(const struct coverage *coverage, FILE *out)
{
    struct coverage_count count;
    const char *folder;
    size_t index = 0;

    if (coverage == NULL)
        return;
    (void)fputs("    <properties>\n      <property name=\"coverage\" value=\"", out);
    if (coverage->reason != NULL)
        (void)fputs("not measured: ", out);
    markup_xml(out, coverage->reason);
    if (coverage->reason == NULL)
        (void)fputs(coverage_is_complete(coverage) ? "complete" : "incomplete: a lower bound", out);
    (void)fputs("\"/>\n", out);
    while ((folder = coverage_next_folder(coverage, &index, &count)) != NULL) {
        (void)fputs("      <property name=\"coverage.lines.", out);
        markup_xml(out, folder);
        (void)fprintf(out, "\" value=\"%" PRIu64 "/%" PRIu64 "\"/>\n", count.lines_covered,
                      count.lines);
        (void)fputs("      <property name=\"coverage.branches.", out);
        markup_xml(out, folder);
        (void)fprintf(out, "\" value=\"%" PRIu64 "/%" PRIu64 "\"/>\n", count.branches_covered,
                      count.branches);
    }
    (void)fputs("    </properties>\n", out);
}

int report_write_junit(const struct report *report, FILE *out)
{
    const struct counts counts = count_verdicts(&report->rollup);
    int error = RIG_OK;

    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n"
                  "  <testsuite name=\"ETSI EN 303 645 V3.1.3\" tests=\"%zu\" failures=\"%zu\" "
                  "errors=\"%zu\" skipped=\"%zu\">\n",
                  report->rollup.count, counts.failures, counts.errors, counts.skipped,
                  report->rollup.count, counts.failures, counts.errors, counts.skipped);
    write_coverage(report->sources.coverage, out);
    for (size_t i = 0; error == RIG_OK && i < report->rollup.count; i++) {
        const struct clause_verdict *verdict = &report->rollup.items[i];
        (void)fputs("    <testcase classname=\"ETSI EN 303 645\" name=\"", out);
        markup_xml(out, verdict->clause->id);
        (void)fputc(' ', out);
        markup_xml(out, verdict->clause->title);
        (void)fputs("\">\n", out);
        error = write_outcome(report, verdict, out);
        (void)fputs("    </testcase>\n", out);
    }
    (void)fputs("    <system-out>", out);
    markup_xml(out, REPORT_NOTE);
    (void)fputs("</system-out>\n  </testsuite>\n</testsuites>\n", out);
    return error;
}
