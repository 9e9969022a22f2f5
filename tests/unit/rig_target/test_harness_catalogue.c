#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fuzz/harness_catalogue.h"
#include "scratch.h"

#define HEAD "schema: 1\nharnesses:\n"
#define ECHO "  - name: echo\n    title: Echo\n    clause: 5.13-1B\n    corpus: corpora/echo\n"

static struct workspace *open_workspace(const char *folder)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    const struct workspace_options options = {.project = folder};
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    return workspace;
}

static void reads_what_a_user_gives(void **state)
{
    struct harness_catalogue *catalogue = NULL;
    const struct harness *harness = NULL;
    struct diagnostic diagnostic = {""};
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    (void)state;
    scratch_write(folder, "harnesses/known.yaml",
                  "schema: 1\nknown:\n  - {bucket: memory|copy, title: T, reason: r, since: 1}\n");
    scratch_write(folder, "harnesses/harnesses.yaml",
                  HEAD ECHO "    judges: [5.5-5, 5.13-1B, 5.1-5]\n    max_length: 99\n"
                            "    timeout_s: 3\n    memory_mb: 128\n    severity: critical\n"
                            "    baseline: harnesses/known.yaml\n"
                            "  - name: modbus_tcp\n    title: Mine\n    clause: 5.13-1B\n"
                            "    corpus: corpora/mine\n");
    assert_int_equal(harness_catalogue_load(workspace, &catalogue, &diagnostic), RIG_OK);
    assert_string_equal(harness_catalogue_at(catalogue, 0)->name, "echo");
    assert_int_equal(harness_catalogue_find(catalogue, "echo", &harness, &diagnostic), RIG_OK);
    assert_int_equal(harness->judges.count, 3);
    assert_string_equal(harness->judges.items[0], "5.13-1B");
    assert_string_equal(harness->judges.items[1], "5.5-5");
    assert_int_equal(harness->max_length, 99);
    assert_int_equal(harness->timeout_s, 3);
    assert_int_equal(harness->memory_mb, 128);
    assert_int_equal(harness->severity, SEVERITY_CRITICAL);
    assert_non_null(baseline_find(harness->baseline, "memory|copy"));
    char *corpus = file_join(workspace_user_folder(workspace), "corpora/echo");
    assert_string_equal(harness->corpus, corpus);
    free(corpus);
    /* The user's harness hides Ordeal's own of the same name. */
    assert_int_equal(harness_catalogue_find(catalogue, "modbus_tcp", &harness, &diagnostic),
                     RIG_OK);
    assert_string_equal(harness->title, "Mine");
    assert_int_equal(harness->max_length, 4096);
    assert_int_equal(harness->timeout_s, 10);
    assert_int_equal(harness->memory_mb, 1024);
    assert_int_equal(harness->severity, SEVERITY_HIGH);
    assert_null(harness->baseline);
    size_t seen = 0;
    for (size_t i = 0; i < harness_catalogue_count(catalogue); i++) {
        seen += strcmp(harness_catalogue_at(catalogue, i)->name, "modbus_tcp") == 0;
    }
    assert_int_equal(seen, 1);
    assert_int_equal(harness_catalogue_find(catalogue, "none", &harness, &diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(diagnostic.text, "echo modbus_tcp"));
    harness_catalogue_free(catalogue);
    workspace_free(workspace);
    scratch_remove(folder);
}

static void a_folder_without_harnesses_is_fine(void **state)
{
    struct harness_catalogue *catalogue = NULL;
    struct diagnostic diagnostic = {""};
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    (void)state;
    assert_int_equal(harness_catalogue_load(workspace, &catalogue, &diagnostic), RIG_OK);
    harness_catalogue_free(catalogue);
    workspace_free(workspace);
    scratch_remove(folder);
}

static const struct {
    const char *text;
    const char *place;
    const char *message;
} refusals[] = {
    {HEAD ECHO "    colour: red\n", ":7:", "unknown key `colour`"},
    {HEAD "  - name: echo\n    title: Echo\n    clause: 5.13-1B\n", ":3:", "`corpus` is missing"},
    {HEAD ECHO ECHO, ":7:", "there twice"},
    {HEAD "  - name: Echo-1\n", ":3:", "no word of [a-z0-9_]"},
    {HEAD "  - name: ../echo\n", ":3:", "no word of [a-z0-9_]"},
    {HEAD "  - name: echo\n    title: E\n    clause: 5.13-1B\n    corpus: a/../../b\n",
     ":6:", "leaves the folder"},
    {HEAD "  - name: echo\n    title: E\n    clause: 5.13-1B\n    corpus: /etc\n",
     ":6:", "leaves the folder"},
    {HEAD ECHO "    baseline: ../known.yaml\n", ":7:", "leaves the folder"},
    {HEAD ECHO "    baseline: known.yaml\n", ":7:", "is no file"},
    {HEAD ECHO "    max_length: 0\n", ":7:", "no number from 1"},
    {HEAD ECHO "    memory_mb: 63\n", ":7:", "no number from 64"},
    {HEAD ECHO "    timeout_s: 3601\n", ":7:", "no number from 1 to 3600"},
    {HEAD ECHO "    severity: dire\n", ":7:", "unknown severity"},
    {HEAD ECHO "    judges: 5.5-5\n", ":7:", "must be a list"},
    {HEAD "  - echo\n", ":3:", "a map"},
    {"schema: 1\nharnesses: {}\n", ":2:", "must be a list"},
    {"schema: 1\n", ":1:", "`harnesses` is missing"},
    {"schema: 2\nharnesses: []\n", ":1:", "newer"},
    {HEAD "\t- name: echo\n", ":3:", "no valid YAML"},
};

static void refuses_each_with_its_line(void **state)
{
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    char *path = file_join(workspace_user_folder(workspace), "harnesses/harnesses.yaml");
    size_t length = strlen(path);
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct harness_catalogue *catalogue = NULL;
        struct diagnostic diagnostic = {""};
        scratch_write(folder, "harnesses/harnesses.yaml", refusals[i].text);
        int error = harness_catalogue_load(workspace, &catalogue, &diagnostic);
        if (error != RIG_ERROR_CONFIGURATION || strncmp(diagnostic.text, path, length) != 0 ||
            strncmp(diagnostic.text + length, refusals[i].place, 3) != 0 ||
            strstr(diagnostic.text, refusals[i].message) == NULL) {
            fail_msg("case %zu: error %d: %s", i, error, diagnostic.text);
        }
        assert_null(catalogue);
    }
    free(path);
    workspace_free(workspace);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_user_gives),
        cmocka_unit_test(a_folder_without_harnesses_is_fine),
        cmocka_unit_test(refuses_each_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
