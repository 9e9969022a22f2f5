#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "findings/store_evidence.h"
#include "findings/store_runs.h"
#include "findings/store_settle.h"

/* Method: the whole of a filing is one transaction. The row is written first, for its number; then
 * the evidence goes to disk under that number, then its paths into the row, then the transaction
 * commits. Whoever is killed on the way leaves no row, and at most files that the next filing
 * replaces. */

/* One filing on its way. Owns the strings that are not const. */
struct filing {
    struct store *store;
    const struct finding_report *report;
    struct run run;
    int64_t now;
    int64_t id;
    bool is_new;
    bool reopened;
    bool needs_evidence;
    enum finding_state state; /* after filing */
    bool changed;             /* the state was another before */
    struct diagnostic *diagnostic;
};

static int check_report(const struct finding_report *report, struct diagnostic *diagnostic)
{
    if (report->clause == NULL || report->title == NULL || report->fingerprint == NULL ||
        !text_is_name(report->fingerprint) || (size_t)report->class >= FINDING_CLASS_COUNT ||
        (size_t)report->severity >= SEVERITY_COUNT) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_USAGE,
            "a finding needs a clause, a title, a fingerprint of [A-Za-z0-9._-], a "
            "class and a severity");
    }
    return RIG_OK;
}

static bool is_missing(const struct store *store, const char *relative)
{
    char *path = store_evidence_path(store, relative);
    bool missing = path == NULL || !file_is_regular(path);
    free(path);
    return missing;
}

/* A person's acceptance outlives a baseline; whatever else was, what is seen is known or open. */
static void choose_state(struct filing *filing, enum finding_state before, int64_t expires)
{
    bool expired = before == FINDING_ACCEPTED && expires != 0 && expires <= filing->now;
    if (before == FINDING_ACCEPTED && !expired) {
        filing->state = FINDING_ACCEPTED;
    } else {
        filing->state = filing->report->known != NULL ? FINDING_KNOWN : FINDING_OPEN;
    }
    filing->changed = filing->state != before;
    filing->reopened = filing->changed && filing->state == FINDING_OPEN;
}

/* Takes over the row that was found: its state, and whether its evidence must be written anew. */
static int read_known(struct filing *filing, sqlite3_stmt *query)
{
    char *state = sql_column(query, 1);
    char *input = sql_column(query, 3);
    enum finding_state before = FINDING_OPEN;
    int error = RIG_OK;
    if (state == NULL || input == NULL) {
        error = sql_no_memory(filing->diagnostic);
    } else if (finding_state_parse(state, &before) != RIG_OK) {
        error =
            diagnostic_fail(filing->diagnostic, RIG_ERROR_CONFIGURATION,
                            "%s/lab.db: a finding has an unknown state; restore the store from a "
                            "copy",
                            filing->store->folder);
    } else {
        filing->id = sqlite3_column_int64(query, 0);
        filing->is_new = false;
        choose_state(filing, before, sqlite3_column_int64(query, 2));
        filing->needs_evidence =
            filing->reopened || (input[0] != '\0' && is_missing(filing->store, input));
    }
    free(state);
    free(input);
    return error;
}

static int find_known(struct filing *filing)
{
    const struct sql_value values[] = {
        sql_text(rung_name(filing->run.rung)),
        sql_text(filing->report->fingerprint),
        sql_integer(filing->report->class == FINDING_UNREPRODUCIBLE ? 1 : 0),
    };
    sqlite3_stmt *query = NULL;
    bool has_row = false;
    filing->is_new = true;
    filing->needs_evidence = true;
    filing->state = filing->report->known != NULL ? FINDING_KNOWN : FINDING_OPEN;
    filing->changed = filing->state != FINDING_OPEN;
    int error = sql_query(filing->store,
                          "SELECT id, state, expires, input FROM finding"
                          " WHERE rung = ? AND fingerprint = ? AND (class = 'unreproducible') = ?",
                          SQL_VALUES(values), &query, filing->diagnostic);
    if (error == RIG_OK) {
        error = sql_next(filing->store, query, &has_row, filing->diagnostic);
    }
    if (error == RIG_OK && has_row) {
        error = read_known(filing, query);
    }
    (void)sqlite3_finalize(query);
    return error;
}

static int insert_row(struct filing *filing)
{
    static const struct text_list no_frames = {NULL, 0};
    const struct finding_report *report = filing->report;
    char *frames = text_list_join(report->frames == NULL ? &no_frames : report->frames, '\n');
    if (frames == NULL) {
        return sql_no_memory(filing->diagnostic);
    }
    const struct sql_value values[] = {
        sql_text(report->clause),
        sql_text(finding_class_name(report->class)),
        sql_text(finding_severity_name(report->severity)),
        sql_text(finding_state_name(filing->state)),
        sql_text(rung_name(filing->run.rung)),
        sql_text(filing->run.target),
        sql_text(filing->run.harness),
        sql_text(filing->run.engine),
        sql_text(report->fingerprint),
        sql_text(report->title),
        sql_text(report->replay),
        sql_text(report->detail),
        sql_lines(frames),
        sql_integer(filing->now),
        sql_integer(filing->now),
        sql_integer(filing->run.id),
        sql_integer(filing->run.id),
        sql_text(report->bucket),
        sql_text(report->known),
    };
    int error =
        sql_run(filing->store,
                "INSERT INTO finding (clause, class, severity, state, rung, target, source,"
                " engine, fingerprint, title, replay, detail, frames, first_seen, last_seen,"
                " first_run, last_run, bucket, reason, occurrences)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                SQL_VALUES(values), filing->diagnostic);
    free(frames);
    filing->id = sqlite3_last_insert_rowid(filing->store->database);
    return error;
}

/* The replay word of a new finding whose reporter has none: it carries the finding's number. */
static int name_replay(struct filing *filing)
{
    if (filing->report->replay != NULL) {
        return RIG_OK;
    }
    char *replay =
        text_format("%s/%s/F-%lld", filing->run.harness, filing->run.target, (long long)filing->id);
    if (replay == NULL) {
        return sql_no_memory(filing->diagnostic);
    }
    const struct sql_value values[] = {sql_text(replay), sql_integer(filing->id)};
    int error = sql_run(filing->store, "UPDATE finding SET replay = ? WHERE id = ?",
                        SQL_VALUES(values), filing->diagnostic);
    free(replay);
    return error;
}

static int update_row(const struct filing *filing)
{
    const struct sql_value values[] = {
        sql_integer(filing->now),
        sql_integer(filing->run.id),
        sql_text(finding_state_name(filing->state)),
        sql_integer(filing->changed ? 1 : 0),
        sql_text(filing->report->known),
        sql_text(filing->report->bucket),
        sql_integer(filing->id),
    };
    return sql_run(filing->store,
                   "UPDATE finding SET occurrences = occurrences + 1, last_seen = ?1,"
                   " last_run = ?2, state = ?3,"
                   " reason = CASE WHEN ?4 OR ?3 = 'known' THEN ?5 ELSE reason END,"
                   " expires = CASE WHEN ?4 THEN 0 ELSE expires END,"
                   " bucket = CASE bucket WHEN '' THEN ?6 ELSE bucket END WHERE id = ?7",
                   SQL_VALUES(values), filing->diagnostic);
}

static int record_change(const struct filing *filing)
{
    char *seen = text_format("seen again in R-%lld", (long long)filing->run.id);
    if (seen == NULL) {
        return sql_no_memory(filing->diagnostic);
    }
    const struct state_change change = {filing->id, filing->now, filing->state,
                                        filing->state == FINDING_KNOWN ? filing->report->known
                                                                       : seen};
    int error = store_add_change(filing->store, &change, filing->diagnostic);
    free(seen);
    return error;
}

static int add_sighting(struct filing *filing)
{
    const struct sql_value values[] = {sql_integer(filing->id), sql_integer(filing->run.id)};
    return sql_run(filing->store,
                   "INSERT INTO sighting (finding, run, occurrences) VALUES (?, ?, 1)"
                   " ON CONFLICT (finding, run) DO UPDATE SET occurrences = occurrences + 1",
                   SQL_VALUES(values), filing->diagnostic);
}

/* Paths of one finding's evidence. Owned. */
struct evidence {
    char *input_name; /* relative to the store's folder */
    char *input;
    char *report_name;
    char *report;
};

static void free_evidence(struct evidence *evidence)
{
    free(evidence->input_name);
    free(evidence->input);
    free(evidence->report_name);
    free(evidence->report);
}

static int name_evidence(const struct filing *filing, struct evidence *evidence)
{
    long long run = (long long)filing->run.id;
    long long id = (long long)filing->id;
    evidence->input_name = text_format("runs/R-%lld/F-%lld.input", run, id);
    evidence->report_name = text_format("runs/R-%lld/F-%lld.report.txt", run, id);
    if (evidence->input_name != NULL && evidence->report_name != NULL) {
        evidence->input = store_evidence_path(filing->store, evidence->input_name);
        evidence->report = store_evidence_path(filing->store, evidence->report_name);
    }
    return evidence->input == NULL || evidence->report == NULL ? sql_no_memory(filing->diagnostic)
                                                               : RIG_OK;
}

static int copy_evidence(const struct filing *filing, const struct evidence *evidence,
                         struct stored_input *kept)
{
    const struct finding_report *report = filing->report;
    char *folder = NULL;
    int error = store_make_run_folder(filing->store, filing->run.id, &folder, filing->diagnostic);
    free(folder);
    if (error == RIG_OK && report->input_path != NULL) {
        error = store_keep_input(report->input_path, evidence->input, kept, filing->diagnostic);
    }
    if (error == RIG_OK && report->report_text != NULL) {
        error = file_write(evidence->report, report->report_text, report->report_size,
                           filing->diagnostic);
    }
    return error == RIG_ERROR_NOT_FOUND ? RIG_ERROR_BENCH : error;
}

/* What was minimised belongs to an input that is no longer there. */
static int save_evidence(struct filing *filing)
{
    struct evidence evidence = {NULL, NULL, NULL, NULL};
    struct stored_input kept = {"", 0};
    int error = name_evidence(filing, &evidence);
    if (error == RIG_OK) {
        error = copy_evidence(filing, &evidence, &kept);
    }
    if (error == RIG_OK) {
        const struct sql_value values[] = {
            sql_text(filing->report->input_path == NULL ? "" : evidence.input_name),
            sql_text(kept.sha256),
            sql_integer(kept.size),
            sql_text(filing->report->report_text == NULL ? "" : evidence.report_name),
            sql_integer(filing->id),
        };
        error = sql_run(filing->store,
                        "UPDATE finding SET input = ?, input_hash = ?, input_size = ?, report = ?,"
                        " minimised = '', minimised_hash = '', minimised_size = 0 WHERE id = ?",
                        SQL_VALUES(values), filing->diagnostic);
    }
    free_evidence(&evidence);
    return error;
}

static int file_in_transaction(struct filing *filing, int64_t run)
{
    int error = store_get_run(filing->store, run, &filing->run, filing->diagnostic);
    if (error == RIG_OK) {
        error = find_known(filing);
    }
    if (error == RIG_OK && filing->is_new) {
        error = insert_row(filing);
        if (error == RIG_OK) {
            error = name_replay(filing);
        }
    } else if (error == RIG_OK) {
        error = update_row(filing);
    }
    if (error == RIG_OK && filing->needs_evidence) {
        error = save_evidence(filing);
    }
    if (error == RIG_OK && filing->changed) {
        error = record_change(filing);
    }
    return error == RIG_OK ? add_sighting(filing) : error;
}

int store_file_finding(struct store *store, int64_t run, const struct finding_report *report,
                       struct store_filed *filed, struct diagnostic *diagnostic)
{
    struct filing filing = {
        .store = store, .report = report, .now = (int64_t)time(NULL), .diagnostic = diagnostic};
    int error = check_report(report, diagnostic);
    if (error == RIG_OK) {
        error = sql_begin(store, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    error = file_in_transaction(&filing, run);
    error = sql_finish(store, error, diagnostic);
    run_clear(&filing.run);
    if (error == RIG_OK) {
        *filed = (struct store_filed){filing.id, filing.is_new, filing.reopened, filing.state};
    }
    return error;
}
