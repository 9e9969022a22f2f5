#include "findings/store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* SQLite's database header, https://www.sqlite.org/fileformat.html section 1.3. */
#define HEADER_SIZE           100
#define HEADER_USER_VERSION   60
#define HEADER_APPLICATION_ID 68

static const char *const schema_1[] = {
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, target TEXT NOT NULL,"
    " rung TEXT NOT NULL, harness TEXT NOT NULL, engine TEXT NOT NULL, seed INTEGER NOT NULL,"
    " harness_hash TEXT NOT NULL, firmware_hash TEXT NOT NULL, tool_versions TEXT NOT NULL,"
    " started INTEGER NOT NULL, ended INTEGER, execs INTEGER NOT NULL DEFAULT 0,"
    " execs_per_second REAL NOT NULL DEFAULT 0, edges INTEGER NOT NULL DEFAULT 0,"
    " control_held INTEGER NOT NULL DEFAULT 0, verdict TEXT NOT NULL DEFAULT 'INCONCLUSIVE',"
    " reason TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE result ("
    " run INTEGER NOT NULL REFERENCES run(id), clause TEXT NOT NULL, source TEXT NOT NULL,"
    " verdict TEXT NOT NULL, replay TEXT NOT NULL, reason TEXT NOT NULL,"
    " PRIMARY KEY (run, clause, source))",
    "CREATE TABLE finding ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, clause TEXT NOT NULL, class TEXT NOT NULL,"
    " severity TEXT NOT NULL, state TEXT NOT NULL, rung TEXT NOT NULL, target TEXT NOT NULL,"
    " source TEXT NOT NULL, engine TEXT NOT NULL, fingerprint TEXT NOT NULL, title TEXT NOT NULL,"
    " replay TEXT NOT NULL, detail TEXT NOT NULL, frames TEXT NOT NULL,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " first_run INTEGER NOT NULL REFERENCES run(id), last_run INTEGER NOT NULL REFERENCES run(id),"
    " occurrences INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',"
    " expires INTEGER NOT NULL DEFAULT 0, input TEXT NOT NULL DEFAULT '',"
    " report TEXT NOT NULL DEFAULT '')",
    "CREATE UNIQUE INDEX finding_identity"
    " ON finding (rung, fingerprint, (class = 'unreproducible'))",
    "CREATE TABLE sighting ("
    " finding INTEGER NOT NULL REFERENCES finding(id), run INTEGER NOT NULL REFERENCES run(id),"
    " occurrences INTEGER NOT NULL, PRIMARY KEY (finding, run))",
    NULL,
};

static const char create_change[] =
    "CREATE TABLE change ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, finding INTEGER NOT NULL REFERENCES finding(id),"
    " at INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL)";

static const char keep_reasons[] =
    "INSERT INTO change (finding, at, state, reason)"
    " SELECT id, last_seen, CASE state WHEN 'open' THEN 'fixed' ELSE state END, reason"
    " FROM finding WHERE reason != ''";

/* Version 2: the bucket, inputs with hash and size, the minimised input, changes of state. An open
 * finding that still carried the reason of an earlier closing hands it over to its changes. */
static const char *const upgrade_to_2[] = {
    "ALTER TABLE finding ADD COLUMN bucket TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE finding ADD COLUMN input_hash TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE finding ADD COLUMN input_size INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE finding ADD COLUMN minimised TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE finding ADD COLUMN minimised_hash TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE finding ADD COLUMN minimised_size INTEGER NOT NULL DEFAULT 0",
    create_change,
    keep_reasons,
    "UPDATE finding SET reason = '', expires = 0 WHERE state = 'open'",
    NULL,
};

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int check_header(const uint8_t *header, size_t size, const char *path,
                        struct diagnostic *diagnostic)
{
    if (size < HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: not an Ordeal store (no SQLite database); choose another with "
                               "--store",
                               path);
    }
    if (big_endian(header + HEADER_APPLICATION_ID) != STORE_APPLICATION_ID) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_CONFIGURATION,
            "%s: not an Ordeal store (another program's database); choose another "
            "with --store",
            path);
    }
    uint32_t version = big_endian(header + HEADER_USER_VERSION);
    if (version < 1 || version > STORE_SCHEMA) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_CONFIGURATION,
            "%s: store version %" PRIu32 ", this program knows %d; %s", path, version, STORE_SCHEMA,
            version > STORE_SCHEMA ? "use a newer ordeal" : "restore it from a copy");
    }
    return RIG_OK;
}

/* Reads up to HEADER_SIZE bytes. Closing a descriptor drops the process's own locks on the file,
 * which is harmless here: no transaction lasts longer than one call of the store. */
static int read_header(const char *path, uint8_t *header, size_t *size,
                       struct diagnostic *diagnostic)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return file_fail(path, "open", diagnostic);
    }
    ssize_t count = read(descriptor, header, HEADER_SIZE);
    int error = count < 0 ? file_fail(path, "read", diagnostic) : RIG_OK;
    *size = count < 0 ? 0 : (size_t)count;
    (void)close(descriptor);
    return error;
}

int store_check_file(const char *path, bool *exists, struct diagnostic *diagnostic)
{
    uint8_t header[HEADER_SIZE];
    size_t size = 0;
    struct stat status;
    *exists = false;
    if (stat(path, &status) != 0) {
        return errno == ENOENT ? RIG_OK : file_fail(path, "look at", diagnostic);
    }
    if (!S_ISREG(status.st_mode)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: not an Ordeal store (no regular file); choose another with "
                               "--store",
                               path);
    }
    if (status.st_size == 0) {
        return RIG_OK;
    }
    *exists = true;
    int error = read_header(path, header, &size, diagnostic);
    return error == RIG_OK ? check_header(header, size, path, diagnostic) : error;
}

static int read_version(struct store *store, int64_t *version, struct diagnostic *diagnostic)
{
    bool found = false;
    return sql_get_integer(store, "PRAGMA user_version", SQL_NO_VALUES, version, &found,
                           diagnostic);
}

static int run_all(struct store *store, const char *const *statements,
                   struct diagnostic *diagnostic)
{
    int error = RIG_OK;
    for (; *statements != NULL && error == RIG_OK; statements++) {
        error = sql_run(store, *statements, SQL_NO_VALUES, diagnostic);
    }
    return error;
}

/* Takes the database from `version` (0: empty) to STORE_SCHEMA. A new store goes the same way as an
 * old one, so both come out alike. */
static int make_tables(struct store *store, int64_t version, struct diagnostic *diagnostic)
{
    char pragma[64];
    int error = RIG_OK;
    if (version == 0) {
        error = run_all(store, schema_1, diagnostic);
    }
    if (error == RIG_OK && version == 0) {
        (void)sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA application_id = %d",
                               STORE_APPLICATION_ID);
        error = sql_run(store, pragma, SQL_NO_VALUES, diagnostic);
    }
    if (error == RIG_OK) {
        error = run_all(store, upgrade_to_2, diagnostic);
    }
    if (error == RIG_OK) {
        (void)sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA user_version = %d", STORE_SCHEMA);
        error = sql_run(store, pragma, SQL_NO_VALUES, diagnostic);
    }
    return error;
}

int store_make_schema(struct store *store, bool may_create, struct diagnostic *diagnostic)
{
    int64_t version = 0;
    int error = read_version(store, &version, diagnostic);
    if (error != RIG_OK || version == STORE_SCHEMA || (version == 0 && !may_create)) {
        return error;
    }
    error = sql_begin(store, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = read_version(store, &version, diagnostic); /* another process may have been first */
    if (error == RIG_OK && version < STORE_SCHEMA) {
        error = make_tables(store, version, diagnostic);
    }
    return sql_finish(store, error, diagnostic);
}

/* Puts a copy in memory in the place of the database. */
static int copy_into_memory(struct store *store, struct diagnostic *diagnostic)
{
    sqlite3 *memory = NULL;
    if (sqlite3_open(":memory:", &memory) != SQLITE_OK) {
        (void)sqlite3_close(memory);
        return sql_no_memory(diagnostic);
    }
    sqlite3_backup *backup = sqlite3_backup_init(memory, "main", store->database, "main");
    int result = backup == NULL ? SQLITE_NOMEM : sqlite3_backup_step(backup, -1);
    (void)sqlite3_backup_finish(backup); /* says again what the step said */
    if (result != SQLITE_DONE) {
        (void)sqlite3_close(memory);
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s/lab.db: cannot be read: %s",
                               store->folder, sqlite3_errstr(result));
    }
    (void)sqlite3_close_v2(store->database);
    store->database = memory;
    return RIG_OK;
}

int store_read_schema(struct store *store, struct diagnostic *diagnostic)
{
    int64_t version = 0;
    int error = read_version(store, &version, diagnostic);
    if (error == RIG_OK && version > 0 && version < STORE_SCHEMA) {
        error = copy_into_memory(store, diagnostic);
        if (error == RIG_OK) {
            error = store_make_schema(store, false, diagnostic);
        }
    }
    return error;
}

int store_check_schema(struct store *store, struct diagnostic *diagnostic)
{
    int64_t version = 0;
    int error = read_version(store, &version, diagnostic);
    if (error == RIG_OK && version != STORE_SCHEMA) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                                "%s: the store was never finished; run `ordeal fuzz` or `ordeal "
                                "campaign` to make it",
                                store->folder);
    }
    return error;
}
