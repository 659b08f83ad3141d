#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/store/schema.h"

/* As they stand in the file, letter by letter. */
#define REFUSE           " BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END"
#define LEDGER_NO_UPDATE "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger" REFUSE
#define LEDGER_NO_DELETE "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger" REFUSE
#define META_NO_UPDATE   "CREATE TRIGGER ledger_meta_no_update BEFORE UPDATE ON ledger_meta" REFUSE
#define META_NO_DELETE   "CREATE TRIGGER ledger_meta_no_delete BEFORE DELETE ON ledger_meta" REFUSE
/* Keeps the numbering without gaps whatever the program does. */
#define LEDGER_NO_GAP                                                                              \
    "CREATE TRIGGER ledger_no_gap BEFORE INSERT ON ledger"                                         \
    " WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger)"                              \
    " BEGIN SELECT raise(ABORT, 'the ledger is numbered without gaps'); END"
#define LEDGER_TRIGGERS LEDGER_NO_UPDATE ";" LEDGER_NO_DELETE ";" LEDGER_NO_GAP ";"
#define META_TRIGGERS   META_NO_UPDATE ";" META_NO_DELETE ";"

const struct schema_trigger schema_triggers[SCHEMA_TRIGGER_COUNT] = {
    {"ledger_no_update", LEDGER_NO_UPDATE},    {"ledger_no_delete", LEDGER_NO_DELETE},
    {"ledger_no_gap", LEDGER_NO_GAP},          {"ledger_meta_no_update", META_NO_UPDATE},
    {"ledger_meta_no_delete", META_NO_DELETE},
};

static const char first_version[] =
    "CREATE TABLE ledger("
    " seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, boot TEXT NOT NULL, t_ms INTEGER NOT NULL,"
    " utc_ms INTEGER, clock TEXT NOT NULL, body TEXT NOT NULL);" LEDGER_TRIGGERS

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
    " PRIMARY KEY(day, bin_class, outcome)) WITHOUT ROWID;";

static const char begin_chain[] =
    "CREATE TABLE ledger_meta("
    " id BLOB NOT NULL, public_key BLOB NOT NULL, imported_seq INTEGER NOT NULL);"
    "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_no_gap;"
    "ALTER TABLE ledger RENAME TO ledger_1;"
    "CREATE TABLE ledger("
    " seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, boot TEXT NOT NULL, t_ms INTEGER NOT NULL,"
    " utc_ms INTEGER, clock TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL);";

static const char end_chain[] =
    "DROP TABLE ledger_1;"
    "CREATE INDEX ledger_rare ON ledger(kind, seq)"
    " WHERE " SCHEMA_RARE ";"
    "CREATE TABLE settings(seq INTEGER PRIMARY KEY, text TEXT NOT NULL);" LEDGER_TRIGGERS
        META_TRIGGERS;

/* The thing that was looked up. */
static const char item_column[] = "ALTER TABLE deposits ADD COLUMN item TEXT;";

/* What the figures are counted from: openings that brought nothing, weight that changed under a
 * closed lid, inspections, alarms, deposits taken back. Filled from the rows of an older ledger,
 * which has no inspections. */
static const char figure_tables[] =
    "ALTER TABLE deposits ADD COLUMN undone_seq INTEGER;"
    "CREATE TABLE inspections("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, bin INTEGER NOT NULL, bin_class TEXT,"
    " checked INTEGER NOT NULL, wrong INTEGER NOT NULL, things INTEGER NOT NULL,"
    " who TEXT NOT NULL);"
    "CREATE INDEX inspections_of_day ON inspections(day);"
    "CREATE TABLE closings("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, bin INTEGER NOT NULL, near_miss INTEGER NOT NULL,"
    " change_g INTEGER);"
    "CREATE INDEX near_misses ON closings(day) WHERE near_miss;"
    "ALTER TABLE adjustments RENAME TO adjustments_1;"
    "CREATE TABLE adjustments("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, bin INTEGER NOT NULL, change_g INTEGER NOT NULL,"
    " base_g INTEGER NOT NULL, final_g INTEGER NOT NULL);"
    "CREATE TABLE alarms("
    " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, t_ms INTEGER NOT NULL, utc_ms INTEGER,"
    " clock TEXT NOT NULL, site TEXT, source TEXT NOT NULL, part TEXT NOT NULL,"
    " fault TEXT NOT NULL, since_ms INTEGER NOT NULL,"
    " cleared_seq INTEGER, cleared_ms INTEGER, cleared_utc_ms INTEGER, cleared_by TEXT);"
    "CREATE INDEX alarms_open ON alarms(part) WHERE cleared_seq IS NULL;"

    /* Every change of a bin's weight. */
    "CREATE VIEW changes AS"
    " SELECT seq, day, t_ms, utc_ms, clock, site,"
    " iif(undone_seq IS NULL, 'deposit', 'undone') AS kind, bin, 0 AS near_miss,"
    " weight_g AS change_g, base_g AS before_g, final_g AS after_g FROM deposits"
    " UNION ALL SELECT seq, day, t_ms, utc_ms, clock, site, 'closing', bin, near_miss, change_g,"
    " NULL, NULL FROM closings"
    " UNION ALL SELECT seq, day, t_ms, utc_ms, clock, site, 'adjustment', bin, 0, change_g,"
    " base_g, final_g FROM adjustments"
    " UNION ALL SELECT seq, day, t_ms, utc_ms, clock, site, 'collection', bin, 0, removed_g,"
    " before_g, after_g FROM collections;"

    "CREATE VIEW dated AS SELECT *,"
    " CASE WHEN utc_ms IS NULL THEN -1 ELSE (utc_ms + 28800000) / 86400000 END AS day,"
    " (SELECT nullif(site, '') FROM runs WHERE runs.seq < ledger.seq ORDER BY runs.seq DESC"
    "  LIMIT 1) AS site FROM ledger;"
    "INSERT INTO closings SELECT seq, day, t_ms, utc_ms, clock, site, json_extract(body, '$.bin'),"
    " json_extract(body, '$.wrong_lid'), json_extract(body, '$.change_g')"
    " FROM dated WHERE kind = 'closing';"
    "INSERT INTO adjustments SELECT seq, dated.day, t_ms, utc_ms, clock, site, bin, change_g,"
    " base_g, final_g FROM adjustments_1 JOIN dated USING(seq);"
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
    "DROP VIEW dated; DROP TABLE outages; DROP TABLE adjustments_1;";

/* Who a visit was of, by random ids. The table of names is no part of this file (people.h). */
static const char begin_people[] =
    "ALTER TABLE deposits ADD COLUMN person TEXT;"
    "ALTER TABLE visits ADD COLUMN person TEXT;"
    "CREATE TABLE identified("
    " visit INTEGER PRIMARY KEY, seq INTEGER NOT NULL, person TEXT NOT NULL);";

/* What a step does beyond its SQL, inside the same transaction. Returns an SQLite code. */
typedef int migration_work(sqlite3 *handle, const struct chain_origin *birth);
static migration_work chain_rows;

struct migration {
    const char *sql;
    migration_work *work; /* or NULL; after the SQL */
    const char *then;     /* or NULL */
};

/* migrations[n] turns version n into n + 1. Never edit one that was released: add another. */
static const struct migration migrations[] = {
    {.sql = first_version}, {.sql = begin_chain, .work = chain_rows, .then = end_chain},
    {.sql = item_column},   {.sql = figure_tables},
    {.sql = begin_people},
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

/* ---- the chain ------------------------------------------------------------------------------- */

bool schema_read_row(sqlite3_stmt *statement, struct chain_row *row, const uint8_t **hash)
{
    static const int types[] = {SQLITE_INTEGER, SQLITE3_TEXT, SQLITE3_TEXT, SQLITE_INTEGER,
                                SQLITE_INTEGER, SQLITE3_TEXT, SQLITE3_TEXT, SQLITE_BLOB};
    bool right = true;

    for (int i = 0; i < (int)(sizeof types / sizeof *types); i++) {
        int type = sqlite3_column_type(statement, i);
        right = right && (type == types[i] || (i == 4 && type == SQLITE_NULL));
    }
    row->seq = sqlite3_column_int64(statement, 0);
    row->kind = (const char *)sqlite3_column_text(statement, 1);
    row->boot = (const char *)sqlite3_column_text(statement, 2);
    row->t_ms = sqlite3_column_int64(statement, 3);
    row->has_utc = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    row->utc_ms = sqlite3_column_int64(statement, 4);
    row->clock = (const char *)sqlite3_column_text(statement, 5);
    row->body = (const char *)sqlite3_column_text(statement, 6);
    row->kind_length = (size_t)sqlite3_column_bytes(statement, 1);
    row->boot_length = (size_t)sqlite3_column_bytes(statement, 2);
    row->clock_length = (size_t)sqlite3_column_bytes(statement, 5);
    row->body_length = (size_t)sqlite3_column_bytes(statement, 6);
    *hash = sqlite3_column_blob(statement, 7);
    return right && sqlite3_column_bytes(statement, 7) == CHAIN_HASH_SIZE;
}

static int insert_chained(sqlite3_stmt *insert, const struct chain_row *row,
                          const uint8_t hash[CHAIN_HASH_SIZE])
{
    sqlite3_bind_int64(insert, 1, row->seq);
    sqlite3_bind_text(insert, 2, row->kind, (int)row->kind_length, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, row->boot, (int)row->boot_length, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 4, row->t_ms);
    if (row->has_utc) {
        sqlite3_bind_int64(insert, 5, row->utc_ms);
    } else {
        sqlite3_bind_null(insert, 5);
    }
    sqlite3_bind_text(insert, 6, row->clock, (int)row->clock_length, SQLITE_STATIC);
    sqlite3_bind_text(insert, 7, row->body, (int)row->body_length, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 8, hash, CHAIN_HASH_SIZE, SQLITE_STATIC);
    int code = sqlite3_step(insert);
    sqlite3_reset(insert);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int copy_rows(sqlite3_stmt *rows, sqlite3_stmt *insert, const struct chain_origin *origin)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    const uint8_t *none;
    struct chain_row row;
    int code;

    chain_genesis(origin, hash);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        schema_read_row(rows, &row, &none);
        chain_link(hash, &row);
        code = insert_chained(insert, &row, hash);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int write_origin(sqlite3 *handle, const struct chain_origin *origin)
{
    sqlite3_stmt *insert = NULL;
    int code = sqlite3_prepare_v2(
        handle, "INSERT INTO ledger_meta(id, public_key, imported_seq) VALUES(?,?,?)", -1, &insert,
        NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_blob(insert, 1, origin->id, sizeof origin->id, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 2, origin->public_key, sizeof origin->public_key, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, origin->imported_seq);
        code = sqlite3_step(insert);
    }
    sqlite3_finalize(insert);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int chain_rows(sqlite3 *handle, const struct chain_origin *birth)
{
    sqlite3_stmt *rows = NULL, *insert = NULL;
    struct chain_origin origin = *birth;
    int code = SQLITE_OK;

    origin.imported_seq = schema_integer(handle, "SELECT max(seq) FROM ledger_1", 0, &code);
    if (code == SQLITE_OK) {
        code = write_origin(handle, &origin);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(handle,
                                  "SELECT seq, kind, boot, t_ms, utc_ms, clock, body, x''"
                                  " FROM ledger_1 ORDER BY seq",
                                  -1, &rows, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(handle,
                                  "INSERT INTO ledger(" SCHEMA_ROW_COLUMNS ")"
                                  " VALUES(?,?,?,?,?,?,?,?)",
                                  -1, &insert, NULL);
    }
    if (code == SQLITE_OK) {
        code = copy_rows(rows, insert, &origin);
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
    return code;
}

int schema_origin(sqlite3 *handle, struct chain_origin *origin)
{
    sqlite3_stmt *query = NULL;
    int code = sqlite3_prepare_v2(
        handle, "SELECT id, public_key, imported_seq FROM ledger_meta ORDER BY rowid", -1, &query,
        NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(query);
    }
    if (code == SQLITE_ROW && sqlite3_column_bytes(query, 0) == sizeof origin->id &&
        sqlite3_column_bytes(query, 1) == sizeof origin->public_key) {
        memcpy(origin->id, sqlite3_column_blob(query, 0), sizeof origin->id);
        memcpy(origin->public_key, sqlite3_column_blob(query, 1), sizeof origin->public_key);
        origin->imported_seq = sqlite3_column_int64(query, 2);
        code = sqlite3_step(query);
        code = code == SQLITE_ROW ? SQLITE_CORRUPT : code;
    } else if (code == SQLITE_ROW || code == SQLITE_DONE) {
        code = SQLITE_CORRUPT;
    }
    sqlite3_finalize(query);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int schema_trigger_count(sqlite3 *handle)
{
    sqlite3_stmt *query = NULL;
    int count = 0;
    int code = sqlite3_prepare_v2(
        handle,
        "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name = ? AND sql = ?", -1,
        &query, NULL);

    for (int i = 0; i < SCHEMA_TRIGGER_COUNT && code == SQLITE_OK; i++) {
        sqlite3_bind_text(query, 1, schema_triggers[i].name, -1, SQLITE_STATIC);
        sqlite3_bind_text(query, 2, schema_triggers[i].sql, -1, SQLITE_STATIC);
        code = sqlite3_step(query);
        count += code == SQLITE_ROW ? sqlite3_column_int(query, 0) : 0;
        code = code == SQLITE_ROW ? SQLITE_OK : code;
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
    return code == SQLITE_OK ? count : -1;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static int migrate_step(sqlite3 *handle, int version, const struct chain_origin *birth)
{
    const struct migration *migration = &migrations[version];
    char stamp[128];

    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
             SCHEMA_APPLICATION_ID, version + 1);
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(handle, migration->sql, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK && migration->work) {
        code = migration->work(handle, birth);
    }
    if (code == SQLITE_OK && migration->then) {
        code = sqlite3_exec(handle, migration->then, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_exec(handle, stamp, NULL, NULL, NULL);
    }
    if (code != SQLITE_OK && !sqlite3_get_autocommit(handle)) {
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

int schema_migrate(sqlite3 *handle, const struct chain_origin *birth)
{
    int code = SQLITE_OK;
    int64_t version = schema_integer(handle, "PRAGMA user_version", 0, &code);

    assert(version <= SCHEMA_VERSION);
    while (code == SQLITE_OK && version < SCHEMA_VERSION) {
        code = migrate_step(handle, (int)version++, birth);
    }
    return code;
}
