#include "cli/commands.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/date.h"
#include "cli/finding_page.h"
#include "cli/lab.h"
#include "cli/output.h"
#include "cli/promote.h"
#include "cli/table.h"
#include "report/finding_json.h"

#define DAY_S 86400

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

static int close_finding(const struct command_line *line, const struct lab *lab, int64_t id,
                         struct diagnostic *diagnostic)
{
    const struct finding_closing closing = {FINDING_FIXED, line->text[OPTION_WHY], 0};
    int error = store_close_finding(lab->store, id, &closing, diagnostic);

    if (error == RIG_OK && line->given[OPTION_JSON])
        error = finding_page_show(line, lab, id, diagnostic);
    else if (error == RIG_OK)
        output_print("F-%" PRId64 " is closed as fixed; it opens again when it is seen again\n",
                     id);
    return error;
}

static int read_until(const struct command_line *line, int64_t *expires,
                      struct diagnostic *diagnostic)
{
    const char *text = line->text[OPTION_UNTIL];

    if (!date_parse(text, expires))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%.64s' is no day: write one as 2026-12-31", text);
    if (*expires - DAY_S <= (int64_t)time(NULL))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--until %.64s is not in the future: choose a later day", text);
    return RIG_OK;
}

static int accept_finding(const struct command_line *line, const struct lab *lab, int64_t id,
                          struct diagnostic *diagnostic)
{
    struct finding_closing closing = {FINDING_ACCEPTED, line->text[OPTION_WHY], 0};
    char day[DATE_PHRASE_SIZE];
    int error = read_until(line, &closing.expires, diagnostic);

    if (error == RIG_OK)
        error = store_close_finding(lab->store, id, &closing, diagnostic);
    if (error == RIG_OK && line->given[OPTION_JSON])
        error = finding_page_show(line, lab, id, diagnostic);
    else if (error == RIG_OK)
        output_print("F-%" PRId64 " is accepted until %s and open again after that day (UTC)\n", id,
                     date_phrase(closing.expires, day));
    return error;
}

/* What the operands ask for. */
enum findings_action { ACTION_LIST, ACTION_SHOW, ACTION_CLOSE, ACTION_ACCEPT, ACTION_PROMOTE };

enum need { NOT_TAKEN, TAKEN, REQUIRED };

/* What goes with an action. */
struct action_spec {
    enum findings_action action;
    const char *word;
    enum need why;
    enum need until;
    enum store_mode mode;
};

static const struct action_spec actions[] = {
    {ACTION_LIST, "", NOT_TAKEN, NOT_TAKEN, STORE_READ},
    {ACTION_SHOW, "show", NOT_TAKEN, NOT_TAKEN, STORE_READ},
    {ACTION_CLOSE, "close", REQUIRED, NOT_TAKEN, STORE_WRITE},
    {ACTION_ACCEPT, "accept", REQUIRED, REQUIRED, STORE_WRITE},
    {ACTION_PROMOTE, "promote", TAKEN, NOT_TAKEN, STORE_WRITE},
};

static const struct action_spec *find_action(const char *word)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].word, word) == 0)
            return &actions[i];
    }
    return NULL;
}

/* Whether an option is there when the action needs it, and not when it does not take it. */
static int check_need(const struct command_line *line, enum option_id option, enum need need,
                      const char *word, struct diagnostic *diagnostic)
{
    const struct option_spec *spec = option_spec(option);

    if (line->given[option] && need == NOT_TAKEN)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--%s does not go with `ordeal findings%s%s`", spec->name,
                               word[0] != '\0' ? " " : "", word);
    if (!line->given[option] && need == REQUIRED)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "`ordeal findings %s` needs more: add --%s %s", word, spec->name,
                               spec->argument);
    return RIG_OK;
}

static int read_action(const struct command_line *line, const struct action_spec **action,
                       int64_t *id, struct diagnostic *diagnostic)
{
    const char *word = line->operand_count > 0 ? line->operands[0] : "";
    int error;

    *action = find_action(word);
    if (*action == NULL || (word[0] == '\0' && line->operand_count > 0))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%.64s' is none of show, close, accept and promote: see `ordeal "
                               "findings --help`",
                               word);
    if (word[0] != '\0' &&
        (line->operand_count < 2 || finding_parse_id(line->operands[1], id) != RIG_OK))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "`ordeal findings %s` needs a finding such as F-12", word);
    error = check_need(line, OPTION_WHY, (*action)->why, word, diagnostic);
    if (error == RIG_OK)
        error = check_need(line, OPTION_UNTIL, (*action)->until, word, diagnostic);
    if (error == RIG_OK && (*action)->action != ACTION_LIST &&
        (line->given[OPTION_STATE] || line->given[OPTION_CLAUSE]))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--state and --clause go with the list of findings only");
    return error;
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

static int act(const struct action_spec *spec, const struct command_line *line, struct lab *lab,
               int64_t id, enum exit_code *exit_code, struct diagnostic *diagnostic)
{
    switch (spec->action) {
    case ACTION_SHOW:
        return finding_page_show(line, lab, id, diagnostic);
    case ACTION_CLOSE:
        return close_finding(line, lab, id, diagnostic);
    case ACTION_ACCEPT:
        return accept_finding(line, lab, id, diagnostic);
    case ACTION_PROMOTE:
        return promote_finding(line, lab, id, exit_code, diagnostic);
    case ACTION_LIST:
        break;
    }
    return list_findings(line, lab, diagnostic);
}

int command_findings(const struct command_line *line, enum exit_code *exit_code,
                     struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    const struct action_spec *action = NULL;
    int64_t id = 0;
    int error = read_action(line, &action, &id, diagnostic);

    if (error == RIG_OK)
        error = check_clause(line, &lab, diagnostic);
    if (error == RIG_OK)
        error = lab_open_store(&lab, line, action->mode, diagnostic);
    if (error == RIG_OK)
        error = act(action, line, &lab, id, exit_code, diagnostic);
    lab_close(&lab);
    return error;
}
