#ifndef TESTS_FUZZ_FIXTURE_H
#define TESTS_FUZZ_FIXTURE_H

#include "findings/store.h"
#include "fuzz/fuzz_run.h"

/* A scratch folder with a corpus (empty at first) and a store, and the fake device as a harness. */
struct fuzz_fixture {
    char *folder;
    char *store_path;
    struct store *store;
    struct harness harness; /* its corpus is `folder`/corpus */
    struct diagnostic diagnostic;
};

/* For cmocka's set-up and tear-down. The fake device behaves well after set-up. */
int fuzz_fixture_set_up(void **state);
int fuzz_fixture_tear_down(void **state);

/* Puts a text into the corpus, e.g. "seeds/one". */
void fuzz_fixture_add_input(const struct fuzz_fixture *fixture, const char *name, const char *text);

/* Options to fuzz the fake device for `time_s` with one job and a fixed seed. */
struct fuzz_run_options fuzz_fixture_options(struct fuzz_fixture *fixture, unsigned time_s);

/* Finds by a part of its title in the store; fails the test when it is not there once. */
struct finding fuzz_fixture_finding(struct fuzz_fixture *fixture, const char *title);

/* The verdict of a clause in a result; fails the test when there is none. */
const struct fuzz_verdict *fuzz_fixture_verdict(const struct fuzz_result *result,
                                                const char *clause);

#endif
