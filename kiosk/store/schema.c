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

    /* The thing that was looked up. */
    "ALTER TABLE deposits ADD COLUMN item TEXT;",

    /* What the figures are counted from: changes of weight, inspections, alarms, deposits taken
     * back. Filled from the rows of an older ledger, which has no inspections. */
    "ALTER TABLE deposits ADD COLUMN undone_seq INTEGER;"
    "CREATE TABLE inspections("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, bin INTEGER NOT NULL, bin_class TEXT,"
    " checked INTEGER NOT NULL, wrong INTEGER NOT NULL, things INTEGER NOT NULL,"
    " who TEXT NOT NULL);"
    "CREATE INDEX inspections_of_day ON inspections(day);"
    "CREATE TABLE changes("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, kind TEXT NOT NULL, bin INTEGER NOT NULL,"
    " near_miss INTEGER NOT NULL, change_g INTEGER, before_g INTEGER, after_g INTEGER);"
    "CREATE INDEX changes_of_day ON changes(day, bin, seq);"
    "CREATE INDEX near_misses ON changes(day) WHERE near_miss;"
    "CREATE TABLE alarms("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, source TEXT NOT NULL, part TEXT NOT NULL,"
    " fault TEXT NOT NULL, since_ms INTEGER NOT NULL,"
    " cleared_seq INTEGER, cleared_ms INTEGER, cleared_utc_ms INTEGER, cleared_by TEXT);"
    "CREATE INDEX alarms_open ON alarms(part) WHERE cleared_seq IS NULL;"
    "CREATE VIEW dated AS SELECT *,"
    " CASE WHEN utc_ms IS NULL THEN -1 ELSE (utc_ms + 28800000) / 86400000 END AS day,"
    " (SELECT nullif(site, '') FROM runs WHERE runs.seq < ledger.seq ORDER BY runs.seq DESC"
    "  LIMIT 1) AS site FROM ledger;"
    "INSERT INTO changes SELECT seq, day, t_ms, utc_ms, clock, site, 'deposit', bin, 0, weight_g,"
    " base_g, final_g FROM deposits;"
    "INSERT INTO changes SELECT seq, day, t_ms, utc_ms, clock, site, kind,"
    " json_extract(body, '$.bin'), json_extract(body, '$.wrong_lid'),"
    " json_extract(body, '$.change_g'), NULL, NULL FROM dated WHERE kind = 'closing';"
    "INSERT INTO changes SELECT seq, day, t_ms, utc_ms, clock, site, kind,"
    " json_extract(body, '$.bin'), 0, json_extract(body, '$.change_g'),"
    " json_extract(body, '$.base_g'), json_extract(body, '$.final_g')"
    " FROM dated WHERE kind = 'adjustment';"
    "INSERT INTO changes SELECT seq, day, t_ms, utc_ms, clock, site, 'collection', bin, 0,"
    " removed_g, before_g, after_g FROM collections;"
    "INSERT INTO alarms SELECT dated.seq, day, t_ms, utc_ms, clock, site, 'device', device, fault,"
    " since_ms, back_seq, back_ms, back_utc_ms, iif(back_seq IS NULL, NULL, 'part')"
    " FROM outages JOIN dated ON dated.seq = lost_seq;"
    "UPDATE alarms SET cleared_by = 'restart', (cleared_seq, cleared_ms, cleared_utc_ms) ="
    " (SELECT seq, start_ms, start_utc_ms FROM runs WHERE runs.seq > alarms.seq"
    "  ORDER BY runs.seq LIMIT 1)"
    " WHERE cleared_seq IS NULL AND seq < (SELECT max(seq) FROM runs);"
    "INSERT INTO alarms SELECT seq, day, t_ms, utc_ms, clock, site, 'scale',"
    " 'bin' || json_extract(body, '$.bin'), kind, json_extract(body, '$.since_ms'),"
    " NULL, NULL, NULL, NULL FROM dated"
    " WHERE kind IN ('overload', 'frozen') AND json_extract(body, '$.began');"
    "UPDATE alarms SET cleared_by = 'part', (cleared_seq, cleared_ms, cleared_utc_ms) ="
    " (SELECT seq, t_ms, utc_ms FROM ledger WHERE ledger.seq > alarms.seq AND kind = fault"
    "  AND 'bin' || json_extract(body, '$.bin') = part ORDER BY ledger.seq LIMIT 1)"
    " WHERE source = 'scale';"
    "UPDATE alarms SET cleared_by = NULL WHERE cleared_seq IS NULL;"
    "DROP VIEW dated; DROP TABLE outages; DROP TABLE adjustments;",
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
