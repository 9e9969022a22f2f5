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

static const char *const schema[] = {
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
    if (version != STORE_SCHEMA) {
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

static int create_tables(struct store *store, struct diagnostic *diagnostic)
{
    char pragma[64];
    int error = RIG_OK;
    for (size_t i = 0; i < sizeof schema / sizeof schema[0] && error == RIG_OK; i++) {
        error = sql_run(store, schema[i], SQL_NO_VALUES, diagnostic);
    }
    if (error == RIG_OK) {
        (void)sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA application_id = %d",
                               STORE_APPLICATION_ID);
        error = sql_run(store, pragma, SQL_NO_VALUES, diagnostic);
    }
    if (error == RIG_OK) {
        (void)sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA user_version = %d", STORE_SCHEMA);
        error = sql_run(store, pragma, SQL_NO_VALUES, diagnostic);
    }
    return error;
}

int store_create_schema(struct store *store, struct diagnostic *diagnostic)
{
    int64_t version = 0;
    int error = sql_begin(store, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = read_version(store, &version, diagnostic);
    if (error == RIG_OK && version == 0) {
        error = create_tables(store, diagnostic);
    }
    return sql_finish(store, error, diagnostic);
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
