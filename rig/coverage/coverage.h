/*
 * What the committed inputs of a project reach of its code, in lines and branches as clang's
 * source-based coverage counts them (the figures of `llvm-cov report`), and what they never reach.
 */
#ifndef ORDEAL_COVERAGE_COVERAGE_H
#define ORDEAL_COVERAGE_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"
#include "base/text.h"

/* Each `covered` is at most its total. */
struct coverage_count {
    uint64_t lines; /* that hold code of a function */
    uint64_t lines_covered;
    uint64_t branches; /* each outcome of each condition counts */
    uint64_t branches_covered;
};

/* Line numbers from 1, both included. */
struct line_range {
    uint32_t first;
    uint32_t last;
};

struct coverage_file {
    char *path;         /* relative to the project's folder; hostile: escape it */
    char *folder;       /* of PATH; "." for the project's own folder */
    bool is_in_program; /* false: no harness program holds code of it. Its lines of code, as
                            * counted in its text, are all not covered then, and no branch is known */
    struct coverage_count count;
    struct text_list never_entered;   /* functions; hostile */
    struct line_range *never_reached; /* in functions that were entered; ascending */
    size_t never_reached_count;
};

/* How often a harness's oracles for a provision were evaluated. */
struct oracle_count {
    char *clause;    /* hostile unless the harness is known to judge it */
    uint64_t checks; /* by the inputs that ran through */
};

/* What a harness contributed. */
struct coverage_harness {
    char *name;
    /* What it says that its oracles judge, and what else they said that they do. */
    struct oracle_count *oracles;
    size_t oracle_count;
    bool counts_oracles;     /* false: its program does not count them, the checks say nothing */
    size_t inputs;           /* that ran through */
    struct text_list failed; /* "<input>: <how its run ended>"; hostile */
    char *reason;            /* why none, or not all, of the others were run; NULL: all were */
};

struct coverage {
    char *project; /* folder whose code is measured, absolute */
    char *reason;  /* why nothing was measured, one line; NULL when something was */
    char *note;    /* what llvm-cov complained about although it went on; NULL: nothing */
    size_t inputs; /* that ran through, of all harnesses */
    struct coverage_harness *harnesses; /* in the order of the request */
    size_t harness_count;
    struct coverage_file
        *files; /* by folder, then path; those without a line of code are left out */
    size_t file_count;
};

/* Frees all and makes it all zero, which is nothing measured. */
void coverage_clear(struct coverage *coverage);

/* Frees the files and leaves none. */
void coverage_clear_files(struct coverage *coverage);

/*
 * Whether all committed inputs of all harnesses were run through. If not, what is covered is a
 * lower bound.
 */
bool coverage_is_complete(const struct coverage *coverage);

/*
 * Adds CHECKS to those of a clause of the harness, which is appended when it is new. At most
 * COVERAGE_ORACLES_MAXIMUM clauses: RIG_ERROR_BENCH beyond.
 */
#define COVERAGE_ORACLES_MAXIMUM 256U
RIG_MUST_CHECK int coverage_add_checks(struct coverage_harness *harness, const char *clause,
                                       uint64_t checks);

/*
 * Whether the harness says that it judges CLAUSE by oracles, its program counts them, and none was
 * evaluated: it cannot have seen a breach of it. NAME that is no harness of COVERAGE: false.
 */
bool coverage_is_unjudged(const struct coverage *coverage, const char *name, const char *clause);

/* Appends an all-zero file with that path (copied); *file is valid until the next call. */
RIG_MUST_CHECK int coverage_add_file(struct coverage *coverage, const char *path,
                                     struct coverage_file **file);

/* Sorts the files by folder, then path. */
void coverage_sort(struct coverage *coverage);

/*
 * Sums the files at and below FOLDER, a path relative to the project's folder ("" or ".": all);
 * returns how many they are. A file's own path is fine too.
 */
size_t coverage_sum(const struct coverage *coverage, const char *folder,
                    struct coverage_count *sum);

/*
 * Sums the next folder's own files, not those of folders within. Start with *INDEX 0; returns the
 * folder's path, NULL at the end. The files must be sorted.
 */
const char *coverage_next_folder(const struct coverage *coverage, size_t *index,
                                 struct coverage_count *sum);

/* Room for what the phrases below write. */
#define COVERAGE_PHRASE_SIZE 64

/*
 * "55/71 (77.4 %)", rounded down, so that only all is 100.0 %; "-" when TOTAL is 0. Returns TEXT.
 */
const char *coverage_phrase(uint64_t covered, uint64_t total, char text[COVERAGE_PHRASE_SIZE]);

/* "120-124", or "188" for a single line. Returns TEXT. */
const char *line_range_phrase(const struct line_range *range, char text[COVERAGE_PHRASE_SIZE]);

#endif
