#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "cli/campaign_scenarios.h"
#include "cli/duration.h"
#include "cli/fuzz_harness.h"
#include "cli/lab_report.h"
#include "cli/output.h"
#include "cli/table.h"
#include "report/json_text.h"
#include "report/report_files.h"

#define DEFAULT_REPORT_FOLDER "ordeal-report"

/* A harness's turn. */
struct turn {
    struct fuzz_result result;
    int error; /* of fuzz_harness() */
};

struct campaign {
    const struct command_line *line;
    struct lab lab;
    unsigned time_s;  /* of each harness; 0: its share of total_s */
    unsigned total_s; /* of fuzzing in all */
    unsigned jobs;
    const char *report_folder;
    struct turn *turns; /* owned, one a harness that had its turn */
    size_t turn_count;
    struct campaign_scenarios scenarios;
    struct lab_report gathered;
};

/* However many harnesses there are, a campaign takes about as long. */
static const struct {
    const char *name;
    unsigned total_s;
} profiles[] = {{"quick", 60}, {"standard", 150}, {"deep", 7200}};

/* Less tells nothing: the corpus alone takes a second or two. */
#define LEAST_TIME_S 5U

static int choose_time(const struct command_line *line, struct campaign *campaign,
                       struct diagnostic *diagnostic)
{
    const char *name = line->operand_count > 0 ? line->operands[0] : "standard";

    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        if (strcmp(profiles[i].name, name) == 0) {
            campaign->time_s = line->given[OPTION_TIME] ? (unsigned)line->number[OPTION_TIME] : 0;
            campaign->total_s = profiles[i].total_s;
            return RIG_OK;
        }
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                           "no campaign '%.64s': there are quick, standard and deep", name);
}

/* The time of one harness of `count`. */
static unsigned share_of_time(const struct campaign *campaign, size_t count)
{
    const unsigned share = campaign->total_s / (unsigned)count;

    if (campaign->time_s > 0)
        return campaign->time_s;
    return share > LEAST_TIME_S ? share : LEAST_TIME_S;
}

static unsigned choose_jobs(const struct command_line *line)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (line->given[OPTION_JOBS])
        return (unsigned)line->number[OPTION_JOBS];
    if (cores < 1)
        return 1;
    return cores > ENGINE_JOBS_MAX ? ENGINE_JOBS_MAX : (unsigned)cores;
}

/* Makes the report's folder before hours of fuzzing, not after them. */
static int make_report_folder(const char *folder, struct diagnostic *diagnostic)
{
    struct diagnostic cause = {.text = ""};
    const int error = file_make_directories(folder, &cause);

    if (error == RIG_ERROR_NO_MEMORY)
        return error;
    if (error != RIG_OK)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s; name another folder for the report with -o",
                               cause.text[0] != '\0' ? cause.text : rig_strerror(error));
    if (!file_is_directory(folder) || access(folder, W_OK | X_OK) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: no folder to write the report in; name another with -o",
                               folder);
    return RIG_OK;
}

/* How many harnesses, from the first, are the user's own. */
static size_t count_own_harnesses(const struct lab *lab)
{
    const size_t all = harness_catalogue_count(lab->harnesses);
    const char *user = workspace_user_folder(lab->workspace);
    size_t own = 0;

    while (own < all && strcmp(harness_catalogue_at(lab->harnesses, own)->folder, user) == 0)
        own++;
    return own;
}

/* In Ordeal's own tree all are its own. */
static bool has_own_harnesses(const struct lab *lab)
{
    return workspace_folder_count(lab->workspace) > 1 && count_own_harnesses(lab) > 0;
}

/* How many harnesses, from the first, have a turn. A PASS of Ordeal's reference device says nothing
 * about the user's product, so it runs only when there is no own. */
static size_t count_harnesses(const struct lab *lab)
{
    const size_t own = count_own_harnesses(lab);

    return own > 0 ? own : harness_catalogue_count(lab->harnesses);
}

static int open_lab(struct campaign *campaign, struct diagnostic *diagnostic)
{
    struct lab *lab = &campaign->lab;
    int error = lab_open_workspace(lab, campaign->line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_harnesses(lab, diagnostic);
    if (error == RIG_OK && harness_catalogue_count(lab->harnesses) == 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "there is no harness: write harnesses/harnesses.yaml in %s, or "
                                "name its folder with --project",
                                workspace_user_folder(lab->workspace));
    if (error == RIG_OK)
        error = lab_load_clauses(lab, diagnostic);
    if (error == RIG_OK)
        error = campaign_scenarios_plan(&campaign->scenarios, campaign->line, lab,
                                        has_own_harnesses(lab), diagnostic);
    if (error == RIG_OK)
        error = lab_open_store(lab, campaign->line, STORE_CREATE, diagnostic);
    if (error == RIG_OK)
        error = make_report_folder(campaign->report_folder, diagnostic);
    return error;
}

/* Fuzzes the harnesses; an error of one stands in its turn and does not stop the others. */
static int fuzz_all(struct campaign *campaign)
{
    const size_t count = count_harnesses(&campaign->lab);

    campaign->turns = calloc(count > 0 ? count : 1, sizeof *campaign->turns);
    if (campaign->turns == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < count && !interrupt_requested(); i++) {
        const struct fuzz_request request = {
            .line = campaign->line,
            .lab = &campaign->lab,
            .harness = harness_catalogue_at(campaign->lab.harnesses, i),
            .command = "campaign",
            .time_s = share_of_time(campaign, count),
            .engine = engine_find("libfuzzer"),
            .jobs = campaign->jobs,
        };
        struct turn *turn = &campaign->turns[campaign->turn_count++];
        struct diagnostic diagnostic = {.text = ""};
        char time[DURATION_TEXT_SIZE];

        message_print("[%zu/%zu] %s: control and regressions, then %s with %u job%s", i + 1, count,
                      request.harness->name, duration_format(request.time_s, time), request.jobs,
                      request.jobs == 1 ? "" : "s");
        turn->error = fuzz_harness(&request, &turn->result, &diagnostic);
        if (turn->error != RIG_OK && turn->error != RIG_ERROR_INTERRUPTED)
            message_print("ordeal: %s: %s", request.harness->name,
                          diagnostic.text[0] != '\0' ? diagnostic.text : rig_strerror(turn->error));
    }
    return RIG_OK;
}

static int write_report(struct campaign *campaign, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (!interrupt_requested())
        error = lab_report_measure(&campaign->lab, &campaign->gathered, diagnostic);
    if (error == RIG_OK)
        error = lab_report_gather(&campaign->lab, &campaign->gathered, diagnostic);
    for (int format = 0; error == RIG_OK && format < REPORT_FORMAT_COUNT; format++)
        error = report_write_file(&campaign->gathered.report, (enum report_format)format,
                                  campaign->report_folder, diagnostic);
    return error;
}

/* "F-1 F-3", for free(). NULL when memory is short. */
static char *joined_findings(const struct fuzz_result *result)
{
    char *joined = text_duplicate("");

    for (size_t i = 0; joined != NULL && i < result->finding_count; i++) {
        char *longer =
            text_format("%s%sF-%" PRId64, joined, i > 0 ? " " : "", result->findings[i].id);
        free(joined);
        joined = longer;
    }
    return joined;
}

static int add_turn(struct table *table, const struct turn *turn)
{
    const struct fuzz_result *result = &turn->result;
    char execs[32];
    char rate[32];
    char edges[32];
    char *findings = joined_findings(result);
    const char *const cells[] = {result->harness, execs,    rate,
                                 edges,           findings, fuzz_outcome(result, turn->error)};
    int error = findings == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    (void)snprintf(execs, sizeof execs, "%" PRIu64, result->execs);
    (void)snprintf(rate, sizeof rate, "%.0f", result->execs_per_second);
    (void)snprintf(edges, sizeof edges, "%" PRIu64, result->edges);
    if (error == RIG_OK)
        error = table_add(table, cells);
    free(findings);
    return error;
}

static int print_turns(const struct campaign *campaign)
{
    static const char *const headings[] = {"HARNESS", "INPUTS",   "INPUTS/S",
                                           "EDGES",   "FINDINGS", "VERDICT"};
    struct table *table = table_create(headings, 6);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < campaign->turn_count; i++)
        error = add_turn(table, &campaign->turns[i]);
    if (error == RIG_OK)
        table_print(table);
    table_destroy(table);
    return error;
}

static int print_clauses(const struct report *report)
{
    static const char *const headings[] = {"CLAUSE", "VERDICT", "RUNGS", "TITLE"};
    struct table *table = table_create(headings, 4);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < report->rollup.count; i++) {
        const struct clause_verdict *each = &report->rollup.items[i];
        char rungs[REPORT_RUNGS_SIZE];
        const char *const cells[] = {each->clause->id, verdict_name(each->verdict),
                                     report_rungs_phrase(each, rungs), each->clause->title};
        if (report_clause_touched(report, each))
            error = table_add(table, cells);
    }
    if (error == RIG_OK && table_rows(table) > 0) {
        output_print("\n");
        table_print(table);
    }
    table_destroy(table);
    return error;
}

static json_t *turns_json(const struct campaign *campaign)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < campaign->turn_count; i++) {
        const struct turn *turn = &campaign->turns[i];
        json_t *object = fuzz_result_json(&turn->result);
        if (object == NULL ||
            json_object_set_new(object, "outcome",
                                json_string(fuzz_outcome(&turn->result, turn->error))) != 0 ||
            json_array_append(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
        json_decref(object);
    }
    return array;
}

static json_t *touched_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->rollup.count; i++) {
        const struct clause_verdict *each = &report->rollup.items[i];
        if (report_clause_touched(report, each) &&
            json_array_append_new(array, json_pack("{s:s, s:s}", "id", each->clause->id, "verdict",
                                                   verdict_name(each->verdict))) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static int show(const struct campaign *campaign)
{
    const struct campaign_scenarios *scenarios = &campaign->scenarios;
    int error;

    if (campaign->line->given[OPTION_JSON])
        return output_json(
            json_pack("{s:o, s:o, s:o, s:o}", "harnesses", turns_json(campaign), "scenarios",
                      run_results_json(scenarios->turns.items, scenarios->turns.count), "clauses",
                      touched_json(&campaign->gathered.report), "report",
                      json_text(campaign->report_folder)));
    error = print_turns(campaign);
    if (error == RIG_OK && scenarios->turns.count > 0) {
        output_print("\n");
        error = run_print(&scenarios->plan.target, scenarios->turns.items, scenarios->turns.count);
    }
    if (error == RIG_OK)
        error = print_clauses(&campaign->gathered.report);
    if (error != RIG_OK)
        return error;
    output_print("\nreport in ");
    output_text(campaign->report_folder);
    output_print("\nThis is evidence; it certifies nothing.\n");
    return RIG_OK;
}

static int run_campaign(struct campaign *campaign, enum exit_code *exit_code,
                        struct diagnostic *diagnostic)
{
    int error = open_lab(campaign, diagnostic);

    if (error == RIG_OK)
        error = fuzz_all(campaign);
    if (error == RIG_OK && !interrupt_requested())
        error = campaign_scenarios_run(&campaign->scenarios, &campaign->lab, diagnostic);
    if (error != RIG_OK && error != RIG_ERROR_INTERRUPTED)
        return error;
    *exit_code = exit_code_combine(*exit_code, campaign_scenarios_exit_code(&campaign->scenarios));
    for (size_t i = 0; i < campaign->turn_count; i++)
        *exit_code = exit_code_combine(
            *exit_code, fuzz_exit_code(&campaign->turns[i].result, campaign->turns[i].error));
    if (interrupt_requested()) {
        *exit_code = EXIT_INTERRUPTED;
        message_print("ordeal: interrupted; the report covers what was judged until now");
    }
    error = write_report(campaign, diagnostic);
    return error == RIG_OK ? show(campaign) : error;
}

int command_campaign(const struct command_line *line, enum exit_code *exit_code,
                     struct diagnostic *diagnostic)
{
    struct campaign campaign = {.line = line, .jobs = choose_jobs(line)};
    int error = choose_time(line, &campaign, diagnostic);

    campaign.report_folder =
        line->given[OPTION_OUTPUT] ? line->text[OPTION_OUTPUT] : DEFAULT_REPORT_FOLDER;
    if (error == RIG_OK)
        error = run_campaign(&campaign, exit_code, diagnostic);
    for (size_t i = 0; i < campaign.turn_count; i++)
        fuzz_result_clear(&campaign.turns[i].result);
    free(campaign.turns);
    campaign_scenarios_clear(&campaign.scenarios);
    lab_report_clear(&campaign.gathered);
    lab_close(&campaign.lab);
    return error;
}
