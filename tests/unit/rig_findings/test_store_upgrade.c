/* A store of version 1, made here as that version made it, goes on working. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

static const char version_1[] =
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, target TEXT NOT NULL,"
    " rung TEXT NOT NULL, harness TEXT NOT NULL, engine TEXT NOT NULL, seed INTEGER NOT NULL,"
    " harness_hash TEXT NOT NULL, firmware_hash TEXT NOT NULL, tool_versions TEXT NOT NULL,"
    " started INTEGER NOT NULL, ended INTEGER, execs INTEGER NOT NULL DEFAULT 0,"
    " execs_per_second REAL NOT NULL DEFAULT 0, edges INTEGER NOT NULL DEFAULT 0,"
    " control_held INTEGER NOT NULL DEFAULT 0, verdict TEXT NOT NULL DEFAULT 'INCONCLUSIVE',"
    " reason TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE result ("
    " run INTEGER NOT NULL REFERENCES run(id), clause TEXT NOT NULL, source TEXT NOT NULL,"
    " verdict TEXT NOT NULL, replay TEXT NOT NULL, reason TEXT NOT NULL,"
    " PRIMARY KEY (run, clause, source));"
    "CREATE TABLE finding ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, clause TEXT NOT NULL, class TEXT NOT NULL,"
    " severity TEXT NOT NULL, state TEXT NOT NULL, rung TEXT NOT NULL, target TEXT NOT NULL,"
    " source TEXT NOT NULL, engine TEXT NOT NULL, fingerprint TEXT NOT NULL, title TEXT NOT NULL,"
    " replay TEXT NOT NULL, detail TEXT NOT NULL, frames TEXT NOT NULL,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " first_run INTEGER NOT NULL REFERENCES run(id), last_run INTEGER NOT NULL REFERENCES run(id),"
    " occurrences INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',"
    " expires INTEGER NOT NULL DEFAULT 0, input TEXT NOT NULL DEFAULT '',"
    " report TEXT NOT NULL DEFAULT '');"
    "CREATE UNIQUE INDEX finding_identity"
    " ON finding (rung, fingerprint, (class = 'unreproducible'));"
    "CREATE TABLE sighting ("
    " finding INTEGER NOT NULL REFERENCES finding(id), run INTEGER NOT NULL REFERENCES run(id),"
    " occurrences INTEGER NOT NULL, PRIMARY KEY (finding, run));"
    "PRAGMA application_id = 0x4f72646c;"
    "PRAGMA user_version = 1;"
    "INSERT INTO run (command, target, rung, harness, engine, seed, harness_hash, firmware_hash,"
    " tool_versions, started, ended) VALUES ('fuzz', 'native', 'host', 'modbus_tcp', 'libfuzzer',"
    " 7, '', '', '', 1000, 2000);"
    "INSERT INTO finding (clause, class, severity, state, rung, target, source, engine,"
    " fingerprint, title, replay, detail, frames, first_seen, last_seen, first_run, last_run,"
    " occurrences, reason, input, report) VALUES"
    " ('5.13-1B', 'memory', 'high', 'open', 'host', 'native', 'modbus_tcp', 'libfuzzer', 'abc',"
    " 'opened again', 'r', 'd', 'f', 1000, 2000, 1, 1, 3, 'was mended', 'runs/R-1/F-1.input', ''),"
    " ('5.13-1B', 'memory', 'high', 'fixed', 'host', 'native', 'modbus_tcp', 'libfuzzer', 'def',"
    " 'fixed', 'r', 'd', 'f', 1000, 2000, 1, 1, 1, 'is mended', '', '');"
    "INSERT INTO sighting VALUES (1, 1, 3), (2, 1, 1);";

static void make_old_store(struct store_fixture *fixture)
{
    char *path = scratch_path(fixture->path, "lab.db");
    sqlite3 *database = NULL;
    scratch_write(fixture->folder, "store/runs/R-1/F-1.input", "input");
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, version_1, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
    free(path);
}

static struct file_content read_database(struct store_fixture *fixture)
{
    struct file_content content;
    char *path = scratch_path(fixture->path, "lab.db");
    assert_int_equal(file_read(path, 1 << 20, &content, &fixture->diagnostic), RIG_OK);
    free(path);
    return content;
}

/* The findings of the old store, as they must read by any way. */
static void expect_findings(struct store_fixture *fixture, struct store *store)
{
    struct finding finding;
    struct finding_change_list changes;
    struct diagnostic *diagnostic = &fixture->diagnostic;
    char *path = NULL;
    assert_int_equal(store_get_finding(store, 1, &finding, diagnostic), RIG_OK);
    assert_int_equal(finding.state, FINDING_OPEN);
    assert_string_equal(finding.reason, "");
    assert_string_equal(finding.bucket, "");
    assert_string_equal(finding.input.path, "runs/R-1/F-1.input");
    assert_string_equal(finding.input.sha256, "");
    assert_int_equal(finding.occurrences, 3);
    assert_int_equal(store_check_input(store, &finding.input, &path, diagnostic), RIG_OK);
    free(path);
    finding_clear(&finding);
    assert_int_equal(store_list_changes(store, 1, &changes, diagnostic), RIG_OK);
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.items[0].state, FINDING_FIXED);
    assert_string_equal(changes.items[0].reason, "was mended");
    finding_change_list_free(&changes);
    assert_int_equal(store_get_finding(store, 2, &finding, diagnostic), RIG_OK);
    assert_int_equal(finding.state, FINDING_FIXED);
    assert_string_equal(finding.reason, "is mended");
    finding_clear(&finding);
}

static void a_reader_leaves_it_as_it_is(void **state)
{
    struct store_fixture *fixture = *state;
    make_old_store(fixture);
    struct file_content before = read_database(fixture);
    struct store *store = store_fixture_open(fixture, STORE_READ);
    expect_findings(fixture, store);
    store_close(store);
    struct file_content after = read_database(fixture);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.bytes, before.bytes, before.size);
    file_content_free(&before);
    file_content_free(&after);
}

static void upgrade_and_check(struct store_fixture *fixture, enum store_mode mode)
{
    make_old_store(fixture);
    struct store *store = store_fixture_open(fixture, mode);
    expect_findings(fixture, store);
    store_close(store);
    store = store_fixture_open(fixture, STORE_READ); /* the file itself now */
    expect_findings(fixture, store);
    store_close(store);
    struct file_content content = read_database(fixture);
    assert_int_equal(content.bytes[63], STORE_SCHEMA); /* end of user_version in the header */
    file_content_free(&content);
}

static void a_writer_upgrades_it(void **state)
{
    upgrade_and_check(*state, STORE_WRITE);
}

static void a_run_upgrades_it_and_goes_on(void **state)
{
    struct store_fixture *fixture = *state;
    struct finding_report report = store_fixture_report(fixture, "def");
    struct finding finding;
    upgrade_and_check(fixture, STORE_CREATE);
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    report.bucket = "memory|registers_read";
    struct store_filed filed =
        store_fixture_file(fixture, store, store_fixture_run(fixture, store), &report);
    assert_int_equal(filed.id, 2);
    assert_true(filed.reopened);
    assert_int_equal(store_get_finding(store, 2, &finding, &fixture->diagnostic), RIG_OK);
    assert_string_equal(finding.bucket, "memory|registers_read");
    assert_int_equal(finding.input.size, 5);
    finding_clear(&finding);
    store_close(store);
}

static int read_without_permission(void *context)
{
    const struct store_fixture *fixture = context;
    struct store *store = NULL;
    struct diagnostic diagnostic;
    struct finding finding;
    if (store_open(fixture->path, STORE_READ, &store, &diagnostic) != RIG_OK) {
        return 1;
    }
    int error = store_get_finding(store, 2, &finding, &diagnostic);
    finding_clear(&finding);
    store_close(store);
    return error == RIG_OK ? 0 : 2;
}

static void a_reader_needs_no_permission_to_write(void **state)
{
    struct store_fixture *fixture = *state;
    make_old_store(fixture);
    char *path = scratch_path(fixture->path, "lab.db");
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(fixture->path, 0555), 0);
    assert_int_equal(scratch_run_unprivileged(read_without_permission, fixture), 0);
    assert_int_equal(chmod(fixture->path, 0755), 0);
    free(path);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_reader_leaves_it_as_it_is),
        STORE_TEST(a_writer_upgrades_it),
        STORE_TEST(a_run_upgrades_it_and_goes_on),
        STORE_TEST(a_reader_needs_no_permission_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
