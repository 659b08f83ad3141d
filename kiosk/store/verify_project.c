/* The projections of a ledger made once more from its rows, and compared with those it has. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/verify_internal.h"

/* Tables whose rows the rows of the ledger decide, their columns of order, and which of their rows
 * can be compared: ?1 is the last row that a purge took away. Sums that came to nothing are as good
 * as none. `days` remembers where days began, of which a purge may have taken some. */
static const struct {
    const char *name, *order, *which;
} tables[] = {
    {"boots", "first_seq", "first_seq > ?1"},
    {"runs", "seq", "seq > ?1"},
    {"deposits", "seq", "seq > ?1"},
    {"identified", "visit", "seq > ?1"},
    {"visits", "seq", "seq > ?1"},
    {"collections", "seq", "seq > ?1"},
    {"closings", "seq", "seq > ?1"},
    {"adjustments", "seq", "seq > ?1"},
    {"inspections", "seq", "seq > ?1"},
    {"alarms", "seq", "?1 >= 0"},
    {"days", "day", "?1 = 0"},
    {"daily", "day, bin_class, outcome", "count OR weighed OR grams OR ?1 < 0"},
};

/* A private temporary database of this schema. */
static bool open_again(struct ledger *again)
{
    const struct chain_origin birth = {.imported_seq = 0};

    return sqlite3_open_v2("", &again->db.handle,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                           NULL) == SQLITE_OK &&
           sqlite3_exec(again->db.handle, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;",
                        NULL, NULL, NULL) == SQLITE_OK &&
           schema_migrate(again->db.handle, &birth) == SQLITE_OK &&
           db_prepare(&again->db) == SQLITE_OK &&
           sqlite3_exec(again->db.handle, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
}

/* What the rows that were taken out said of those behind them. */
static void go_on_after_purge(struct verify *verify)
{
    static const char query[] = "SELECT (SELECT site FROM runs WHERE seq <= ?1 ORDER BY seq DESC"
                                " LIMIT 1), (SELECT boot FROM ledger WHERE seq = ?1 + 1),"
                                " (SELECT count(*) FROM boots WHERE first_seq = ?1 + 1)";
    struct ledger *again = verify->again;
    sqlite3_stmt *row = NULL;

    if (sqlite3_prepare_v2(verify->ledger->db.handle, query, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_bind_int64(row, 1, verify->base_seq) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW) {
        snprintf(again->end.site, sizeof again->end.site, "%s", ledger_column_text(row, 0));
        snprintf(again->boot, sizeof again->boot, "%s", ledger_column_text(row, 1));
        again->end.boot_known = sqlite3_column_int(row, 2) == 0;
    }
    sqlite3_finalize(row);
}

/* Alarms that were on at the boundary: later rows end them, or raise no second one. */
static bool copy_open_alarms(struct verify *verify)
{
    static const char open_ones[] =
        "SELECT seq, day, t_ms, utc_ms, clock, site, source, part, fault, since_ms FROM alarms"
        " WHERE seq <= ?1 AND (cleared_seq IS NULL OR cleared_seq > ?1) ORDER BY seq";
    static const char copy[] = "INSERT INTO alarms(seq, day, t_ms, utc_ms, clock, site, source,"
                               " part, fault, since_ms) VALUES(?,?,?,?,?,?,?,?,?,?)";
    sqlite3_stmt *from = NULL, *to = NULL;
    bool copied =
        sqlite3_prepare_v2(verify->ledger->db.handle, open_ones, -1, &from, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(verify->again->db.handle, copy, -1, &to, NULL) == SQLITE_OK &&
        sqlite3_bind_int64(from, 1, verify->base_seq) == SQLITE_OK;

    while (copied && sqlite3_step(from) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(from); i++) {
            copied =
                copied && sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i)) == SQLITE_OK;
        }
        copied = copied && sqlite3_step(to) == SQLITE_DONE;
        sqlite3_reset(to);
    }
    sqlite3_finalize(from);
    sqlite3_finalize(to);
    return copied;
}

void verify_begin_again(struct verify *verify)
{
    verify->again = calloc(1, sizeof *verify->again);
    if (!verify->again) {
        return;
    }
    verify->again->db.lock = -1;
    verify->again->end.last_day = SCHEMA_DAY_UNKNOWN;
    verify->again->end.unsigned_ms = INT64_MAX;
    verify->again_failed = !open_again(verify->again);
    if (verify->base_seq > 0 && !verify->again_failed) {
        go_on_after_purge(verify);
        verify->again_failed = !copy_open_alarms(verify);
    }
}

void verify_project(struct verify *verify, const struct kiosk_event *event, const char *boot,
                    int64_t seq)
{
    struct ledger *again = verify->again;

    if (verify->again_failed) {
        return;
    }
    again->end.boot_known = again->end.boot_known && strcmp(again->boot, boot) == 0;
    snprintf(again->boot, sizeof again->boot, "%s", boot);
    verify->again_failed = projections_apply(again, event, seq) != SQLITE_OK;
    ledger_remember(&again->end, event);
}

/* ---- side by side ---------------------------------------------------------------------------- */

static bool same_value(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
    const int type = sqlite3_column_type(a, column);

    if (type != sqlite3_column_type(b, column)) {
        return false;
    }
    if (type == SQLITE_INTEGER) {
        return sqlite3_column_int64(a, column) == sqlite3_column_int64(b, column);
    }
    const void *left = sqlite3_column_blob(a, column), *right = sqlite3_column_blob(b, column);
    const int size = sqlite3_column_bytes(a, column);
    return size == sqlite3_column_bytes(b, column) &&
           (size == 0 || memcmp(left, right, (size_t)size) == 0);
}

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
    const int count = sqlite3_column_count(a);
    bool same = count == sqlite3_column_count(b);

    for (int i = 0; same && i < count; i++) {
        same = same_value(a, b, i);
    }
    return same;
}

/* Steps both to their ends. False where they are the same; else `key` is the first column of the
 * first row that differs. */
static bool differ(sqlite3_stmt *a, sqlite3_stmt *b, int64_t *key)
{
    for (;;) {
        const int left = sqlite3_step(a), right = sqlite3_step(b);
        if (left == SQLITE_DONE && right == SQLITE_DONE) {
            return false;
        }
        if (left != SQLITE_ROW || right != SQLITE_ROW || !same_row(a, b)) {
            const int64_t has = sqlite3_column_int64(a, 0), should = sqlite3_column_int64(b, 0);
            *key = right != SQLITE_ROW || (left == SQLITE_ROW && has < should) ? has : should;
            return true;
        }
    }
}

static void compare_table(struct verify *verify, int table)
{
    char sql[160];
    const char *name = tables[table].name;
    sqlite3_stmt *has = NULL, *should = NULL;
    int64_t at = 0;

    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s ORDER BY %s", name, tables[table].which,
             tables[table].order);
    if (sqlite3_prepare_v2(verify->ledger->db.handle, sql, -1, &has, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(verify->again->db.handle, sql, -1, &should, NULL) != SQLITE_OK ||
        sqlite3_bind_int64(has, 1, verify->base_seq) != SQLITE_OK ||
        sqlite3_bind_int64(should, 1, verify->base_seq) != SQLITE_OK) {
        verify_find(verify, true, VERIFY_PROJECTION, 0, "the table %s cannot be read", name);
    } else if (differ(has, should, &at)) {
        const bool is_row = strncmp(tables[table].order, "day", 3) != 0;
        verify_find(verify, true, VERIFY_PROJECTION, is_row ? at : 0,
                    "the table %s says other than the rows, first at %" PRId64, name, at);
    }
    sqlite3_finalize(has);
    sqlite3_finalize(should);
}

void verify_compare(struct verify *verify)
{
    if (verify->again_failed) {
        verify_find(verify, true, VERIFY_PROJECTION, 0,
                    "the figures could not be made again: is there room in TMPDIR?");
        return;
    }
    for (int i = 0; i < (int)(sizeof tables / sizeof *tables); i++) {
        compare_table(verify, i);
    }
}

void verify_end_again(struct verify *verify)
{
    if (verify->again) {
        db_close(&verify->again->db, false);
        free(verify->again);
        verify->again = NULL;
    }
}
