#include "fuzz_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "scratch.h"

static char *copy(const char *text)
{
    char *made = text_duplicate(text);

    assert_non_null(made);
    return made;
}

static void describe_harness(struct fuzz_fixture *fixture)
{
    struct harness *harness = &fixture->harness;

    harness->name = copy("fake_device");
    harness->title = copy("A device with known defects");
    harness->clause = copy("5.13-1B");
    harness->folder = copy(fixture->folder);
    harness->corpus = scratch_path(fixture->folder, "corpus");
    harness->max_length = 64;
    harness->timeout_s = 1;
    harness->memory_mb = 512;
    harness->severity = SEVERITY_HIGH;
    assert_int_equal(text_list_append(&harness->judges, "5.13-1B"), RIG_OK);
    assert_int_equal(text_list_append(&harness->judges, "5.1-5"), RIG_OK);
}

int fuzz_fixture_set_up(void **state)
{
    struct fuzz_fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    assert_int_equal(interrupt_install(), RIG_OK);
    assert_int_equal(unsetenv("FAKE_MODE"), 0);
    fixture->folder = scratch_make();
    fixture->store_path = scratch_path(fixture->folder, "store");
    describe_harness(fixture);
    assert_int_equal(
        store_open(fixture->store_path, STORE_CREATE, &fixture->store, &fixture->diagnostic),
        RIG_OK);
    *state = fixture;
    return 0;
}

int fuzz_fixture_tear_down(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct harness *harness = &fixture->harness;

    store_close(fixture->store);
    free(harness->name);
    free(harness->title);
    free(harness->clause);
    free(harness->folder);
    free(harness->corpus);
    text_list_free(&harness->judges);
    free(fixture->store_path);
    scratch_remove(fixture->folder);
    free(fixture);
    return 0;
}

void fuzz_fixture_add_input(const struct fuzz_fixture *fixture, const char *name, const char *text)
{
    scratch_write(fixture->harness.corpus, name, text);
}

struct fuzz_run_options fuzz_fixture_options(struct fuzz_fixture *fixture, unsigned time_s)
{
    return (struct fuzz_run_options){
        .harness = &fixture->harness,
        .engine = engine_find("libfuzzer"),
        .program = FAKE_FUZZER,
        .reproducer_program = FAKE_REPRODUCER,
        .store = fixture->store,
        .command = "fuzz",
        .target = "native",
        .time_s = time_s,
        .jobs = 1,
        .seed = 7,
    };
}

struct finding fuzz_fixture_finding(struct fuzz_fixture *fixture, const char *title)
{
    const struct finding_filter all = {0};
    struct finding_list list = {0};
    struct finding found = {0};
    unsigned count = 0;

    assert_int_equal(store_list_findings(fixture->store, &all, &list, &fixture->diagnostic),
                     RIG_OK);
    for (size_t i = 0; i < list.count; i++) {
        if (strstr(list.items[i].title, title) != NULL) {
            assert_int_equal(
                store_get_finding(fixture->store, list.items[i].id, &found, &fixture->diagnostic),
                RIG_OK);
            count++;
        }
    }
    finding_list_free(&list);
    assert_int_equal(count, 1);
    return found;
}

const struct fuzz_verdict *fuzz_fixture_verdict(const struct fuzz_result *result,
                                                const char *clause)
{
    for (size_t i = 0; i < result->verdict_count; i++) {
        if (strcmp(result->verdicts[i].clause, clause) == 0) {
            return &result->verdicts[i];
        }
    }
    fail_msg("no verdict for %s", clause);
    return NULL;
}
