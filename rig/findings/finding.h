#ifndef RIG_FINDINGS_FINDING_H
#define RIG_FINDINGS_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"
#include "base/text.h"
#include "findings/verdict.h"

/** What kind of failure a finding is. */
enum finding_class {
    FINDING_MEMORY,         /**< a sanitizer's report */
    FINDING_FAULT,          /**< a processor fault or a fatal signal without a sanitizer's report */
    FINDING_ORACLE,         /**< a stated property was violated */
    FINDING_HANG,           /**< a budget of time or of operations ran out */
    FINDING_RESET,          /**< the device reset when it should not have */
    FINDING_SILENT,         /**< state changed that must not: found by a canary or a dump */
    FINDING_UNREPRODUCIBLE, /**< failed once and not again: kept apart, never fails a clause */
    FINDING_CLASS_COUNT,
};

enum finding_severity {
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
    SEVERITY_COUNT,
};

enum finding_state {
    FINDING_OPEN,
    FINDING_FIXED,    /**< closed by a person; opens again when it is seen again */
    FINDING_ACCEPTED, /**< accepted by a person, with a reason, until `expires`; then open again */
    FINDING_KNOWN,    /**< a known defect of third-party code, as a baseline file says */
    FINDING_STATE_COUNT,
};

/** An input that is kept as evidence. Owns its strings; none is NULL. */
struct finding_input {
    char *path;    /**< relative to the store's folder; "" when there is none */
    char *sha256;  /**< of the file, 64 hexadecimal digits; "" in findings of older stores */
    uint64_t size; /**< bytes; meaningless when sha256 is "" */
};

/** A finding as the store keeps it. Owns its strings; none is NULL, "" stands for nothing. */
struct finding {
    int64_t id;   /**< 12 is shown as F-12 */
    char *clause; /**< provision, e.g. "5.13-1B" */
    enum finding_class class;
    enum finding_severity severity;
    enum finding_state state;
    enum rung rung;
    char *target;             /**< where it was first seen */
    struct text_list targets; /**< all targets where it was seen, sorted */
    char *source;             /**< harness or scenario */
    char *engine;             /**< "libfuzzer", ... */
    char *fingerprint;        /**< identity: same rung and fingerprint means same finding */
    char *bucket;             /**< what the fingerprint is a hash of, readable; "" when unknown */
    char *title;              /**< one line */
    char *replay;             /**< word that reproduces it */
    char *detail;            /**< what says more than the class: sanitizer's error, oracle's name */
    struct text_list frames; /**< normalised call stack, innermost first */
    int64_t first_seen;      /**< seconds since 1970, UTC */
    int64_t last_seen;       /**< seconds since 1970, UTC */
    int64_t first_run;       /**< run that filed it */
    int64_t last_run;        /**< run that saw it last */
    uint64_t occurrences;    /**< at least 1 */
    char *reason;            /**< why it is fixed, accepted or known; "" of an open one */
    /** Accepted until, seconds since 1970; 0: no end. Of an open one: when its acceptance ended; 0:
     * it had none. */
    int64_t expires;
    char *report; /**< path of the report, relative to the store's folder; "" when none */
    struct finding_input input;     /**< as the engine found it */
    struct finding_input minimised; /**< the same failure from fewer bytes; path "" when nobody has
                                       tried yet, that of `input` when it cannot be made smaller */
};

/** An owned array of findings, by id. */
struct finding_list {
    struct finding *items;
    size_t count;
};

/** What is filed. The caller keeps ownership of all of it. */
struct finding_report {
    const char *clause; /**< required */
    enum finding_class class;
    enum finding_severity severity;
    const char *fingerprint;        /**< required: 1 to 64 characters of [A-Za-z0-9._-] */
    const char *bucket;             /**< what the fingerprint is a hash of; may be NULL */
    const char *title;              /**< required */
    const char *detail;             /**< may be NULL */
    const char *replay;             /**< NULL: `<source>/<target>/F-<n>` */
    const struct text_list *frames; /**< may be NULL */
    const char *input_path;         /**< file with the input, copied; NULL when there is none */
    const char *report_text; /**< what the program printed, copied; NULL when there is none */
    size_t report_size;      /**< bytes of report_text */
    const char *known;       /**< why it is known (see FINDING_KNOWN); NULL when it is not */
};

const char *finding_class_name(enum finding_class class);          /**< "memory", ... */
const char *finding_severity_name(enum finding_severity severity); /**< "low", ... */
const char *finding_state_name(enum finding_state state);          /**< "open", ... */

/** Read what the functions above write. RIG_ERROR_NOT_FOUND otherwise. */
RIG_MUST_CHECK int finding_class_parse(const char *name, enum finding_class *class);
RIG_MUST_CHECK int finding_severity_parse(const char *name, enum finding_severity *severity);
RIG_MUST_CHECK int finding_state_parse(const char *name, enum finding_state *state);

/** Reads "F-12" or "12". RIG_ERROR_NOT_FOUND for anything else. */
RIG_MUST_CHECK int finding_parse_id(const char *text, int64_t *id);

/**
 * Whether a finding counts against its clause at time `now`: it is open, or accepted and expired,
 * and it is not unreproducible. A known one does not.
 */
bool finding_counts(const struct finding *finding, int64_t now);

/** Frees what a finding owns and makes it all zero. */
void finding_clear(struct finding *finding);
void finding_list_free(struct finding_list *list);

#endif
