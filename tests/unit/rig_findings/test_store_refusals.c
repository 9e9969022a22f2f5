#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

/* Opens the store in each mode and requires the refusal, one line, and the file's bytes unchanged.
 */
static void expect_untouched(struct store_fixture *fixture, const char *message)
{
    static const enum store_mode modes[] = {STORE_CREATE, STORE_WRITE, STORE_READ};
    struct file_content before;
    char *path = scratch_path(fixture->path, "lab.db");
    assert_int_equal(file_read(path, 1 << 20, &before, &fixture->diagnostic), RIG_OK);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct store *store = NULL;
        struct file_content after;
        struct text_list names = {NULL, 0};
        assert_int_equal(store_open(fixture->path, modes[i], &store, &fixture->diagnostic),
                         RIG_ERROR_CONFIGURATION);
        assert_null(store);
        assert_non_null(strstr(fixture->diagnostic.text, message));
        assert_non_null(strstr(fixture->diagnostic.text, path));
        assert_null(strchr(fixture->diagnostic.text, '\n'));
        assert_int_equal(file_read(path, 1 << 20, &after, &fixture->diagnostic), RIG_OK);
        assert_int_equal(after.size, before.size);
        assert_memory_equal(after.bytes, before.bytes, before.size);
        file_content_free(&after);
        assert_int_equal(file_list(fixture->path, &names, &fixture->diagnostic), RIG_OK);
        assert_false(text_list_contains(&names, "lab.db-journal"));
        text_list_free(&names);
    }
    file_content_free(&before);
    free(path);
}

static void run_sql(struct store_fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    char *path = scratch_path(fixture->path, "lab.db");
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
    free(path);
}

static void refuses_a_newer_schema(void **state)
{
    struct store_fixture *fixture = *state;
    store_close(store_fixture_open(fixture, STORE_CREATE));
    run_sql(fixture, "PRAGMA user_version = 3; CREATE TABLE future (id INTEGER)");
    expect_untouched(fixture, "store version 3, this program knows 2; use a newer ordeal");
}

static void refuses_a_text_file(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "store/lab.db", "my shopping list\n");
    expect_untouched(fixture, "no SQLite database");
}

static void refuses_a_database_of_others(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "store/keep", "");
    run_sql(fixture, "CREATE TABLE finding (id INTEGER); INSERT INTO finding VALUES (1)");
    expect_untouched(fixture, "another program's database");
}

static void refuses_a_cut_off_header(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "store/lab.db", "SQLite format 3");
    expect_untouched(fixture, "no SQLite database");
}

/* A sound header over garbage: the header's check cannot see it, SQLite does. */
static void refuses_a_damaged_database(void **state)
{
    struct store_fixture *fixture = *state;
    struct file_content content;
    struct store *store = NULL;
    char *path = scratch_path(fixture->path, "lab.db");
    store_close(store_fixture_open(fixture, STORE_CREATE));
    assert_int_equal(file_read(path, 1 << 20, &content, &fixture->diagnostic), RIG_OK);
    memset(content.bytes + 100, 0x5a, content.size - 100);
    scratch_write_bytes(fixture->path, "lab.db", content.bytes, content.size);
    file_content_free(&content);
    int error = store_open(fixture->path, STORE_WRITE, &store, &fixture->diagnostic);
    if (error == RIG_OK) {
        const struct finding_filter everything = {0};
        struct finding_list list;
        error = store_list_findings(store, &everything, &list, &fixture->diagnostic);
        store_close(store);
    }
    assert_int_equal(error, RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(fixture->diagnostic.text, "lab.db: "));
    free(path);
}

static void expect_refusal(struct store_fixture *fixture, enum store_mode mode, int expected,
                           const char *message)
{
    struct store *store = NULL;
    int error = store_open(fixture->path, mode, &store, &fixture->diagnostic);
    if (error != expected || store != NULL || strstr(fixture->diagnostic.text, message) == NULL) {
        fail_msg("error %d: %s", error, fixture->diagnostic.text);
    }
}

static void says_when_there_is_no_store(void **state)
{
    struct store_fixture *fixture = *state;
    expect_refusal(fixture, STORE_READ, RIG_ERROR_NOT_FOUND, "no store here");
    expect_refusal(fixture, STORE_WRITE, RIG_ERROR_NOT_FOUND, "no store here");
    assert_false(file_exists(fixture->path));
    scratch_write(fixture->folder, "store/other", "");
    expect_refusal(fixture, STORE_READ, RIG_ERROR_NOT_FOUND, "no store here");
    scratch_write(fixture->folder, "store/lab.db", "");
    expect_refusal(fixture, STORE_READ, RIG_ERROR_NOT_FOUND, "no store here");
    store_close(
        store_fixture_open(fixture, STORE_CREATE)); /* an empty file holds nothing to lose */
}

static void refuses_a_file_in_place_of_the_folder(void **state)
{
    struct store_fixture *fixture = *state;
    struct file_content content;
    scratch_write(fixture->folder, "store", "text");
    expect_refusal(fixture, STORE_CREATE, RIG_ERROR_CONFIGURATION, "not a folder");
    expect_refusal(fixture, STORE_READ, RIG_ERROR_CONFIGURATION, "not a folder");
    assert_int_equal(file_read(fixture->path, 100, &content, &fixture->diagnostic), RIG_OK);
    assert_string_equal((char *)content.bytes, "text");
    file_content_free(&content);
}

static void refuses_a_folder_below_a_file(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "file", "text");
    free(fixture->path);
    fixture->path = scratch_path(fixture->folder, "file/store");
    expect_refusal(fixture, STORE_CREATE, RIG_ERROR_CONFIGURATION, "cannot make the folder");
}

static void refuses_a_folder_in_place_of_the_file(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "store/lab.db/x", "");
    expect_refusal(fixture, STORE_CREATE, RIG_ERROR_CONFIGURATION, "no regular file");
    expect_refusal(fixture, STORE_READ, RIG_ERROR_CONFIGURATION, "no regular file");
}

/* 0 when opening in that mode is refused as a wrong configuration, with a message. */
static int is_refused(const struct store_fixture *fixture, enum store_mode mode)
{
    struct store *store = NULL;
    struct diagnostic diagnostic = {""};
    int error = store_open(fixture->path, mode, &store, &diagnostic);
    store_close(store);
    return error == RIG_ERROR_CONFIGURATION && diagnostic.text[0] != '\0' ? 0 : 1;
}

static int check_unreadable(void *context)
{
    return is_refused(context, STORE_READ) + is_refused(context, STORE_WRITE) +
           is_refused(context, STORE_CREATE);
}

static void refuses_an_unreadable_folder(void **state)
{
    struct store_fixture *fixture = *state;
    store_close(store_fixture_open(fixture, STORE_CREATE));
    assert_int_equal(chmod(fixture->path, 0000), 0);
    assert_int_equal(scratch_run_unprivileged(check_unreadable, fixture), 0);
    assert_int_equal(chmod(fixture->path, 0755), 0);
}

static int check_empty_read_only(void *context)
{
    return is_refused(context, STORE_CREATE);
}

static void refuses_to_create_in_a_read_only_folder(void **state)
{
    struct store_fixture *fixture = *state;
    scratch_write(fixture->folder, "store/other", "");
    assert_int_equal(chmod(fixture->path, 0555), 0);
    assert_int_equal(scratch_run_unprivileged(check_empty_read_only, fixture), 0);
    assert_int_equal(chmod(fixture->path, 0755), 0);
}

/* Reads the one finding of a store that may only be read. */
static int check_reading(void *context)
{
    const struct store_fixture *fixture = context;
    struct store *store = NULL;
    struct diagnostic diagnostic;
    struct finding finding;
    if (is_refused(fixture, STORE_WRITE) != 0 ||
        store_open(fixture->path, STORE_READ, &store, &diagnostic) != RIG_OK) {
        return 1;
    }
    int error = store_get_finding(store, 1, &finding, &diagnostic);
    finding_clear(&finding);
    store_close(store);
    return error == RIG_OK ? 0 : 2;
}

static void a_read_only_store_can_be_read(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    struct finding_report report = store_fixture_report(fixture, "abc");
    char *path = scratch_path(fixture->path, "lab.db");
    (void)store_fixture_file(fixture, store, store_fixture_run(fixture, store), &report);
    store_close(store);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(fixture->path, 0555), 0);
    assert_int_equal(scratch_run_unprivileged(check_reading, fixture), 0);
    assert_int_equal(chmod(fixture->path, 0755), 0);
    free(path);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(refuses_a_newer_schema),
        STORE_TEST(refuses_a_text_file),
        STORE_TEST(refuses_a_database_of_others),
        STORE_TEST(refuses_a_cut_off_header),
        STORE_TEST(refuses_a_damaged_database),
        STORE_TEST(says_when_there_is_no_store),
        STORE_TEST(refuses_a_file_in_place_of_the_folder),
        STORE_TEST(refuses_a_folder_below_a_file),
        STORE_TEST(refuses_a_folder_in_place_of_the_file),
        STORE_TEST(refuses_an_unreadable_folder),
        STORE_TEST(refuses_to_create_in_a_read_only_folder),
        STORE_TEST(a_read_only_store_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
