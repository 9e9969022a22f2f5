#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "findings/store.h"

/* A scratch folder with an input file, and the path of a store in it that does not exist yet. */
struct store_fixture {
    char *folder;
    char *path;  /* the store's folder */
    char *input; /* a file of 5 bytes, "input" */
    struct diagnostic diagnostic;
};

/* For cmocka's set-up and tear-down. */
int store_fixture_set_up(void **state);
int store_fixture_tear_down(void **state);

/* Opens the store and fails the test when that fails. */
struct store *store_fixture_open(struct store_fixture *fixture, enum store_mode mode);

/* Begins a run of harness `modbus_tcp` on target `native`. */
int64_t store_fixture_run(struct store_fixture *fixture, struct store *store);

/* A report of a heap overflow with that fingerprint. */
struct finding_report store_fixture_report(const struct store_fixture *fixture,
                                           const char *fingerprint);

/* Files a report and fails the test when that fails. */
struct store_filed store_fixture_file(struct store_fixture *fixture, struct store *store,
                                      int64_t run, const struct finding_report *report);

/* The number of findings of all kinds in the store. */
size_t store_fixture_count(struct store_fixture *fixture, struct store *store);

/* Begins a run and files new findings "child-<salt>-0", ... until one fails; writes each
 * acknowledged number to `descriptor` as text, one a line (none for -1). Returns the error. For
 * child processes. */
int store_fixture_file_for_ever(const struct store_fixture *fixture, const char *salt,
                                int descriptor, size_t limit);

#endif
