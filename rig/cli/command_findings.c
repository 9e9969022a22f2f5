#include "cli/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lab.h"
#include "cli/output.h"
#include "cli/table.h"
#include "report/finding_json.h"
#include "report/json_text.h"
#include "report/phrases.h"

static bool is_wanted(const struct command_line *line, const struct finding *finding)
{
    return !line->given[OPTION_STATE] ||
           strcmp(line->text[OPTION_STATE], finding_state_name(finding->state)) == 0;
}

static int print_json(const struct command_line *line, const struct finding_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        if (is_wanted(line, &list->items[i]) &&
            json_array_append_new(array, finding_json(&list->items[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return output_json(array);
}

static int add_row(struct table *table, const struct finding *finding)
{
    char id[32];
    char occurrences[32];
    const char *const cells[] = {id,
                                 finding->clause,
                                 finding_class_name(finding->class),
                                 finding_severity_name(finding->severity),
                                 finding_state_name(finding->state),
                                 finding->source,
                                 occurrences,
                                 finding->title};

    (void)snprintf(id, sizeof id, "F-%" PRId64, finding->id);
    (void)snprintf(occurrences, sizeof occurrences, "%" PRIu64, finding->occurrences);
    return table_add(table, cells);
}

static int print_table(const struct command_line *line, const struct finding_list *list)
{
    static const char *const headings[] = {"ID",    "CLAUSE", "CLASS", "SEVERITY",
                                           "STATE", "SOURCE", "SEEN",  "TITLE"};
    struct table *table = table_create(headings, 8);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < list->count; i++) {
        if (is_wanted(line, &list->items[i]))
            error = add_row(table, &list->items[i]);
    }
    if (error == RIG_OK && table_rows(table) > 0)
        table_print(table);
    else if (error == RIG_OK)
        message_print("no findings");
    table_destroy(table);
    return error;
}

static int list_findings(const struct command_line *line, const struct lab *lab,
                         struct diagnostic *diagnostic)
{
    const struct finding_filter filter = {.clause = line->text[OPTION_CLAUSE]};
    struct finding_list list = {NULL, 0};
    int error = store_list_findings(lab->store, &filter, &list, diagnostic);

    if (error == RIG_OK)
        error = line->given[OPTION_JSON] ? print_json(line, &list) : print_table(line, &list);
    finding_list_free(&list);
    return error;
}

static void print_field(const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    output_print("%-12s ", name);
    output_text(value);
    output_print("\n");
}

static int print_evidence(const struct lab *lab, const char *name, const char *relative)
{
    char *path;

    if (relative[0] == '\0')
        return RIG_OK;
    path = store_evidence_path(lab->store, relative);
    if (path == NULL)
        return RIG_ERROR_NO_MEMORY;
    print_field(name, path);
    free(path);
    return RIG_OK;
}

static void print_facts(const struct finding *finding)
{
    char time[TIME_PHRASE_SIZE];

    output_print("F-%" PRId64 " ", finding->id);
    output_text(finding->title);
    output_print("\n\n");
    print_field("clause", finding->clause);
    print_field("class", finding_class_name(finding->class));
    print_field("detail", finding->detail);
    print_field("severity", finding_severity_name(finding->severity));
    print_field("state", finding_state_name(finding->state));
    print_field("reason", finding->reason);
    print_field("source", finding->source);
    print_field("target", finding->target);
    print_field("rung", rung_name(finding->rung));
    print_field("engine", finding->engine);
    output_print("%-12s %" PRIu64 "\n", "occurrences", finding->occurrences);
    output_print("%-12s %s, in R-%" PRId64 "\n", "first seen",
                 time_phrase(finding->first_seen, time), finding->first_run);
    output_print("%-12s %s, in R-%" PRId64 "\n", "last seen", time_phrase(finding->last_seen, time),
                 finding->last_run);
    print_field("fingerprint", finding->fingerprint);
    print_field("replay", finding->replay);
}

static int print_finding(const struct lab *lab, const struct finding *finding)
{
    char *command = repro_command(store_folder(lab->store), finding->id);
    int error = command == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    if (error == RIG_OK) {
        print_facts(finding);
        error = print_evidence(lab, "input", finding->input);
    }
    if (error == RIG_OK)
        error = print_evidence(lab, "report", finding->report);
    if (error == RIG_OK) {
        print_field("reproduce", command);
        for (size_t i = 0; i < finding->frames.count; i++)
            print_field(i == 0 ? "frames" : "", finding->frames.items[i]);
    }
    free(command);
    return error;
}

/* Prints which programs showed the finding last, one a line: SHA-256 and name. */
static int print_programs(const struct run *run)
{
    struct text_list lines = {NULL, 0};
    int error = text_list_split(&lines, run->harness_hash, '\n');

    for (size_t i = 0; i < lines.count; i++)
        print_field(i == 0 ? "programs" : "", lines.items[i]);
    text_list_free(&lines);
    return error;
}

/* The finding's fields, and those of the run that saw it last. */
static json_t *shown_json(const struct finding *finding, const struct run *run)
{
    json_t *object = finding_json_detailed(finding);

    if (object != NULL &&
        (json_object_set_new(object, "harness_hash", json_text_lines(run->harness_hash)) != 0 ||
         json_object_set_new(object, "tool_versions", json_text_lines(run->tool_versions)) != 0)) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static int show_finding(const struct command_line *line, const struct lab *lab, int64_t id,
                        struct diagnostic *diagnostic)
{
    struct finding finding;
    struct run run = {.id = 0};
    int error = store_get_finding(lab->store, id, &finding, diagnostic);

    if (error != RIG_OK)
        return error;
    error = store_get_run(lab->store, finding.last_run, &run, diagnostic);
    if (error == RIG_OK && line->given[OPTION_JSON]) {
        error = output_json(shown_json(&finding, &run));
    } else if (error == RIG_OK) {
        error = print_finding(lab, &finding);
        if (error == RIG_OK)
            error = print_programs(&run);
    }
    run_clear(&run);
    finding_clear(&finding);
    return error;
}

static int close_finding(const struct command_line *line, const struct lab *lab, int64_t id,
                         struct diagnostic *diagnostic)
{
    const struct finding_closing closing = {FINDING_FIXED, line->text[OPTION_WHY], 0};
    int error = store_close_finding(lab->store, id, &closing, diagnostic);

    if (error == RIG_OK && line->given[OPTION_JSON])
        error = show_finding(line, lab, id, diagnostic);
    else if (error == RIG_OK)
        output_print("F-%" PRId64 " is closed as fixed; it opens again when it is seen again\n",
                     id);
    return error;
}

/* What the operands ask for. */
enum findings_action { ACTION_LIST, ACTION_SHOW, ACTION_CLOSE };

static int read_action(const struct command_line *line, enum findings_action *action, int64_t *id,
                       struct diagnostic *diagnostic)
{
    const char *word = line->operand_count > 0 ? line->operands[0] : "";

    *action = ACTION_LIST;
    if (line->operand_count > 0) {
        if (strcmp(word, "show") != 0 && strcmp(word, "close") != 0)
            return diagnostic_fail(
                diagnostic, RIG_ERROR_USAGE,
                "'%.64s' is neither show nor close: see `ordeal findings --help`", word);
        *action = word[0] == 's' ? ACTION_SHOW : ACTION_CLOSE;
        if (line->operand_count < 2 || finding_parse_id(line->operands[1], id) != RIG_OK)
            return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                   "`ordeal findings %s` needs a finding such as F-12", word);
    }
    if (line->given[OPTION_WHY] != (*action == ACTION_CLOSE))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%s",
                               *action == ACTION_CLOSE
                                   ? "closing a finding needs a reason: add --why TEXT"
                                   : "--why goes with `ordeal findings close` only");
    if (*action != ACTION_LIST && (line->given[OPTION_STATE] || line->given[OPTION_CLAUSE]))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--state and --clause go with the list of findings only");
    return RIG_OK;
}

/* A clause that does not exist has no findings, but to say so would hide the slip. */
static int check_clause(const struct command_line *line, struct lab *lab,
                        struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (!line->given[OPTION_CLAUSE])
        return RIG_OK;
    error = lab_open_workspace(lab, line, diagnostic);
    if (error == RIG_OK)
        error = lab_load_clauses(lab, diagnostic);
    return error == RIG_OK ? lab_check_clause(lab, line->text[OPTION_CLAUSE], diagnostic) : error;
}

int command_findings(const struct command_line *line, enum exit_code *exit_code,
                     struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    enum findings_action action = ACTION_LIST;
    int64_t id = 0;
    int error = read_action(line, &action, &id, diagnostic);

    (void)exit_code;
    if (error == RIG_OK)
        error = check_clause(line, &lab, diagnostic);
    if (error == RIG_OK)
        error = lab_open_store(&lab, line, action == ACTION_CLOSE ? STORE_WRITE : STORE_READ,
                               diagnostic);
    if (error == RIG_OK && action == ACTION_LIST)
        error = list_findings(line, &lab, diagnostic);
    else if (error == RIG_OK && action == ACTION_SHOW)
        error = show_finding(line, &lab, id, diagnostic);
    else if (error == RIG_OK)
        error = close_finding(line, &lab, id, diagnostic);
    lab_close(&lab);
    return error;
}
