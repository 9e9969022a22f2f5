/* A gdb stub that says what a test puts in its mouth, with its client. */
#ifndef ORDEAL_TESTS_SCRIPTED_STUB_H
#define ORDEAL_TESTS_SCRIPTED_STUB_H

#include "virtual_probe/gdb_client.h"

enum { SCRIPTED_STUB_MS = 2000 /* far more than any answer here needs */ };

struct scripted_stub {
    int ends[2]; /* the client's, the stub's */
    struct gdb_client client;
    struct diagnostic diagnostic;
};

extern struct scripted_stub stub;

/* For cmocka: the client is connected; closes both ends but one that is -1. */
int scripted_stub_set_up(void **state);
int scripted_stub_tear_down(void **state);

/* Answers that wait for their questions. */
void stub_says(const char *data);

/* What the client has said since the last call, without acknowledgements and frames: words with a blank behind
 * each. */
const char *stub_heard(void);

#endif
