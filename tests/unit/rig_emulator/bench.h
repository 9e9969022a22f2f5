/* A folder with a flash file, and an emulator on it: what the tests of whole devices begin with. */
#ifndef ORDEAL_TESTS_EMULATOR_BENCH_H
#define ORDEAL_TESTS_EMULATOR_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/process.h"
#include "emulator/emulator.h"

enum {
    BENCH_LIMIT_MS = 30000, /* far more than any step here needs */
    BENCH_SHORT_MS = 300,   /* for what must not come */
    BENCH_FLASH_SIZE = 16 * 1024 * 1024,
};

struct bench {
    char *folder;
    char *flash;
    char *log;
    struct emulator_options options; /* may be changed before bench_create() */
    struct emulator *emulator;       /* NULL before it */
    struct diagnostic diagnostic;    /* of the last call */
};

/* A new folder with a flash file of zeros; *state is the bench. For cmocka, as is the next. */
int bench_set_up(void **state);
int bench_tear_down(void **state);

/* Makes the emulator of bench->options, switched off. */
void bench_create(struct bench *bench);

/* Undoes bench_create(). */
void bench_destroy(struct bench *bench);

/* bench_create() and power on. */
void bench_start(struct bench *bench);

/* Waits for text on the console from *position on. */
void bench_expect_console(struct bench *bench, const char *text, uint64_t *position);

int64_t bench_deadline(void); /* in BENCH_LIMIT_MS */
int64_t bench_soon(void);     /* in BENCH_SHORT_MS */

/* Fails unless no child is left, not even a zombie. */
void bench_assert_no_child(void);

#endif
