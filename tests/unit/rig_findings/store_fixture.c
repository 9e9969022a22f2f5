#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

static const struct run_start start = {
    .command = "fuzz",
    .target = "native",
    .rung = RUNG_HOST,
    .harness = "modbus_tcp",
    .engine = "libfuzzer",
    .seed = UINT64_MAX,
    .harness_hash = "aa",
    .tool_versions = "clang 14.0.6\nllvm-symbolizer 14.0.6",
};

int store_fixture_set_up(void **state)
{
    struct store_fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->folder = scratch_make();
    fixture->path = scratch_path(fixture->folder, "store");
    fixture->input = scratch_path(fixture->folder, "crash-1");
    scratch_write(fixture->folder, "crash-1", "input");
    *state = fixture;
    return 0;
}

int store_fixture_tear_down(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_remove(fixture->folder);
    free(fixture->path);
    free(fixture->input);
    free(fixture);
    return 0;
}

struct store *store_fixture_open(struct store_fixture *fixture, enum store_mode mode)
{
    struct store *store = NULL;
    int error = store_open(fixture->path, mode, &store, &fixture->diagnostic);
    if (error != RIG_OK) {
        fail_msg("store_open: %d: %s", error, fixture->diagnostic.text);
    }
    return store;
}

int64_t store_fixture_run(struct store_fixture *fixture, struct store *store)
{
    int64_t run = 0;
    assert_int_equal(store_begin_run(store, &start, &run, &fixture->diagnostic), RIG_OK);
    return run;
}

struct finding_report store_fixture_report(const struct store_fixture *fixture,
                                           const char *fingerprint)
{
    return (struct finding_report){
        .clause = "5.13-1B",
        .class = FINDING_MEMORY,
        .severity = SEVERITY_HIGH,
        .fingerprint = fingerprint,
        .title = "heap-buffer-overflow in registers_read",
        .detail = "heap-buffer-overflow",
        .input_path = fixture->input,
        .report_text = "report",
        .report_size = 6,
    };
}

struct store_filed store_fixture_file(struct store_fixture *fixture, struct store *store,
                                      int64_t run, const struct finding_report *report)
{
    struct store_filed filed = {0};
    int error = store_file_finding(store, run, report, &filed, &fixture->diagnostic);
    if (error != RIG_OK) {
        fail_msg("store_file_finding: %d: %s", error, fixture->diagnostic.text);
    }
    return filed;
}

size_t store_fixture_count(struct store_fixture *fixture, struct store *store)
{
    const struct finding_filter everything = {0};
    struct finding_list list;
    assert_int_equal(store_list_findings(store, &everything, &list, &fixture->diagnostic), RIG_OK);
    size_t count = list.count;
    finding_list_free(&list);
    return count;
}

static int file_one(const struct store_fixture *fixture, struct store *store, int64_t run,
                    const char *fingerprint, int descriptor)
{
    struct finding_report report = store_fixture_report(fixture, fingerprint);
    struct store_filed filed;
    struct diagnostic diagnostic;
    char line[32];
    int error = store_file_finding(store, run, &report, &filed, &diagnostic);
    if (error == RIG_OK && descriptor >= 0) {
        int length = snprintf(line, sizeof line, "%lld\n", (long long)filed.id);
        if (write(descriptor, line, (size_t)length) != length) {
            error = RIG_ERROR_BENCH;
        }
    }
    return error;
}

int store_fixture_file_for_ever(const struct store_fixture *fixture, const char *salt,
                                int descriptor, size_t limit)
{
    struct store *store = NULL;
    struct diagnostic diagnostic;
    int64_t run = 0;
    int error = store_open(fixture->path, STORE_CREATE, &store, &diagnostic);
    if (error == RIG_OK) {
        error = store_begin_run(store, &start, &run, &diagnostic);
    }
    for (size_t i = 0; i < limit && error == RIG_OK; i++) {
        char fingerprint[48];
        (void)snprintf(fingerprint, sizeof fingerprint, "child-%s-%zu", salt, i);
        error = file_one(fixture, store, run, fingerprint, descriptor);
    }
    store_close(store);
    return error;
}
