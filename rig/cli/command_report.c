#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/lab_report.h"
#include "cli/output.h"
#include "coverage/requirement.h"
#include "report/json_text.h"
#include "report/report_files.h"

/* Which formats to write: what --format names, json for --json alone, else Markdown. */
static size_t choose_formats(const struct command_line *line, bool chosen[REPORT_FORMAT_COUNT])
{
    size_t count = 0;
    const char *names = line->text[OPTION_FORMAT];

    if (names == NULL)
        names = report_format_name(line->given[OPTION_JSON] ? REPORT_JSON : REPORT_MARKDOWN);
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        chosen[format] = choice_is_in(names, report_format_name((enum report_format)format));
        count += chosen[format] ? 1 : 0;
    }
    return count;
}

static int check_formats(const struct command_line *line, const bool chosen[REPORT_FORMAT_COUNT],
                         size_t count, struct diagnostic *diagnostic)
{
    if (line->given[OPTION_OUTPUT])
        return RIG_OK;
    if (count > 1)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "several formats need a folder: add --output DIR");
    if (line->given[OPTION_JSON] && !chosen[REPORT_JSON])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--json and --format %s do not go together without --output DIR",
                               line->text[OPTION_FORMAT]);
    return RIG_OK;
}

static int print_report(const struct report *report, const bool chosen[REPORT_FORMAT_COUNT])
{
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        char *text = NULL;
        size_t size = 0;
        int error;

        if (!chosen[format])
            continue;
        error = report_render(report, (enum report_format)format, &text, &size);
        if (error != RIG_OK)
            return error;
        output_bytes(text, size);
        free(text);
    }
    return RIG_OK;
}

/* Writes the files; their paths go to standard output, as lines or as {"files": [...]}. */
static int write_files(const struct command_line *line, const struct report *report,
                       const bool chosen[REPORT_FORMAT_COUNT], struct diagnostic *diagnostic)
{
    const char *folder = line->text[OPTION_OUTPUT];
    struct text_list paths = {NULL, 0};
    int error = RIG_OK;

    for (int format = 0; error == RIG_OK && format < REPORT_FORMAT_COUNT; format++) {
        const enum report_format each = (enum report_format)format;
        char *path;

        if (!chosen[format])
            continue;
        path = file_join(folder, report_format_file(each));
        error = path == NULL ? RIG_ERROR_NO_MEMORY : text_list_append(&paths, path);
        free(path);
        if (error == RIG_OK)
            error = report_write_file(report, each, folder, diagnostic);
    }
    if (error == RIG_OK && line->given[OPTION_JSON])
        error = output_json(json_pack("{s:o}", "files", json_text_array(&paths)));
    for (size_t i = 0; error == RIG_OK && !line->given[OPTION_JSON] && i < paths.count; i++) {
        output_text(paths.items[i]);
        output_print("\n");
    }
    text_list_free(&paths);
    return error;
}

/* Inputs that did not run through may have added to either side, so they leave it open. */
static enum exit_code judge_requirement(const struct coverage_requirement *requirement,
                                        const struct coverage *coverage)
{
    const bool is_complete = coverage_is_complete(coverage);
    struct coverage_count count;
    char phrase[COVERAGE_PHRASE_SIZE];

    switch (coverage_requirement_check(requirement, coverage, &count)) {
    case REQUIREMENT_MET:
        return is_complete ? EXIT_CLEAN : EXIT_INCONCLUSIVE;
    case REQUIREMENT_MISSED:
        message_print("ordeal: coverage of %s: %s of the lines, %u %% are required",
                      requirement->path, coverage_phrase(count.lines_covered, count.lines, phrase),
                      requirement->percent);
        return is_complete ? EXIT_FINDING : EXIT_INCONCLUSIVE;
    case REQUIREMENT_EMPTY:
        break;
    }
    message_print("ordeal: coverage of %s: no code of %s/%s is in the harness programs",
                  requirement->path, coverage->project, requirement->path);
    return EXIT_CONFIGURATION;
}

/* What was not measured meets nothing. Says on standard error what came in between. */
static enum exit_code judge_coverage(const struct coverage_requirements *requirements,
                                     const struct coverage *coverage)
{
    enum exit_code exit_code = EXIT_CLEAN;

    if (coverage->reason != NULL) {
        message_print("ordeal: coverage is not measured: %s", coverage->reason);
        return requirements->count > 0 ? EXIT_BENCH : EXIT_CLEAN;
    }
    if (!coverage_is_complete(coverage))
        message_print("ordeal: coverage is incomplete, a lower bound: the report says what is "
                      "missing");
    for (size_t i = 0; i < requirements->count; i++)
        exit_code =
            exit_code_combine(exit_code, judge_requirement(&requirements->items[i], coverage));
    return exit_code;
}

static int check_requirements(const struct command_line *line,
                              struct coverage_requirements *requirements,
                              struct diagnostic *diagnostic)
{
    if (!line->given[OPTION_REQUIRE_COVERAGE])
        return RIG_OK;
    if (line->given[OPTION_NO_COVERAGE])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--no-coverage and --require-coverage do not go together");
    return coverage_requirements_parse(line->text[OPTION_REQUIRE_COVERAGE], requirements,
                                       diagnostic);
}

/* A requirement on coverage has its answer without a store: a fresh checkout has none. */
static int open_lab(const struct command_line *line, struct lab *lab, struct diagnostic *diagnostic)
{
    int error = lab_open_workspace(lab, line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_clauses(lab, diagnostic);
    if (error == RIG_OK)
        error = line->given[OPTION_REQUIRE_COVERAGE]
                    ? lab_open_store_if_any(lab, line, diagnostic)
                    : lab_open_store(lab, line, STORE_READ, diagnostic);
    return error;
}

int command_report(const struct command_line *line, enum exit_code *exit_code,
                   struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct lab_report gathered;
    struct coverage_requirements requirements = {NULL, 0};
    bool chosen[REPORT_FORMAT_COUNT];
    int error = check_formats(line, chosen, choose_formats(line, chosen), diagnostic);

    memset(&gathered, 0, sizeof gathered);
    if (error == RIG_OK)
        error = check_requirements(line, &requirements, diagnostic);
    if (error == RIG_OK)
        error = open_lab(line, &lab, diagnostic);
    if (error == RIG_OK && !line->given[OPTION_NO_COVERAGE])
        error = lab_report_measure(&lab, &gathered, diagnostic);
    if (error == RIG_OK)
        error = lab_report_gather(&lab, &gathered, diagnostic);
    if (error == RIG_OK)
        error = line->given[OPTION_OUTPUT] ? write_files(line, &gathered.report, chosen, diagnostic)
                                           : print_report(&gathered.report, chosen);
    if (error == RIG_OK && gathered.has_coverage)
        *exit_code = judge_coverage(&requirements, &gathered.coverage);
    coverage_requirements_free(&requirements);
    lab_report_clear(&gathered);
    lab_close(&lab);
    return error;
}
