#include <stdlib.h>
#include <time.h>

#include "findings/store_settle.h"

#define FINDING_COLUMNS                                                                            \
    "SELECT id, clause, class, severity, state, rung, target,"                                     \
    " (SELECT group_concat(name, char(10)) FROM (SELECT DISTINCT run.target AS name FROM sighting" \
    "  JOIN run ON run.id = sighting.run WHERE sighting.finding = finding.id)),"                   \
    " source, engine, fingerprint, title, replay, detail, frames, first_seen, last_seen,"          \
    " first_run, last_run, occurrences, reason, expires, report, bucket, input, input_hash,"       \
    " input_size, minimised, minimised_hash, minimised_size FROM finding "

/* Numbers of FINDING_COLUMNS. */
enum column {
    COLUMN_ID,
    COLUMN_CLAUSE,
    COLUMN_CLASS,
    COLUMN_SEVERITY,
    COLUMN_STATE,
    COLUMN_RUNG,
    COLUMN_TARGET,
    COLUMN_TARGETS,
    COLUMN_SOURCE,
    COLUMN_ENGINE,
    COLUMN_FINGERPRINT,
    COLUMN_TITLE,
    COLUMN_REPLAY,
    COLUMN_DETAIL,
    COLUMN_FRAMES,
    COLUMN_FIRST_SEEN,
    COLUMN_LAST_SEEN,
    COLUMN_FIRST_RUN,
    COLUMN_LAST_RUN,
    COLUMN_OCCURRENCES,
    COLUMN_REASON,
    COLUMN_EXPIRES,
    COLUMN_REPORT,
    COLUMN_BUCKET,
    COLUMN_INPUT,
    COLUMN_INPUT_HASH,
    COLUMN_INPUT_SIZE,
    COLUMN_MINIMISED,
    COLUMN_MINIMISED_HASH,
    COLUMN_MINIMISED_SIZE,
};

static int read_texts(sqlite3_stmt *query, struct finding *finding)
{
    const struct {
        enum column column;
        char **text;
    } fields[] = {
        {COLUMN_CLAUSE, &finding->clause},
        {COLUMN_TARGET, &finding->target},
        {COLUMN_SOURCE, &finding->source},
        {COLUMN_ENGINE, &finding->engine},
        {COLUMN_FINGERPRINT, &finding->fingerprint},
        {COLUMN_TITLE, &finding->title},
        {COLUMN_REPLAY, &finding->replay},
        {COLUMN_DETAIL, &finding->detail},
        {COLUMN_REASON, &finding->reason},
        {COLUMN_REPORT, &finding->report},
        {COLUMN_BUCKET, &finding->bucket},
        {COLUMN_INPUT, &finding->input.path},
        {COLUMN_INPUT_HASH, &finding->input.sha256},
        {COLUMN_MINIMISED, &finding->minimised.path},
        {COLUMN_MINIMISED_HASH, &finding->minimised.sha256},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        *fields[i].text = sql_column(query, (int)fields[i].column);
        if (*fields[i].text == NULL) {
            return RIG_ERROR_NO_MEMORY;
        }
    }
    return RIG_OK;
}

static int read_lines(sqlite3_stmt *query, enum column column, struct text_list *list)
{
    char *text = sql_column(query, (int)column);
    int error = text == NULL ? RIG_ERROR_NO_MEMORY : text_list_split(list, text, '\n');
    free(text);
    return error;
}

/* Reads the columns that hold a word of an enum. RIG_ERROR_NOT_FOUND for a word that is unknown. */
static int read_words(sqlite3_stmt *query, struct finding *finding)
{
    char *words[] = {sql_column(query, COLUMN_CLASS), sql_column(query, COLUMN_SEVERITY),
                     sql_column(query, COLUMN_STATE), sql_column(query, COLUMN_RUNG)};
    int error = RIG_ERROR_NO_MEMORY;
    if (words[0] != NULL && words[1] != NULL && words[2] != NULL && words[3] != NULL) {
        error = finding_class_parse(words[0], &finding->class);
        if (error == RIG_OK) {
            error = finding_severity_parse(words[1], &finding->severity);
        }
        if (error == RIG_OK) {
            error = finding_state_parse(words[2], &finding->state);
        }
        if (error == RIG_OK) {
            error = rung_parse(words[3], &finding->rung);
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        free(words[i]);
    }
    return error;
}

/* An acceptance that has expired is over, whoever has noticed. */
static void end_acceptance(struct finding *finding)
{
    if (finding->state == FINDING_ACCEPTED && finding->expires != 0 &&
        finding->expires <= (int64_t)time(NULL)) {
        finding->state = FINDING_OPEN;
        finding->reason[0] = '\0';
    }
}

static int read_finding(const struct store *store, sqlite3_stmt *query, struct finding *finding,
                        struct diagnostic *diagnostic)
{
    *finding = (struct finding){
        .id = sqlite3_column_int64(query, COLUMN_ID),
        .first_seen = sqlite3_column_int64(query, COLUMN_FIRST_SEEN),
        .last_seen = sqlite3_column_int64(query, COLUMN_LAST_SEEN),
        .first_run = sqlite3_column_int64(query, COLUMN_FIRST_RUN),
        .last_run = sqlite3_column_int64(query, COLUMN_LAST_RUN),
        .occurrences = (uint64_t)sqlite3_column_int64(query, COLUMN_OCCURRENCES),
        .expires = sqlite3_column_int64(query, COLUMN_EXPIRES),
        .input.size = (uint64_t)sqlite3_column_int64(query, COLUMN_INPUT_SIZE),
        .minimised.size = (uint64_t)sqlite3_column_int64(query, COLUMN_MINIMISED_SIZE),
    };
    int error = read_texts(query, finding);
    if (error == RIG_OK) {
        error = read_lines(query, COLUMN_TARGETS, &finding->targets);
        text_list_sort(&finding->targets);
    }
    if (error == RIG_OK) {
        error = read_lines(query, COLUMN_FRAMES, &finding->frames);
    }
    if (error == RIG_OK) {
        error = read_words(query, finding);
    }
    if (error == RIG_OK) {
        end_acceptance(finding);
    } else if (error == RIG_ERROR_NO_MEMORY) {
        (void)sql_no_memory(diagnostic);
    } else {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s/lab.db: F-%lld has an unknown class, severity, state or rung; "
                                "restore the store from a copy",
                                store->folder, (long long)finding->id);
    }
    if (error != RIG_OK) {
        finding_clear(finding);
    }
    return error;
}

int store_no_finding(const struct store *store, int64_t id, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                           "%s: no finding F-%lld; `ordeal findings` lists them", store->folder,
                           (long long)id);
}

int store_get_finding(struct store *store, int64_t id, struct finding *finding,
                      struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(id)};
    sqlite3_stmt *query = NULL;
    bool has_row = false;
    int error =
        sql_query(store, FINDING_COLUMNS "WHERE id = ?", SQL_VALUES(values), &query, diagnostic);
    if (error == RIG_OK) {
        error = sql_next(store, query, &has_row, diagnostic);
    }
    if (error == RIG_OK) {
        error = has_row ? read_finding(store, query, finding, diagnostic)
                        : store_no_finding(store, id, diagnostic);
    }
    (void)sqlite3_finalize(query);
    return error;
}

static int append_finding(struct finding_list *list, const struct finding *finding)
{
    struct finding *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    list->items = items;
    items[list->count++] = *finding;
    return RIG_OK;
}

static int read_rows(struct store *store, sqlite3_stmt *query, struct finding_list *list,
                     struct diagnostic *diagnostic)
{
    bool has_row = true;
    int error = RIG_OK;
    while (error == RIG_OK && has_row) {
        struct finding finding;
        error = sql_next(store, query, &has_row, diagnostic);
        if (error == RIG_OK && has_row) {
            error = read_finding(store, query, &finding, diagnostic);
            if (error == RIG_OK && append_finding(list, &finding) != RIG_OK) {
                finding_clear(&finding);
                error = sql_no_memory(diagnostic);
            }
        }
    }
    return error;
}

int store_list_findings(struct store *store, const struct finding_filter *filter,
                        struct finding_list *list, struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {
        sql_integer(filter->only_open ? 1 : 0),
        sql_integer(filter->no_unreproducible ? 1 : 0),
        sql_text(filter->clause),
        sql_text(filter->source),
        sql_integer(filter->seen_in_run),
        sql_integer((int64_t)time(NULL)),
    };
    sqlite3_stmt *query = NULL;
    *list = (struct finding_list){NULL, 0};
    int error = sql_query(store,
                          FINDING_COLUMNS
                          "WHERE (?1 = 0 OR state = 'open' OR"
                          "  (state = 'accepted' AND expires != 0 AND expires <= ?6))"
                          " AND (?2 = 0 OR class != 'unreproducible')"
                          " AND (?3 = '' OR clause = ?3) AND (?4 = '' OR source = ?4)"
                          " AND (?5 = 0 OR id IN (SELECT finding FROM sighting WHERE run = ?5))"
                          " ORDER BY id",
                          SQL_VALUES(values), &query, diagnostic);
    if (error == RIG_OK) {
        error = read_rows(store, query, list, diagnostic);
    }
    (void)sqlite3_finalize(query);
    if (error != RIG_OK) {
        finding_list_free(list);
    }
    return error;
}
