#include "cli/commands.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/fuzz_harness.h"
#include "cli/output.h"
#include "cli/table.h"
#include "report/phrases.h"

#define DEFAULT_TIME_S 60
#define DEFAULT_JOBS   1
#define DEFAULT_ENGINE "libfuzzer"

static int print_verdicts(const struct fuzz_result *result)
{
    static const char *const headings[] = {"CLAUSE", "VERDICT", "REASON"};
    struct table *table = table_create(headings, 3);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < result->verdict_count; i++) {
        const struct fuzz_verdict *each = &result->verdicts[i];
        const char *const cells[] = {each->clause, verdict_name(each->verdict), each->reason};
        error = table_add(table, cells);
    }
    if (error == RIG_OK && result->verdict_count > 0)
        table_print(table);
    table_destroy(table);
    return error;
}

/* "finding F-3 (new, known), 7 inputs" */
static void print_finding(const struct fuzz_finding *finding)
{
    const char *since = finding->is_new ? "new" : finding->is_reopened ? "reopened" : "";
    const char *state = finding->state == FINDING_OPEN ? "" : finding_state_name(finding->state);
    const bool has_both = since[0] != '\0' && state[0] != '\0';

    output_print("finding F-%" PRId64, finding->id);
    if (since[0] != '\0' || state[0] != '\0')
        output_print(" (%s%s%s)", since, has_both ? ", " : "", state);
    output_print(", %" PRIu64 " inputs\n", finding->artifacts);
}

static void print_result(const struct fuzz_result *result)
{
    output_print("%s on %s with %s: %" PRIu64 " inputs, %.0f/s, %" PRIu64 " edges, run R-%" PRId64
                 ", seed %" PRIu64 "\n",
                 result->harness, result->target, result->engine, result->execs,
                 result->execs_per_second, result->edges, result->run, result->seed);
    if (!isnan(result->stability))
        output_print("stability %.1f %%: coverage that is the same each time an input runs\n",
                     result->stability);
    for (size_t i = 0; i < result->finding_count; i++)
        print_finding(&result->findings[i]);
    if (result->baseline_count > 0)
        output_print("baseline: %zu of %zu known defects met\n", result->baseline_met,
                     result->baseline_count);
    if (result->not_triaged > 0)
        output_print("%" PRIu64 " of %" PRIu64 " failing inputs were not looked at one by one\n",
                     result->not_triaged, result->artifacts);
}

static int show(const struct command_line *line, const struct fuzz_result *result)
{
    if (line->given[OPTION_JSON])
        return output_json(fuzz_result_json(result));
    print_result(result);
    return print_verdicts(result);
}

static int fuzz(const struct fuzz_request *request, enum exit_code *exit_code,
                struct diagnostic *diagnostic)
{
    struct fuzz_result result;
    int error = fuzz_harness(request, &result, diagnostic);
    int show_error = RIG_OK;

    *exit_code = fuzz_exit_code(&result, error);
    if (result.run != 0)
        show_error = show(request->line, &result);
    fuzz_result_clear(&result);
    return error != RIG_OK ? error : show_error;
}

int command_fuzz(const struct command_line *line, enum exit_code *exit_code,
                 struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct fuzz_request request = {
        .line = line,
        .lab = &lab,
        .command = "fuzz",
        .engine =
            engine_find(line->given[OPTION_ENGINE] ? line->text[OPTION_ENGINE] : DEFAULT_ENGINE),
        .time_s = line->given[OPTION_TIME] ? (unsigned)line->number[OPTION_TIME] : DEFAULT_TIME_S,
        .jobs = line->given[OPTION_JOBS] ? (unsigned)line->number[OPTION_JOBS] : DEFAULT_JOBS,
    };
    int error = lab_open_workspace(&lab, line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_harnesses(&lab, diagnostic);
    if (error == RIG_OK)
        error = lab_find_harness(&lab, line->operands[0], &request.harness, diagnostic);
    if (error == RIG_OK)
        error = fuzz_check_target(line, &lab, diagnostic);
    if (error == RIG_OK)
        error = fuzz_check_engine(&request, diagnostic);
    if (error == RIG_OK)
        error = lab_open_store(&lab, line, STORE_CREATE, diagnostic);
    if (error == RIG_OK)
        error = fuzz(&request, exit_code, diagnostic);
    lab_close(&lab);
    return error;
}
