/**
 * From an input that made a fuzzer stop to a finding: run it again in the reproducer (sanitizers,
 * symbols, no fuzzer), several times, read the report, give it an identity and file it once.
 *
 * Product faults and faults of the bench are kept apart: a reproducer that is missing or cannot
 * start, a missing symbolizer, a full disk are RIG_ERROR_BENCH and never a finding.
 */
#ifndef RIG_FINDINGS_TRIAGE_H
#define RIG_FINDINGS_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/clauses.h"
#include "findings/fingerprint.h"
#include "findings/sanitizer_report.h"
#include "findings/store.h"

enum {
    TRIAGE_ATTEMPTS = 3,       /**< default number of runs of an input */
    TRIAGE_ATTEMPTS_MAX = 100, /**< most that may be asked for */
    TRIAGE_PATH_SIZE = 4096,
    TRIAGE_TITLE_SIZE = 256,
    TRIAGE_OPTIONS_SIZE = TRIAGE_PATH_SIZE + 512,
    TRIAGE_ENVIRONMENT_MAX = 32, /**< variables of a reproducer */
};

/** How to run inputs of one harness. */
struct reproducer {
    const char *program;               /**< path of NAME.reproducer */
    char symbolizer[TRIAGE_PATH_SIZE]; /**< absolute path, from triage_find_symbolizer() */
    const char *const *environment;    /**< further "NAME=value", ended by NULL; NULL for none */
    unsigned timeout_s;                /**< for one input, 1..3600 */
    unsigned memory_mb;                /**< AddressSanitizer's limit; 0 for none */
    unsigned attempts;                 /**< 1..TRIAGE_ATTEMPTS_MAX; 0 means TRIAGE_ATTEMPTS */
    const char *expected; /**< fingerprint that makes a failure a hit; NULL: the first failure's */
    bool without_symbols; /**< leave frames as places in the program: a failure costs less time, and
                             has no fingerprint but fingerprint_raw() */
};

/** Variables that a reproducer runs with. `list` points into itself and into the reproducer. */
struct triage_environment {
    char address[TRIAGE_OPTIONS_SIZE];
    char undefined[TRIAGE_OPTIONS_SIZE];
    char timeout[64];
    const char *list[TRIAGE_ENVIRONMENT_MAX + 1]; /**< "NAME=value", ended by NULL */
};

/**
 * Makes them: options of the sanitizers, the time limit (none when timeout_s is 0).
 * Returns RIG_OK, or RIG_ERROR_USAGE for too many of reproducer->environment.
 */
int triage_environment_make(const struct reproducer *reproducer,
                            struct triage_environment *environment,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What the attempts gave. */
struct triage_result {
    unsigned attempts;
    unsigned hits;  /**< attempts that failed as `report` says */
    unsigned other; /**< attempts that failed in another way */
    struct sanitizer_report
        report; /**< of the hits, else of the first failure; REPORT_NONE if none */
    struct fingerprint fingerprint; /**< of that failure */
    char *text; /**< stderr of the attempt that `report` is of, hostile bytes; owned */
    size_t text_size;
};

/**
 * Finds llvm-symbolizer-14, else llvm-symbolizer, in PATH, into `path`.
 * Returns RIG_OK or RIG_ERROR_BENCH with a diagnostic that says what to install.
 */
int triage_find_symbolizer(char *path, size_t size, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Runs `input_path` reproducer->attempts times. result->hits 0 with result->report of class
 * REPORT_NONE means that it passed every time.
 *
 * Returns RIG_OK; RIG_ERROR_BENCH when the reproducer could not be run, or ended with an exit code
 * and no report (which is how it refuses an unreadable input); RIG_ERROR_INTERRUPTED;
 * RIG_ERROR_NO_MEMORY. Call triage_result_clear() after RIG_OK only.
 */
int triage_run_input(const struct reproducer *reproducer, const char *input_path,
                     struct triage_result *result, struct diagnostic *diagnostic) RIG_MUST_CHECK;

void triage_result_clear(struct triage_result *result);

/** Where and under what an input's failure is filed. */
struct triage_filing {
    struct store *store;
    int64_t run;                    /**< of store_begin_run(): says target, harness, engine */
    const char *clause;             /**< of memory errors, faults, and hangs that name none */
    enum finding_severity severity; /**< of the harness */
    /** When a report names a clause that is not in here (nor `none`), `clause` stands in and the
     * finding's detail names the word; NULL takes any. */
    const struct clauses *clauses;
    const char *known; /**< why this failure is known (FINDING_KNOWN); NULL when it is not */
};

/** What came of an input. */
struct triage_outcome {
    int64_t finding;                 /**< 12 is shown as F-12 */
    char clause[REPORT_CLAUSE_SIZE]; /**< that the finding is filed under */
    bool is_new;                     /**< false when it raised an older finding's occurrences */
    bool reopened;                   /**< it is open and was not, see struct store_filed */
    enum finding_state state;        /**< after filing */
    bool counts;                     /**< fails its clause: reproducible, open */
};

/** An input and what the fuzzer printed when it stopped on it. */
struct triage_artifact {
    const char *path; /**< file with the input */
    const char *text; /**< hostile bytes; NULL when no fuzzer was involved */
    size_t text_size; /**< bytes of text */
};

/** Reads the report that the fuzzer printed itself, which has no symbols. */
void triage_read_artifact(const struct triage_artifact *artifact, struct sanitizer_report *report);

/**
 * Files what triage_run_input() gave, with the input and the report as evidence. A result without a
 * hit is filed as class unreproducible, with the fuzzer's own text as its report.
 *
 * Returns RIG_OK, or the store's error (RIG_ERROR_BENCH for a full disk) with a diagnostic.
 */
int triage_file(const struct triage_filing *filing, const struct triage_artifact *artifact,
                const struct triage_result *result, struct triage_outcome *outcome,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** "heap-buffer-overflow in modbus_pdu_handle", "oracle change-needs-login (function-6)", ... */
void triage_title(const struct sanitizer_report *report, char *title, size_t size);

#endif
