#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "kiosk/store/db.h"
#include "kiosk/store/wal.h"

enum { BUSY_TIMEOUT_MS = 2000 };

static const char *const statement_texts[STATEMENT_COUNT] = {
#define X(name, sql) [name] = sql,
    STATEMENTS(X)
#undef X
};

static const char *const remedies[] = {
    [LEDGER_OK] = "",
    [LEDGER_FULL] = "free space on this medium; recording goes on by itself",
    [LEDGER_UNWRITABLE] = ("check that the medium is mounted read-write and that the directory "
                           "belongs to this program's user"), /* clang: one text, not two */
    [LEDGER_FAILED] = "the ledger must be closed and opened again; check the medium",
};

db_value_t db_integer(int64_t value)
{
    return (db_value_t){.type = DB_INTEGER, .integer = value};
}

db_value_t db_integer_if(bool known, int64_t value)
{
    return (db_value_t){.type = known ? DB_INTEGER : DB_NULL, .integer = value};
}

db_value_t db_text(const char *text)
{
    return (db_value_t){.type = *text ? DB_TEXT : DB_NULL, .text = text};
}

db_value_t db_blob(const void *bytes, size_t size)
{
    return (db_value_t){.type = DB_BLOB, .integer = (int64_t)size, .bytes = bytes};
}

static bool is_failed_sync(int code)
{
    return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC ||
           code == SQLITE_IOERR_CLOSE;
}

bool db_is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

enum ledger_result db_result(int code, int system_errno)
{
    bool no_room = system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;

    switch (code & 0xff) {
    case SQLITE_OK:
        return LEDGER_OK;
    case SQLITE_FULL:
        return LEDGER_FULL;
    case SQLITE_IOERR:
        /* A quota or a size limit arrives as a failed write; only a failed sync is final. */
        return no_room && !is_failed_sync(code) ? LEDGER_FULL : LEDGER_FAILED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LEDGER_UNWRITABLE;
    case SQLITE_CANTOPEN:
        return no_room ? LEDGER_FULL : LEDGER_UNWRITABLE;
    default:
        return LEDGER_FAILED;
    }
}

enum ledger_result db_explain(const struct db *db, const char *doing, int code,
                              char error[LEDGER_ERROR_MAX])
{
    /* SQLite forgets the errno of a failed COMMIT. */
    int number = db->run_errno || !db->handle ? db->run_errno : sqlite3_system_errno(db->handle);
    enum ledger_result result = db_result(code, number);

    snprintf(error, LEDGER_ERROR_MAX, "%.120s: cannot %s (%s): %s", db->path, doing,
             sqlite3_errstr(code), remedies[result]);
    return result;
}

static int count_wal_pages(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct db *db = context;

    (void)handle;
    (void)name;
    db->wal_pages = pages;
    return SQLITE_OK;
}

/* The lock stands in a file of its own: SQLite's locks on the database must not be touched. */
static int take_lock(struct db *db)
{
    char path[DB_PATH_MAX + 8];

    snprintf(path, sizeof path, "%s.lock", db->path);
    db->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (db->lock < 0) {
        return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_CANTOPEN;
    }
    return flock(db->lock, LOCK_EX | LOCK_NB) == 0 ? SQLITE_OK : SQLITE_BUSY;
}

int db_open_writer(struct db *db)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    db->lock = -1;
    db->wal_pages = -1;
    int code = take_lock(db);
    if (code != SQLITE_OK) {
        return code;
    }
    code = gather_add(&db->gather);
    if (code == SQLITE_OK) {
        code = sqlite3_open_v2(db->path, &db->handle, flags, db->gather.through.name);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    return SQLITE_OK;
}

int db_configure_writer(struct db *db)
{
    /* Of a new file; a commit writes whole pages, three and a bit for a deposit. With 2048 bytes
     * that is 7.8 KB, with 4096 13.9 KB and with 1024 5.0 KB, but more often two pages for one. */
    int code = sqlite3_exec(db->handle,
                            "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;"
                            "PRAGMA page_size = 2048;"
                            "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
                            NULL, NULL, NULL);
    /* SQLite's own checkpoint after a commit swallows errors, a failed sync among them. */
    sqlite3_wal_hook(db->handle, count_wal_pages, db);
    return code;
}

static int try_reader(struct db *db, const char *query)
{
    char uri[3 * DB_PATH_MAX + 32] = "file:";
    size_t length = strlen(uri);

    for (const char *from = db->path; *from; from++) {
        bool special = strchr("?#%", *from) != NULL;
        length += (size_t)snprintf(uri + length, sizeof uri - length, special ? "%%%02X" : "%c",
                                   (unsigned char)*from);
    }
    snprintf(uri + length, sizeof uri - length, "%s", query);
    int code = sqlite3_open_v2(uri, &db->handle,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
                               db->ahead.through.name);
    if (code != SQLITE_OK) {
        return code;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    return sqlite3_exec(db->handle,
                        "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;"
                        "SELECT 1 FROM sqlite_schema",
                        NULL, NULL, NULL);
}

int db_open_reader(struct db *db)
{
    char wal[DB_PATH_MAX + 8];

    db->lock = -1;
    if (access(db->path, R_OK) != 0) {
        return SQLITE_CANTOPEN;
    }
    int code = ahead_add(&db->ahead);
    if (code != SQLITE_OK) {
        return code;
    }
    code = try_reader(db, "");
    if ((code & 0xff) != SQLITE_CANTOPEN && (code & 0xff) != SQLITE_READONLY) {
        return code;
    }
    /* On a medium mounted read-only SQLite cannot lay its shared memory beside the file. Without
     * a WAL the file is complete by itself and nobody can be writing it. */
    snprintf(wal, sizeof wal, "%s-wal", db->path);
    if (access(wal, F_OK) == 0) {
        return code;
    }
    sqlite3_close(db->handle);
    db->handle = NULL;
    return try_reader(db, "?immutable=1");
}

int db_prepare(struct db *db)
{
    int code = SQLITE_OK;

    for (int i = 0; i < STATEMENT_COUNT && code == SQLITE_OK; i++) {
        code = sqlite3_prepare_v3(db->handle, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &db->statements[i], NULL);
    }
    return code;
}

static int bind(sqlite3_stmt *statement, int mark, const db_value_t *value)
{
    switch (value->type) {
    case DB_INTEGER:
        return sqlite3_bind_int64(statement, mark, value->integer);
    case DB_TEXT:
        return sqlite3_bind_text(statement, mark, value->text, -1, SQLITE_STATIC);
    case DB_BLOB:
        return sqlite3_bind_blob(statement, mark, value->bytes, (int)value->integer, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, mark);
    }
}

int db_run(struct db *db, enum statement statement, const db_value_t *values, int count)
{
    sqlite3_stmt *prepared = db->statements[statement];
    int code = SQLITE_OK;

    assert(sqlite3_bind_parameter_count(prepared) == count);
    for (int i = 0; i < count && code == SQLITE_OK; i++) {
        code = bind(prepared, i + 1, &values[i]);
    }
    errno = 0;
    if (code == SQLITE_OK) {
        code = sqlite3_step(prepared);
    }
    db->run_errno = code == SQLITE_DONE ? 0 : errno;
    sqlite3_reset(prepared);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void release(struct db *db)
{
    if (db->is_holding) {
        sqlite3_reset(db->statements[STATEMENT_HOLD]);
    }
    db->is_holding = false;
}

int db_begin(struct db *db)
{
    if (!db->is_holding) {
        /* Without it a transaction takes its own lock: what fails here fails there again. */
        db->is_holding = sqlite3_step(db->statements[STATEMENT_HOLD]) == SQLITE_ROW;
        if (!db->is_holding) {
            sqlite3_reset(db->statements[STATEMENT_HOLD]);
        }
    }
    int code = db_run(db, STATEMENT_BEGIN, NULL, 0);
    if (code != SQLITE_OK) {
        release(db);
    }
    return code;
}

int db_commit(struct db *db)
{
    return db_run(db, STATEMENT_COMMIT, NULL, 0);
}

void db_roll_back(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle)) {
        (void)db_run(db, STATEMENT_ROLLBACK, NULL, 0);
    }
    release(db);
}

int db_checkpoint(struct db *db)
{
    release(db);
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                         &db->wal_pages, NULL);
    bool later = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED ||
                 db_result(code, sqlite3_system_errno(db->handle)) == LEDGER_FULL;
    return later ? SQLITE_OK : code;
}

void db_close(struct db *db, bool clean)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(db->statements[i]);
    }
    if (db->handle && db->lock >= 0 && clean) {
        /* Where this fails, the checkpoint of sqlite3_close() would try the same sync again. */
        clean = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                          NULL) == SQLITE_OK;
    }
    if (db->handle && !clean) {
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    }
    sqlite3_close(db->handle);
    through_remove(&db->gather.through);
    through_remove(&db->ahead.through);
    if (db->handle && db->lock >= 0 && !clean && db->wal_pages >= 0) {
        (void)wal_cut_back(db->path, db->wal_pages);
    }
    if (db->lock >= 0) {
        close(db->lock);
    }
    memset(db->statements, 0, sizeof db->statements);
    db->is_holding = false;
    db->handle = NULL;
    db->lock = -1;
}
