#include "kiosk/store/purge.h"

#include <stdio.h>
#include <string.h>

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/query.h"

enum { PURGE_EXPORTS_MAX = 512 }; /* the newest; monthly ones of three kinds for 14 years */

/* What one export covers: whole local days of one kind of record. */
struct cover {
    enum record_kind what;
    int64_t from, to; /* both included */
    bool has_all;     /* those without a day too, up to last_seq */
    int64_t last_seq;
};

struct covers {
    struct cover list[PURGE_EXPORTS_MAX];
    int count;
};

/* ---- what was exported ----------------------------------------------------------------------- */

static bool parse_day(const char *text, int64_t *day)
{
    int year, month, date, length = 0;

    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &date, &length) != 3 || text[length] != '\0') {
        return false;
    }
    *day = local_day(utc_from_local_date(year, month, date));
    return true;
}

/* The day of an export had not ended when it was made. */
static void add_cover(struct covers *covers, const struct kiosk_event *event)
{
    const struct event_export *export = &event->body.export;
    struct cover cover = {
        .what = record_kind_find(export->what), .from = INT64_MIN, .last_seq = export->last_seq};

    if (cover.what == RECORD_KIND_COUNT || event->at.quality == CLOCK_UNSET ||
        covers->count == PURGE_EXPORTS_MAX) {
        return;
    }
    const int64_t ended = local_day(event->at.utc_ms) - 1;
    cover.to = ended;
    if ((export->from[0] != '\0' && !parse_day(export->from, &cover.from)) ||
        (export->to[0] != '\0' && !parse_day(export->to, &cover.to))) {
        return;
    }
    cover.to = cover.to < ended ? cover.to : ended;
    cover.has_all = export->from[0] == '\0' && export->to[0] == '\0';
    covers->list[covers->count++] = cover;
}

static int read_covers(struct ledger *ledger, struct covers *covers)
{
    static const char query[] = "SELECT t_ms, utc_ms, clock, body FROM ledger"
                                " WHERE kind = 'export' ORDER BY seq DESC";
    char reason[BODY_REASON_MAX];
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &rows, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct kiosk_event event = {.kind = EVENT_EXPORT};
        code = SQLITE_OK;
        if (ledger_column_moment(rows, 0, &event.at) &&
            body_decode(&event, ledger_column_text(rows, 3), (size_t)sqlite3_column_bytes(rows, 3),
                        reason)) {
            add_cover(covers, &event);
        }
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* The last day up to which all days of a kind are covered, beginning with `first`. */
static int64_t covered_to(const struct covers *covers, enum record_kind what, int64_t first)
{
    int64_t next = first;

    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < covers->count; i++) {
            const struct cover *cover = &covers->list[i];
            if (cover->what == what && cover->from <= next && cover->to >= next) {
                next = cover->to + 1;
                moved = true;
            }
        }
    }
    return next - 1;
}

/* ---- where to stop --------------------------------------------------------------------------- */

/* The day `months` before `utc_ms`; a month that is too short ends it earlier. */
static int64_t day_before(int64_t utc_ms, int32_t months)
{
    civil_t civil = civil_from_utc(utc_ms);
    int month = civil.year * 12 + civil.month - 1 - months;

    return local_day(
        utc_from_local_date(month / 12, month % 12 + 1, civil.day < 28 ? civil.day : 28));
}

/* The one value of a query with one mark; `fallback` where there is none. */
static int64_t ask(struct ledger *ledger, const char *sql, int64_t mark, int64_t fallback,
                   int *code)
{
    sqlite3_stmt *query = NULL;
    int64_t value = fallback;

    if (*code != SQLITE_OK) {
        return fallback;
    }
    *code = sqlite3_prepare_v2(ledger->db.handle, sql, -1, &query, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_bind_int64(query, 1, mark);
    }
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(query);
    }
    if (*code == SQLITE_ROW) {
        value = sqlite3_column_type(query, 0) == SQLITE_NULL ? fallback
                                                             : sqlite3_column_int64(query, 0);
        *code = SQLITE_OK;
    }
    sqlite3_finalize(query);
    return value;
}

/* The last row before the first one of a day after `day`; INT64_MAX: there is none after it. */
static int64_t last_row_of(struct ledger *ledger, int64_t day, int *code)
{
    int64_t after =
        ask(ledger, "SELECT min(first_seq) FROM days WHERE day > ?", day, INT64_MAX, code);

    return after == INT64_MAX ? INT64_MAX : after - 1;
}

/* What must have been exported before rows go: everything that is nowhere else. Runs, uptime,
 * balance and figures can be made from these. An alarm that was on at an earlier boundary stays
 * behind it and was looked at then. */
static const char *const recorded[RECORD_KIND_COUNT] = {
    [RECORD_DEPOSITS] = "SELECT seq, day FROM deposits WHERE seq BETWEEN ? AND ? ORDER BY seq",
    [RECORD_VISITS] = "SELECT seq, day FROM visits WHERE seq BETWEEN ? AND ? ORDER BY seq",
    [RECORD_COLLECTIONS] =
        "SELECT seq, day FROM collections WHERE seq BETWEEN ? AND ? ORDER BY seq",
    [RECORD_INSPECTIONS] =
        "SELECT seq, day FROM inspections WHERE seq BETWEEN ? AND ? ORDER BY seq",
    [RECORD_ALARMS] = "SELECT seq, day FROM alarms WHERE seq BETWEEN ? AND ? ORDER BY seq",
    [RECORD_CHANGES] = "SELECT seq, day FROM changes WHERE seq BETWEEN ? AND ? ORDER BY seq",
};

/* A record without a clock is in no export of days; one that the clock brought back into a day
 * that was exported already is not in that export. */
static bool is_covered(const struct cover *cover, enum record_kind what, int64_t seq, int64_t day)
{
    const bool has_day = cover->has_all || (day >= 0 && day >= cover->from && day <= cover->to);
    return cover->what == what && has_day && seq <= cover->last_seq;
}

/* The last row before the first record that nobody has, `last` at most. */
static int64_t before_uncovered(struct ledger *ledger, const struct covers *covers,
                                enum record_kind what, int64_t first, int64_t last, int *code)
{
    sqlite3_stmt *rows = NULL;
    int at = 0; /* the cover of the record before: mostly of this one too */
    bool found = true;

    if (*code == SQLITE_OK) {
        *code = sqlite3_prepare_v2(ledger->db.handle, recorded[what], -1, &rows, NULL);
    }
    if (*code == SQLITE_OK) {
        *code = sqlite3_bind_int64(rows, 1, first);
    }
    if (*code == SQLITE_OK) {
        *code = sqlite3_bind_int64(rows, 2, last);
    }
    while (*code == SQLITE_OK && found && (*code = sqlite3_step(rows)) == SQLITE_ROW) {
        const int64_t seq = sqlite3_column_int64(rows, 0), day = sqlite3_column_int64(rows, 1);
        *code = SQLITE_OK;
        found = false;
        for (int i = 0; i < covers->count && !found; i++) {
            const int tried = (at + i) % covers->count;
            found = is_covered(&covers->list[tried], what, seq, day);
            at = found ? tried : at;
        }
        last = found ? last : seq - 1;
    }
    *code = *code == SQLITE_DONE ? SQLITE_OK : *code;
    sqlite3_finalize(rows);
    return last;
}

static int find_range(struct ledger *ledger, struct purge *purge)
{
    static const char first_query[] = "SELECT min(seq) FROM ledger";
    struct covers covers = {.count = 0};
    int code = SQLITE_OK;

    purge->first_seq = schema_integer(ledger->db.handle, first_query, 1, &code);
    purge->last_seq = purge->first_seq - 1;
    if (code != SQLITE_OK || purge->now.quality == CLOCK_UNSET) {
        return code;
    }
    int64_t newest = ask(ledger, "SELECT max(seq) - ? FROM ledger", LEDGER_RECENT, 0, &code);
    const int64_t old_day = day_before(purge->now.utc_ms, purge->months) - 1;
    int64_t last = last_row_of(ledger, old_day, &code);
    last = last < newest ? last : newest;
    purge->old_to = last;
    if (code != SQLITE_OK || last < purge->first_seq) {
        return code;
    }
    code = read_covers(ledger, &covers);
    int64_t first_day =
        ask(ledger, "SELECT min(day) FROM days WHERE day > ?", SCHEMA_DAY_UNKNOWN, 0, &code);
    for (enum record_kind what = 0; what < RECORD_KIND_COUNT; what++) {
        if (recorded[what] == NULL) {
            continue;
        }
        int64_t covered = last_row_of(ledger, covered_to(&covers, what, first_day), &code);
        last = covered < last ? covered : last;
    }
    purge->has_more = last - purge->first_seq >= PURGE_ROWS_MAX;
    last = purge->has_more ? purge->first_seq + PURGE_ROWS_MAX - 1 : last;
    for (enum record_kind what = 0; what < RECORD_KIND_COUNT; what++) {
        if (recorded[what] != NULL) {
            last = before_uncovered(ledger, &covers, what, purge->first_seq, last, &code);
        }
    }
    purge->has_more = purge->has_more && last - purge->first_seq == PURGE_ROWS_MAX - 1;
    purge->last_seq = last;
    return code;
}

/* ---- taking out ------------------------------------------------------------------------------ */

/* What a row of the ledger made, wherever it stands. The run and the boot that go on are kept. */
static const char *const removals[] = {
    "DELETE FROM ledger WHERE seq <= ?1",
    "DELETE FROM daily WHERE day IN (SELECT DISTINCT day FROM deposits WHERE seq <= ?1)"
    " AND day NOT IN (SELECT day FROM deposits WHERE seq > ?1)",
    "UPDATE daily SET (count, weighed, grams) = (SELECT count(*), count(weight_g),"
    " coalesce(sum(weight_g), 0) FROM deposits WHERE seq > ?1 AND deposits.day = daily.day"
    " AND coalesce(deposits.bin_class, '') = daily.bin_class"
    " AND iif(deposits.undone_seq IS NULL, deposits.outcome, 'undone') = daily.outcome)"
    " WHERE day IN (SELECT DISTINCT day FROM deposits WHERE seq <= ?1)",
    "DELETE FROM daily WHERE count = 0 AND ?1 > 0",
    "DELETE FROM deposits WHERE seq <= ?1",
    "DELETE FROM visits WHERE seq <= ?1",
    /* What is left of a visit that the boundary cuts is nobody's: no row says whose it was. */
    "UPDATE deposits SET person = NULL"
    " WHERE visit IN (SELECT visit FROM identified WHERE seq <= ?1)",
    "UPDATE visits SET person = NULL"
    " WHERE visit IN (SELECT visit FROM identified WHERE seq <= ?1)",
    "DELETE FROM identified WHERE seq <= ?1",
    "DELETE FROM collections WHERE seq <= ?1",
    "DELETE FROM adjustments WHERE seq <= ?1",
    "DELETE FROM closings WHERE seq <= ?1",
    "DELETE FROM inspections WHERE seq <= ?1",
    "DELETE FROM alarms WHERE seq <= ?1 AND cleared_seq <= ?1",
    "DELETE FROM runs WHERE seq < (SELECT max(seq) FROM runs WHERE seq <= ?1)",
    "DELETE FROM boots WHERE first_seq < (SELECT max(first_seq) FROM boots"
    " WHERE first_seq <= ?1 + 1)",
    "DELETE FROM days WHERE first_seq <= ?1",
};

static int run_removal(struct ledger *ledger, const char *sql, int64_t last_seq)
{
    sqlite3_stmt *removal = NULL;
    int code = sqlite3_prepare_v2(ledger->db.handle, sql, -1, &removal, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(removal, 1, last_seq);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(removal);
    }
    sqlite3_finalize(removal);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static const char *no_delete_sql(void)
{
    for (int i = 0; i < SCHEMA_TRIGGER_COUNT; i++) {
        if (strcmp(schema_triggers[i].name, SCHEMA_NO_DELETE) == 0) {
            return schema_triggers[i].sql;
        }
    }
    return "";
}

static int remove_rows(struct ledger *ledger, int64_t last_seq)
{
    sqlite3 *handle = ledger->db.handle;
    int code = sqlite3_exec(handle, "DROP TRIGGER " SCHEMA_NO_DELETE, NULL, NULL, NULL);

    for (size_t i = 0; i < sizeof removals / sizeof *removals && code == SQLITE_OK; i++) {
        code = run_removal(ledger, removals[i], last_seq);
    }
    return code == SQLITE_OK ? sqlite3_exec(handle, no_delete_sql(), NULL, NULL, NULL) : code;
}

/* The row that says so; its hash is taken before the row it is of is gone. */
static int describe(struct ledger *ledger, const struct purge *purge, struct kiosk_event *event)
{
    struct event_purge *body = &event->body.purge;
    sqlite3_stmt *row = NULL;

    *event = (struct kiosk_event){.kind = EVENT_PURGE, .at = purge->now};
    *body = (struct event_purge){
        .first_seq = purge->first_seq, .last_seq = purge->last_seq, .months = purge->months};
    const int64_t day = day_before(purge->now.utc_ms, purge->months);
    const civil_t civil = civil_from_day(day);
    body->before_utc_ms = utc_from_local_date(civil.year, civil.month, civil.day);
    int code = sqlite3_prepare_v2(ledger->db.handle, "SELECT hash FROM ledger WHERE seq = ?", -1,
                                  &row, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(row, 1, purge->last_seq);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW && sqlite3_column_bytes(row, 0) == CHAIN_HASH_SIZE) {
        chain_hex(sqlite3_column_blob(row, 0), CHAIN_HASH_SIZE, body->hash);
        code = SQLITE_OK;
    } else if (code == SQLITE_ROW || code == SQLITE_DONE) {
        code = SQLITE_CORRUPT;
    }
    sqlite3_finalize(row);
    return code;
}

static enum ledger_result take_out(struct ledger *ledger, const struct purge *purge,
                                   char error[LEDGER_ERROR_MAX])
{
    struct kiosk_event event;
    int64_t seq;

    int code = db_begin(&ledger->db);
    if (code == SQLITE_OK) {
        code = ledger_settings_again(ledger, &purge->now, purge->last_seq);
    }
    if (code == SQLITE_OK) {
        code = describe(ledger, purge, &event);
    }
    if (code == SQLITE_OK) {
        code = remove_rows(ledger, purge->last_seq);
    }
    if (code == SQLITE_OK) {
        code = ledger_put(ledger, &event, &seq);
    }
    if (code == SQLITE_OK) {
        code = db_commit(&ledger->db);
    }
    if (code != SQLITE_OK) {
        enum ledger_result result = ledger_fail(ledger, "purge it", code, error);
        db_roll_back(&ledger->db);
        ledger_rolled_back(ledger);
        return result;
    }
    ledger_committed(ledger);
    /* What went shall not linger in the journal either. It is durable whatever comes of this. */
    code = db_checkpoint(&ledger->db);
    if (code != SQLITE_OK) {
        (void)ledger_fail(ledger, "copy its journal into it", code, error);
    }
    return LEDGER_OK;
}

enum ledger_result ledger_purge(struct ledger *ledger, struct purge *purge,
                                char error[LEDGER_ERROR_MAX])
{
    purge->has_more = false;
    purge->old_to = 0;
    int code = find_range(ledger, purge);
    if (code != SQLITE_OK) {
        return ledger_fail(ledger, "find what is old in it", code, error);
    }
    if (purge->dry_run || purge->last_seq < purge->first_seq) {
        return LEDGER_OK;
    }
    if (!ledger->writer || ledger->failed) {
        snprintf(error, LEDGER_ERROR_MAX, "%.120s: is not open for writing; open it again",
                 ledger->db.path);
        return LEDGER_FAILED;
    }
    return take_out(ledger, purge, error);
}
