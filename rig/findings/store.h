#ifndef RIG_FINDINGS_STORE_H
#define RIG_FINDINGS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/finding.h"
#include "findings/verdict.h"

/**
 * The store: `DIR/lab.db` (SQLite) and evidence in `DIR/runs/R-<n>/`. What a function acknowledged
 * survives SIGKILL and power loss. Several processes may use one store at once.
 *
 * Errors of all functions: RIG_ERROR_CONFIGURATION when the folder or the file is not a store of
 * this version (nothing is touched then), RIG_ERROR_BENCH for a full disk, an I/O error, or a store
 * that another process kept locked for 20 s, RIG_ERROR_NOT_FOUND for an id that does not exist.
 *
 * All text is escaped as text_escape() does before it is stored, so it is safe to print and is
 * valid UTF-8.
 */
struct store;

/** Version of the schema, kept as SQLite's user_version. A store of version 1 is upgraded by the
 * first that opens it for writing; a reader upgrades a copy in memory. */
#define STORE_SCHEMA 2

/** Marks a database as a store ("Ordl"), kept as SQLite's application_id. */
#define STORE_APPLICATION_ID 0x4f72646c

/** The longest input that is kept as evidence, in bytes. */
#define STORE_INPUT_LIMIT (64u << 20)

enum store_mode {
    STORE_CREATE, /**< make the folder and the store when there is none */
    STORE_WRITE,  /**< must exist: RIG_ERROR_NOT_FOUND */
    STORE_READ,   /**< must exist, is not changed */
};

/** Opens the store in folder `path`. */
RIG_MUST_CHECK int store_open(const char *path, enum store_mode mode, struct store **store,
                              struct diagnostic *diagnostic);

/** Closes the store and frees it. NULL is fine. */
void store_close(struct store *store);

/** The store's folder as it was given. */
const char *store_folder(const struct store *store);

/** How a run begins. Strings may be NULL where they say nothing; the caller keeps them. */
struct run_start {
    const char *command; /**< required: "fuzz", "campaign", ... */
    const char *target;  /**< required: name in targets/ */
    enum rung rung;
    const char *harness;
    const char *engine;
    uint64_t seed;
    const char *harness_hash; /**< SHA-256 of the harness's programs, one a line as sha256sum writes
                                 it: 64 digits, two spaces, "modbus_tcp.libfuzzer" */
    const char *firmware_hash; /**< SHA-256 of the firmware image, hex */
    const char *tool_versions; /**< one a line, "clang 14.0.6" */
};

/** How a run ends. */
struct run_end {
    uint64_t execs;
    double execs_per_second;
    uint64_t edges;
    bool control_held;
    enum verdict verdict;
    const char *reason; /**< may be NULL */
};

/** What a run says about one clause. */
struct run_result {
    const char *clause; /**< required */
    enum verdict verdict;
    const char *source; /**< required: harness or scenario */
    const char *replay; /**< may be NULL */
    const char *reason; /**< may be NULL */
};

/** Begins a run: a row, `runs/R-<n>/` and its manifest.json. Until its end, or that of this
 * process, it counts as running. */
RIG_MUST_CHECK int store_begin_run(struct store *store, const struct run_start *start, int64_t *run,
                                   struct diagnostic *diagnostic);

/** Adds or replaces what the run says about a clause (one row a clause and source). */
RIG_MUST_CHECK int store_add_result(struct store *store, int64_t run,
                                    const struct run_result *result, struct diagnostic *diagnostic);

/** Ends a run and writes its manifest again. A run ends once: RIG_ERROR_USAGE after that. */
RIG_MUST_CHECK int store_end_run(struct store *store, int64_t run, const struct run_end *end,
                                 struct diagnostic *diagnostic);

/** A run as it was stored. Owns its strings; none is NULL. */
struct run {
    int64_t id; /**< 3 is shown as R-3 */
    char *command;
    char *target;
    enum rung rung;
    char *harness;
    char *engine;
    uint64_t seed;
    char *harness_hash;
    char *firmware_hash;
    char *tool_versions;
    int64_t started; /**< seconds since 1970, UTC */
    bool finished;   /**< false: interrupted, or still going; what follows is then zero */
    bool is_running; /**< not finished, and its process lives */
    int64_t ended;
    uint64_t execs;
    double execs_per_second;
    uint64_t edges;
    bool control_held;
    enum verdict verdict;
    char *reason;
};

struct run_list {
    struct run *items;
    size_t count;
};

/** Reads one run; free with run_clear(). */
RIG_MUST_CHECK int store_get_run(struct store *store, int64_t id, struct run *run,
                                 struct diagnostic *diagnostic);

/** Frees what a run owns and makes it all zero. */
void run_clear(struct run *run);

/** All runs from `first_run` on (0: all), by id. */
RIG_MUST_CHECK int store_list_runs(struct store *store, int64_t first_run, struct run_list *list,
                                   struct diagnostic *diagnostic);
void run_list_free(struct run_list *list);

/** The folder for a run's passing files, `runs/R-<n>/scratch`; may not exist. For free(). */
char *store_scratch_path(const struct store *store, int64_t run);

/**
 * Takes over the folder of a run whose process is gone, for what it left there; other processes
 * keep off until store_release_run() or the end of this one. *adopted is false when it still runs
 * or another process has taken it over.
 */
RIG_MUST_CHECK int store_adopt_run(struct store *store, int64_t run, bool *adopted,
                                   struct diagnostic *diagnostic);
void store_release_run(struct store *store, int64_t run);

/** A result as it was stored. Owns its strings; none is NULL. */
struct clause_result {
    int64_t run;
    char *clause;
    enum verdict verdict;
    enum rung rung;
    char *target;
    char *source;
    char *replay;
    char *reason;
};

struct clause_result_list {
    struct clause_result *items;
    size_t count;
};

/** All results of runs from `first_run` on (0: all), in the order of runs. */
RIG_MUST_CHECK int store_list_results(struct store *store, int64_t first_run,
                                      struct clause_result_list *list,
                                      struct diagnostic *diagnostic);
void clause_result_list_free(struct clause_result_list *list);

/** What filing did. */
struct store_filed {
    int64_t id;
    bool is_new;
    bool reopened; /**< it is open and was not: fixed, an acceptance that has expired, no longer in
                      the baseline */
    enum finding_state state; /**< after filing */
};

/**
 * Files a finding once for its rung and fingerprint. Seen before: one occurrence more and a new
 * last_seen, and a fixed one opens again. Evidence is on disk before the row commits. An
 * unreproducible input never meets a reproducible finding's row.
 * With report->known the finding is known, unless a person has accepted it; without, one that was
 * known opens.
 * The run must exist: it says target, rung, harness (the finding's source) and engine.
 */
RIG_MUST_CHECK int store_file_finding(struct store *store, int64_t run,
                                      const struct finding_report *report,
                                      struct store_filed *filed, struct diagnostic *diagnostic);

/** Reads one finding; free with finding_clear(). An acceptance that has expired reads as open. */
RIG_MUST_CHECK int store_get_finding(struct store *store, int64_t id, struct finding *finding,
                                     struct diagnostic *diagnostic);

/** What to list. All zero lists everything. Strings: NULL is any. */
struct finding_filter {
    bool only_open;         /**< state open, which an acceptance is too when it has expired */
    bool no_unreproducible; /**< leave out what could not be reproduced */
    const char *clause;
    const char *source;
    int64_t seen_in_run; /**< 0: any; else seen in that run */
};

/** Lists findings by id; free with finding_list_free(). */
RIG_MUST_CHECK int store_list_findings(struct store *store, const struct finding_filter *filter,
                                       struct finding_list *list, struct diagnostic *diagnostic);

/** How a person settles a finding. */
struct finding_closing {
    enum finding_state state; /**< FINDING_FIXED, FINDING_ACCEPTED, or FINDING_OPEN to open again */
    const char *reason; /**< required, not blank; of FINDING_OPEN it is kept as a change only */
    int64_t expires;    /**< of FINDING_ACCEPTED, seconds since 1970; 0: no end */
};

/** Settles a finding. RIG_ERROR_USAGE without a reason. */
RIG_MUST_CHECK int store_close_finding(struct store *store, int64_t id,
                                       const struct finding_closing *closing,
                                       struct diagnostic *diagnostic);

/**
 * Keeps the file at `path` as the finding's minimised input, as evidence beside the original; NULL:
 * the original cannot be made smaller.
 */
RIG_MUST_CHECK int store_set_minimised(struct store *store, int64_t id, const char *path,
                                       struct diagnostic *diagnostic);

/** One change of a finding's state. Owns its strings. */
struct finding_change {
    int64_t at; /**< seconds since 1970, UTC */
    enum finding_state state;
    char *reason;
};

struct finding_change_list {
    struct finding_change *items;
    size_t count;
};

/** All changes since it was filed as open, oldest first. */
RIG_MUST_CHECK int store_list_changes(struct store *store, int64_t finding,
                                      struct finding_change_list *list,
                                      struct diagnostic *diagnostic);
void finding_change_list_free(struct finding_change_list *list);

/** The path of a finding's evidence, relative to the store's folder, for free(). */
char *store_evidence_path(const struct store *store, const char *relative);

/**
 * The path of an input, for free(), when the file is still what was stored. RIG_ERROR_NOT_FOUND
 * when there is none; RIG_ERROR_CONFIGURATION when it is another one.
 */
RIG_MUST_CHECK int store_check_input(const struct store *store, const struct finding_input *input,
                                     char **path, struct diagnostic *diagnostic);

#endif
