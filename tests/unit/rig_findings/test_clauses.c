#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "findings/clauses.h"
#include "scratch.h"

struct counts {
    size_t mandatory;
    size_t recommended;
    size_t testability[3];
};

static void the_catalogue_is_whole(void **state)
{
    struct clauses *clauses = NULL;
    struct diagnostic diagnostic = {""};
    struct counts counts = {0};
    (void)state;
    assert_int_equal(clauses_load(CLAUSES_FILE, &clauses, &diagnostic), RIG_OK);
    assert_int_equal(clauses_count(clauses), 78);
    for (size_t i = 0; i < clauses_count(clauses); i++) {
        const struct clause *clause = clauses_at(clauses, i);
        counts.mandatory += clause->status == CLAUSE_MANDATORY;
        counts.recommended += clause->status == CLAUSE_RECOMMENDED;
        counts.testability[clause->testability]++;
        assert_ptr_equal(clauses_find(clauses, clause->id), clause);
        assert_true(strlen(clause->title) >= 10 && strlen(clause->title) <= 60);
        assert_true(strlen(clause->paraphrase) > 20);
        assert_true(strncmp(clause->section, clause->id, strcspn(clause->id, "-")) == 0);
        assert_true(strcmp(clause->since, "V2.1.1") == 0 || strcmp(clause->since, "V3.1.3") == 0);
    }
    assert_int_equal(counts.mandatory, 36);
    assert_int_equal(counts.recommended, 42);
    assert_int_equal(counts.testability[CLAUSE_AUTOMATIC], 24);
    assert_int_equal(counts.testability[CLAUSE_ASSISTED], 36);
    assert_int_equal(counts.testability[CLAUSE_DOCUMENT], 18);
    clauses_free(clauses);
}

static void finds_by_id(void **state)
{
    struct clauses *clauses = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(clauses_load(CLAUSES_FILE, &clauses, &diagnostic), RIG_OK);
    const struct clause *clause = clauses_find(clauses, "5.13-1B");
    assert_non_null(clause);
    assert_string_equal(clause_status_name(clause->status), "M");
    assert_string_equal(clause_testability_name(clause->testability), "AUTOMATIC");
    assert_string_equal(clause->title, "Input from network interfaces is validated");
    assert_null(clauses_find(clauses, "5.13-1"));
    assert_null(clauses_find(clauses, ""));
    clauses_free(clauses);
}

/* One change to a sound catalogue: the first `from` at or after line `after` becomes `to`. */
struct change {
    const char *from;
    const char *to;
    const char *message; /* part of what is said */
    size_t line;         /* the line that must be named */
};

/* The first provision begins at line 19 and has 11 lines; the second begins at line 30. */
static const struct change changes[] = {
    {"    section: \"5.0 Reporting\"\n", "    section: \"5.0 Reporting\"\n    colour: red\n",
     "unknown key `colour`", 21},
    {"    since: \"V3.1.3\"\n", "", "`since` is missing", 19},
    {"  - id: \"5.1-1\"\n", "  - id: \"5.0-1\"\n", "5.0-1 is there twice", 30},
    {"    status: M\n", "    status: X\n", "unknown status `X`; write one of M, R", 22},
    {"    testability: DOCUMENT\n", "    testability: document\n", "unknown testability", 23},
    {"    status: M\n", "\tstatus: M\n", "no valid YAML", 22},
    {"    status: M\n", "    status: [M]\n", "single value", 22},
    {"title: \"Reasons recorded", "title: \"Reasons recorded at a length that no table can bear",
     "longer than 60", 21},
    {"schema: 1\n", "schema: 2\n", "newer", 17},
    {"clauses:\n", "provisions:\n", "unknown key `provisions`", 18},
};

static char *apply(const char *text, const struct change *change)
{
    const char *at = strstr(text, change->from);
    assert_non_null(at);
    size_t head = (size_t)(at - text);
    char *changed = malloc(strlen(text) + strlen(change->to) + 1);
    assert_non_null(changed);
    memcpy(changed, text, head);
    strcpy(changed + head, change->to);
    strcat(changed, at + strlen(change->from));
    return changed;
}

static void expect_refusal(const char *path, size_t line, const char *message)
{
    struct clauses *clauses = NULL;
    struct diagnostic diagnostic = {""};
    char place[512];
    (void)snprintf(place, sizeof place, "%s:%zu: ", path, line);
    int error = clauses_load(path, &clauses, &diagnostic);
    if (error != RIG_ERROR_CONFIGURATION || clauses != NULL ||
        strncmp(diagnostic.text, place, strlen(place)) != 0 ||
        strstr(diagnostic.text, message) == NULL) {
        fail_msg("expected %s%s, error %d: %s", place, message, error, diagnostic.text);
    }
}

static void refuses_each_change_with_its_line(void **state)
{
    struct file_content content;
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "clauses.yaml");
    (void)state;
    assert_int_equal(file_read(CLAUSES_FILE, 1 << 20, &content, &diagnostic), RIG_OK);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *changed = apply((const char *)content.bytes, &changes[i]);
        scratch_write(folder, "clauses.yaml", changed);
        expect_refusal(path, changes[i].line, changes[i].message);
        free(changed);
    }
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

/* Counts lines up to `size` bytes. */
static size_t line_at(const struct file_content *content, size_t size)
{
    size_t line = 1;
    for (size_t i = 0; i < size; i++) {
        line += content->bytes[i] == '\n';
    }
    return line;
}

static void refuses_a_truncated_file(void **state)
{
    struct file_content content;
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "clauses.yaml");
    (void)state;
    assert_int_equal(file_read(CLAUSES_FILE, 1 << 20, &content, &diagnostic), RIG_OK);
    const char *text = (const char *)content.bytes;
    /* Between two provisions: sound YAML that has too few. */
    size_t whole = (size_t)(strstr(text, "  - id: \"5.5-1\"") - text);
    scratch_write_bytes(folder, "clauses.yaml", text, whole);
    expect_refusal(path, line_at(&content, whole) - 11, "33 provisions where there must be 78");
    /* Within a quoted text. */
    size_t cut = (size_t)(strstr(text, "Reasons recorded") - text);
    scratch_write_bytes(folder, "clauses.yaml", text, cut + 4);
    expect_refusal(path, line_at(&content, cut), "no valid YAML");
    /* Within a provision: keys are missing. */
    cut = (size_t)(strstr(text, "    since: ") - text);
    scratch_write_bytes(folder, "clauses.yaml", text, cut);
    expect_refusal(path, 19, "`condition` is missing");
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

static void refuses_one_provision_too_many(void **state)
{
    struct file_content content;
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "clauses.yaml");
    (void)state;
    assert_int_equal(file_read(CLAUSES_FILE, 1 << 20, &content, &diagnostic), RIG_OK);
    size_t end = line_at(&content, content.size);
    char *longer = malloc(content.size + 32);
    assert_non_null(longer);
    memcpy(longer, content.bytes, content.size);
    strcpy(longer + content.size, "  - id: \"9.9-9\"\n");
    scratch_write(folder, "clauses.yaml", longer);
    expect_refusal(path, end, "79 provisions");
    free(longer);
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

static void refuses_what_is_no_file(void **state)
{
    struct clauses *clauses = NULL;
    struct diagnostic diagnostic = {""};
    char *folder = scratch_make();
    char *path = scratch_path(folder, "clauses.yaml");
    (void)state;
    assert_int_equal(clauses_load(path, &clauses, &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(diagnostic.text, path));
    assert_int_equal(clauses_load(folder, &clauses, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "not a regular file"));
    scratch_write(folder, "clauses.yaml", "");
    expect_refusal(path, 1, "empty");
    assert_null(clauses);
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_is_whole),
        cmocka_unit_test(finds_by_id),
        cmocka_unit_test(refuses_each_change_with_its_line),
        cmocka_unit_test(refuses_a_truncated_file),
        cmocka_unit_test(refuses_one_provision_too_many),
        cmocka_unit_test(refuses_what_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
