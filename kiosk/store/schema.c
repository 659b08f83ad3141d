#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kiosk/store/schema.h"

/* migrations[n] turns version n into n + 1. Never edit one that was released: add another. */
static const char *const migrations[] = {
    /* The seq trigger keeps the numbering without gaps whatever the program does. */
    "CREATE TABLE ledger("
    " seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, boot TEXT NOT NULL, t_ms INTEGER NOT NULL,"
    " utc_ms INTEGER, clock TEXT NOT NULL, body TEXT NOT NULL);"
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger"
    " BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;"
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger"
    " BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;"
    "CREATE TRIGGER ledger_no_gap BEFORE INSERT ON ledger"
    " WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger)"
    " BEGIN SELECT raise(ABORT, 'the ledger is numbered without gaps'); END;"

    /* Where a local day and a boot begin, so that no query scans the years before. */
    "CREATE TABLE days(day INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL);"
    "CREATE TABLE boots(first_seq INTEGER PRIMARY KEY, boot TEXT NOT NULL);"

    "CREATE TABLE runs("
    " seq INTEGER PRIMARY KEY, boot TEXT NOT NULL, site TEXT NOT NULL, version TEXT NOT NULL,"
    " start_ms INTEGER NOT NULL, start_utc_ms INTEGER,"
    " stop_seq INTEGER, stop_ms INTEGER, stop_utc_ms INTEGER, reason TEXT);"
    "CREATE TABLE deposits("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, visit INTEGER NOT NULL, bin INTEGER NOT NULL,"
    " bin_class TEXT, chosen TEXT, declared_after TEXT, outcome TEXT NOT NULL,"
    " quality TEXT NOT NULL, weight_g INTEGER, base_g INTEGER, final_g INTEGER, spread_g INTEGER,"
    " opened_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL, scale TEXT NOT NULL);"
    "CREATE TABLE visits("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, visit INTEGER NOT NULL, started_ms INTEGER NOT NULL,"
    " deposits INTEGER NOT NULL, grams INTEGER NOT NULL, near_misses INTEGER NOT NULL);"
    "CREATE TABLE collections("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, bin INTEGER NOT NULL, bin_class TEXT,"
    " quality TEXT NOT NULL, before_g INTEGER, after_g INTEGER, removed_g INTEGER,"
    " started_ms INTEGER NOT NULL, who TEXT NOT NULL);"
    "CREATE TABLE adjustments("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, bin INTEGER NOT NULL,"
    " change_g INTEGER NOT NULL, base_g INTEGER NOT NULL, final_g INTEGER NOT NULL);"
    "CREATE TABLE outages("
    " lost_seq INTEGER PRIMARY KEY, device TEXT NOT NULL, fault TEXT NOT NULL,"
    " boot TEXT NOT NULL, since_ms INTEGER NOT NULL, lost_utc_ms INTEGER,"
    " back_seq INTEGER, back_ms INTEGER, back_utc_ms INTEGER);"
    "CREATE INDEX outages_open ON outages(device) WHERE back_seq IS NULL;"
    "CREATE TABLE daily("
    " day INTEGER NOT NULL, bin_class TEXT NOT NULL, outcome TEXT NOT NULL,"
    " count INTEGER NOT NULL, weighed INTEGER NOT NULL, grams INTEGER NOT NULL,"
    " PRIMARY KEY(day, bin_class, outcome)) WITHOUT ROWID;",
};

enum { SCHEMA_VERSION = sizeof migrations / sizeof *migrations };

int64_t schema_integer(sqlite3 *handle, const char *sql, int64_t fallback, int *code)
{
    sqlite3_stmt *query = NULL;
    int64_t value = fallback;

    *code = sqlite3_prepare_v2(handle, sql, -1, &query, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(query);
        if (*code == SQLITE_ROW && sqlite3_column_type(query, 0) == SQLITE_INTEGER) {
            value = sqlite3_column_int64(query, 0);
        }
        if (*code == SQLITE_ROW || *code == SQLITE_DONE) {
            *code = SQLITE_OK;
        }
    }
    sqlite3_finalize(query);
    return value;
}

enum schema_state schema_check(sqlite3 *handle)
{
    int code = SQLITE_OK;
    int64_t tables = schema_integer(handle, "SELECT count(*) FROM sqlite_schema", 0, &code);

    if (code != SQLITE_OK) {
        return SCHEMA_ERROR;
    }
    int64_t application = schema_integer(handle, "PRAGMA application_id", 0, &code);
    if (code != SQLITE_OK) {
        return SCHEMA_ERROR;
    }
    int64_t version = schema_integer(handle, "PRAGMA user_version", 0, &code);
    if (code != SQLITE_OK) {
        return SCHEMA_ERROR;
    }
    if (tables > 0 && application != SCHEMA_APPLICATION_ID) {
        return SCHEMA_FOREIGN;
    }
    if (version > SCHEMA_VERSION) {
        return SCHEMA_NEWER;
    }
    return version < SCHEMA_VERSION ? SCHEMA_OLDER : SCHEMA_OK;
}

static int migrate_step(sqlite3 *handle, int version)
{
    char stamp[128];

    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
             SCHEMA_APPLICATION_ID, version + 1);
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(handle, migrations[version], NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_exec(handle, stamp, NULL, NULL, NULL);
    }
    if (code != SQLITE_OK && !sqlite3_get_autocommit(handle)) {
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

int schema_migrate(sqlite3 *handle)
{
    int code = SQLITE_OK;
    int64_t version = schema_integer(handle, "PRAGMA user_version", 0, &code);

    assert(version <= SCHEMA_VERSION);
    while (code == SQLITE_OK && version < SCHEMA_VERSION) {
        code = migrate_step(handle, (int)version++);
    }
    return code;
}
