#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/baseline.h"
#include "scratch.h"

#define HEAD  "schema: 1\nknown:\n"
#define ENTRY "  - bucket: memory|copy<outer\n    title: T\n    reason: packaged\n    since: 3.1\n"

static void test_a_file_is_read(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "known.yaml");
    struct baseline *baseline = NULL;
    struct diagnostic diagnostic = {""};
    const struct known_defect *known;
    (void)state;

    scratch_write(folder, "known.yaml",
                  HEAD ENTRY "    cite: https://example.org/1\n"
                             "  - bucket: oracle:login|about=function-6\n    title: U\n"
                             "    reason: by design\n    since: 2026-01-31\n");
    assert_int_equal(baseline_load(path, &baseline, &diagnostic), RIG_OK);
    assert_int_equal(baseline_count(baseline), 2);
    known = baseline_find(baseline, "memory|copy<outer");
    assert_non_null(known);
    assert_string_equal(known->title, "T");
    assert_string_equal(known->reason, "packaged (since 3.1; https://example.org/1)");
    known = baseline_find(baseline, "oracle:login|about=function-6");
    assert_non_null(known);
    assert_string_equal(known->reason, "by design (since 2026-01-31)");
    /* The whole bucket must be equal: another caller is another defect. */
    assert_null(baseline_find(baseline, "memory|copy"));
    assert_null(baseline_find(baseline, "memory|copy<outer<main_loop"));
    baseline_free(baseline);
    free(path);
    scratch_remove(folder);
}

static void test_no_baseline_knows_nothing(void **state)
{
    (void)state;

    assert_int_equal(baseline_count(NULL), 0);
    assert_null(baseline_find(NULL, "memory|copy"));
    baseline_free(NULL);
}

static void test_each_slip_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *place;
        const char *message;
    } slips[] = {
        {HEAD ENTRY "    colour: red\n", ":7:", "unknown key `colour`"},
        {HEAD ENTRY ENTRY, ":7:", "there twice"},
        {HEAD "  - bucket: memory|copy\n    title: T\n    since: 1\n",
         ":3:", "`reason` is missing"},
        {HEAD "  - bucket: memory|copy\n    title: T\n    reason: r\n",
         ":3:", "`since` is missing"},
        {HEAD "  - title: T\n    reason: r\n    since: 1\n", ":3:", "`bucket` is missing"},
        {"schema: 1\nknown: {}\n", ":2:", "must be a list"},
        {"schema: 2\nknown: []\n", ":1:", "newer"},
        {"schema: 1\nknown: []\nother: 1\n", ":3:", "unknown key `other`"},
    };
    char *folder = scratch_make();
    char *path = scratch_path(folder, "known.yaml");
    const size_t length = strlen(path);
    (void)state;

    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
        struct baseline *baseline = NULL;
        struct diagnostic diagnostic = {""};
        int error;

        scratch_write(folder, "known.yaml", slips[i].text);
        error = baseline_load(path, &baseline, &diagnostic);
        if (error != RIG_ERROR_CONFIGURATION || baseline != NULL ||
            strncmp(diagnostic.text, path, length) != 0 ||
            strncmp(diagnostic.text + length, slips[i].place, 3) != 0 ||
            strstr(diagnostic.text, slips[i].message) == NULL) {
            fail_msg("case %zu: error %d: %s", i, error, diagnostic.text);
        }
    }
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_read),
        cmocka_unit_test(test_no_baseline_knows_nothing),
        cmocka_unit_test(test_each_slip_is_refused_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
