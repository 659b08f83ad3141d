#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/days.h"
#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/query.h"

static const char *const kind_texts[RECORD_KIND_COUNT] = {
#define X(name, text) [name] = text,
    RECORD_KINDS(X)
#undef X
};

const char *record_kind_text(enum record_kind kind)
{
    return (unsigned)kind < RECORD_KIND_COUNT ? kind_texts[kind] : "";
}

enum record_kind record_kind_find(const char *text)
{
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        if (strcmp(kind_texts[i], text) == 0) {
            return (enum record_kind)i;
        }
    }
    return RECORD_KIND_COUNT;
}

/* ---- records --------------------------------------------------------------------------------- */

/* Columns that every record begins with, and what follows them. */
enum { COLUMN_SEQ, COLUMN_MOMENT, COLUMN_SITE = COLUMN_MOMENT + 3, COLUMN_BODY };
#define HEAD "SELECT seq, t_ms, utc_ms, clock, site, "
#define RANGE                                                                                      \
    " WHERE seq > ?1 AND seq <= ?2 AND (?3 IS NULL OR day >= ?3)"                                  \
    " AND (?4 IS NULL OR day <= ?4 AND day >= 0) ORDER BY seq"

typedef bool record_reader(sqlite3_stmt *row, struct ledger_record *record);

struct record_source {
    const char *sql;
    record_reader *read; /* false: a word in the row is not known */
};

struct record_cursor {
    struct ledger *ledger;
    sqlite3_stmt *rows;
    enum record_kind kind;
    day_range_t range;
    int64_t last_seq; /* given out */
    int64_t end_seq;  /* the last one there was on opening */
    bool running;     /* the statement holds a read transaction */
    bool done;
    struct day_cursor *days; /* of kinds that are counted day by day; no statement then */
};

static int32_t grams(sqlite3_stmt *row, int column)
{
    return (int32_t)sqlite3_column_int64(row, column);
}

static enum waste_class class_of(sqlite3_stmt *row, int column)
{
    return waste_class_find(ledger_column_text(row, column));
}

static void copy_text(char *text, size_t size, sqlite3_stmt *row, int column)
{
    const char *from = ledger_column_text(row, column);
    size_t length = strnlen(from, size - 1);

    memcpy(text, from, length);
    text[length] = '\0';
}

static bool read_deposit(sqlite3_stmt *row, struct ledger_record *record)
{
    struct event_deposit *deposit = &record->body.deposit;
    int column = COLUMN_BODY;

    deposit->visit = sqlite3_column_int64(row, column++);
    deposit->bin = sqlite3_column_int(row, column++);
    deposit->bin_class = class_of(row, column++);
    deposit->chosen = class_of(row, column++);
    record->declared_after = class_of(row, column++);
    deposit->outcome = outcome_find(ledger_column_text(row, column++));
    deposit->quality = weight_quality_find(ledger_column_text(row, column++));
    deposit->weight_g = grams(row, column++);
    deposit->has_base = sqlite3_column_type(row, column) != SQLITE_NULL;
    deposit->base_g = grams(row, column++);
    deposit->final_g = grams(row, column++);
    deposit->spread_g = grams(row, column++);
    deposit->opened_ms = sqlite3_column_int64(row, column++);
    deposit->closed_ms = sqlite3_column_int64(row, column++);
    copy_text(deposit->scale, sizeof deposit->scale, row, column++);
    copy_text(deposit->item, sizeof deposit->item, row, column++);
    record->undone_seq = sqlite3_column_int64(row, column);
    return deposit->outcome != OUTCOME_COUNT && deposit->quality != QUALITY_COUNT;
}

static bool read_visit(sqlite3_stmt *row, struct ledger_record *record)
{
    struct event_visit *visit = &record->body.visit;
    int column = COLUMN_BODY;

    visit->visit = sqlite3_column_int64(row, column++);
    visit->started_ms = sqlite3_column_int64(row, column++);
    visit->deposits = sqlite3_column_int(row, column++);
    visit->grams = grams(row, column++);
    visit->near_misses = sqlite3_column_int(row, column);
    return true;
}

static bool read_collection(sqlite3_stmt *row, struct ledger_record *record)
{
    struct event_collection *collection = &record->body.collection;
    int column = COLUMN_BODY;

    collection->bin = sqlite3_column_int(row, column++);
    collection->bin_class = class_of(row, column++);
    collection->quality = weight_quality_find(ledger_column_text(row, column++));
    collection->before_g = grams(row, column++);
    collection->after_g = grams(row, column++);
    collection->removed_g = grams(row, column++);
    collection->started_ms = sqlite3_column_int64(row, column++);
    copy_text(collection->who, sizeof collection->who, row, column);
    return collection->quality != QUALITY_COUNT;
}

static bool read_inspection(sqlite3_stmt *row, struct ledger_record *record)
{
    struct event_inspection *inspection = &record->body.inspection;
    int column = COLUMN_BODY;

    inspection->bin = sqlite3_column_int(row, column++);
    inspection->bin_class = class_of(row, column++);
    inspection->checked = sqlite3_column_int(row, column++);
    inspection->wrong = sqlite3_column_int(row, column++);
    inspection->things = sqlite3_column_int(row, column++);
    copy_text(inspection->who, sizeof inspection->who, row, column);
    return true;
}

static bool read_alarm(sqlite3_stmt *row, struct ledger_record *record)
{
    struct record_alarm *alarm = &record->body.alarm;
    int column = COLUMN_BODY;

    copy_text(alarm->part, sizeof alarm->part, row, column++);
    copy_text(alarm->fault, sizeof alarm->fault, row, column++);
    alarm->since_ms = sqlite3_column_int64(row, column++);
    alarm->cleared = sqlite3_column_type(row, column) != SQLITE_NULL;
    alarm->cleared_seq = sqlite3_column_int64(row, column++);
    alarm->cleared_at.t_ms = sqlite3_column_int64(row, column++);
    alarm->cleared_at.quality =
        sqlite3_column_type(row, column) == SQLITE_NULL ? CLOCK_UNSET : CLOCK_RTC;
    alarm->cleared_at.utc_ms = sqlite3_column_int64(row, column++);
    copy_text(alarm->cleared_by, sizeof alarm->cleared_by, row, column);
    return true;
}

static bool read_change(sqlite3_stmt *row, struct ledger_record *record)
{
    record->body.change = query_change(row, COLUMN_BODY);
    return record->body.change.kind != CHANGE_KIND_COUNT;
}

static bool read_run(sqlite3_stmt *row, struct ledger_record *record)
{
    struct record_run *run = &record->body.run;
    int column = COLUMN_BODY;

    run->start_ms = sqlite3_column_int64(row, column++);
    run->end_seq = sqlite3_column_int64(row, column++);
    run->stopped = sqlite3_column_type(row, column++) != SQLITE_NULL;
    copy_text(run->version, sizeof run->version, row, column++);
    copy_text(run->reason, sizeof run->reason, row, column);
    return true;
}

static const struct record_source sources[RECORD_KIND_COUNT] = {
    [RECORD_DEPOSITS] = {HEAD "visit, bin, bin_class, chosen, declared_after, outcome, quality,"
                              " weight_g, base_g, final_g, spread_g, opened_ms, closed_ms, scale,"
                              " item, undone_seq FROM deposits" RANGE,
                         read_deposit},
    [RECORD_VISITS] = {HEAD "visit, started_ms, deposits, grams, near_misses FROM visits" RANGE,
                       read_visit},
    [RECORD_COLLECTIONS] = {HEAD "bin, bin_class, quality, before_g, after_g, removed_g,"
                                 " started_ms, who FROM collections" RANGE,
                            read_collection},
    [RECORD_INSPECTIONS] = {HEAD
                            "bin, bin_class, checked, wrong, things, who FROM inspections" RANGE,
                            read_inspection},
    [RECORD_ALARMS] = {HEAD "part, fault, since_ms, cleared_seq, cleared_ms, cleared_utc_ms,"
                            " cleared_by FROM alarms" RANGE,
                       read_alarm},
    [RECORD_CHANGES] = {HEAD QUERY_CHANGE " FROM changes" RANGE, read_change},
    [RECORD_RUNS] = {HEAD "start_ms, end_seq, stop_seq, version, reason FROM (" QUERY_RUNS
                          ")" RANGE,
                     read_run},
};

static int bind_day(sqlite3_stmt *statement, int mark, bool limited, int64_t day)
{
    return limited ? sqlite3_bind_int64(statement, mark, day) : sqlite3_bind_null(statement, mark);
}

/* Skips what cannot be in the range: rows before its first day began. A run belongs to the day of
 * its last row, whose number is not its own. */
static int find_start(struct record_cursor *cursor)
{
    char query[96];
    int code = SQLITE_OK;

    if (!cursor->range.has_from || cursor->kind == RECORD_RUNS) {
        return code;
    }
    snprintf(query, sizeof query, "SELECT min(first_seq) - 1 FROM days WHERE day >= %lld",
             (long long)cursor->range.from);
    cursor->last_seq = schema_integer(cursor->ledger->db.handle, query, INT64_MAX, &code);
    return code;
}

enum ledger_result record_cursor_open(struct record_cursor **cursor, struct ledger *ledger,
                                      enum record_kind kind, const day_range_t *range,
                                      char error[LEDGER_ERROR_MAX])
{
    int code = SQLITE_OK;

    assert((unsigned)kind < RECORD_KIND_COUNT);
    *cursor = NULL;
    struct record_cursor *opened = calloc(1, sizeof *opened);
    if (!opened) {
        snprintf(error, LEDGER_ERROR_MAX, "out of memory; stop other programs");
        return LEDGER_FAILED;
    }
    opened->ledger = ledger;
    opened->kind = kind;
    opened->range = *range;
    if (sources[kind].sql == NULL) {
        enum ledger_result result = day_cursor_open(&opened->days, ledger, kind, range, error);
        if (result != LEDGER_OK) {
            record_cursor_close(opened);
            return result;
        }
        *cursor = opened;
        return LEDGER_OK;
    }
    opened->end_seq = schema_integer(ledger->db.handle, "SELECT max(seq) FROM ledger", 0, &code);
    if (code == SQLITE_OK) {
        code = find_start(opened);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(ledger->db.handle, sources[kind].sql, -1, &opened->rows, NULL);
    }
    if (code != SQLITE_OK) {
        record_cursor_close(opened);
        return ledger_fail(ledger, "read it", code, error);
    }
    *cursor = opened;
    return LEDGER_OK;
}

static int start_rows(struct record_cursor *cursor)
{
    int code = sqlite3_bind_int64(cursor->rows, 1, cursor->last_seq);

    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(cursor->rows, 2, cursor->end_seq);
    }
    if (code == SQLITE_OK) {
        code = bind_day(cursor->rows, 3, cursor->range.has_from, cursor->range.from);
    }
    if (code == SQLITE_OK) {
        code = bind_day(cursor->rows, 4, cursor->range.has_to, cursor->range.to);
    }
    cursor->running = true;
    return code;
}

int record_cursor_next(struct record_cursor *cursor, struct ledger_record *record,
                       char error[LEDGER_ERROR_MAX])
{
    int code = SQLITE_OK;

    /* Stepping a finished statement would begin the query again. */
    if (cursor->done) {
        return 0;
    }
    if (cursor->days != NULL) {
        return day_cursor_next(cursor->days, record, error);
    }
    if (!cursor->running) {
        code = start_rows(cursor);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(cursor->rows);
    }
    if (code != SQLITE_ROW) {
        cursor->done = true;
        record_cursor_rest(cursor);
        if (code == SQLITE_DONE) {
            return 0;
        }
        (void)ledger_fail(cursor->ledger, "read it", code, error);
        return -1;
    }
    record->kind = cursor->kind;
    record->seq = sqlite3_column_int64(cursor->rows, COLUMN_SEQ);
    copy_text(record->site, sizeof record->site, cursor->rows, COLUMN_SITE);
    record->day = RECORD_DAY_UNKNOWN;
    record->declared_after = WASTE_NONE;
    record->undone_seq = 0;
    cursor->last_seq = record->seq;
    if (!ledger_column_moment(cursor->rows, COLUMN_MOMENT, &record->at) ||
        !sources[cursor->kind].read(cursor->rows, record)) {
        snprintf(error, LEDGER_ERROR_MAX,
                 "%.120s: record %lld holds a word that this version does not know; install the "
                 "version that wrote it",
                 cursor->ledger->db.path, (long long)record->seq);
        cursor->done = true;
        return -1;
    }
    return 1;
}

void record_cursor_rest(struct record_cursor *cursor)
{
    if (cursor->running) {
        sqlite3_reset(cursor->rows);
    }
    cursor->running = false;
}

void record_cursor_close(struct record_cursor *cursor)
{
    if (!cursor) {
        return;
    }
    sqlite3_finalize(cursor->rows);
    day_cursor_close(cursor->days);
    free(cursor);
}

/* ---- figures --------------------------------------------------------------------------------- */

static void read_daily(sqlite3_stmt *row, struct figures *figures)
{
    const struct figure_sum sum = {sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
                                   sqlite3_column_int64(row, 4)};
    const enum outcome outcome = outcome_find(ledger_column_text(row, 1));

    if (outcome != OUTCOME_COUNT) {
        figures->deposits[class_of(row, 0)][outcome] = sum;
    } else if (strcmp(ledger_column_text(row, 1), "undone") == 0) {
        figures->undone.count += sum.count;
        figures->undone.weighed += sum.weighed;
        figures->undone.grams += sum.grams;
    }
}

static void read_near_misses(sqlite3_stmt *row, struct figures *figures)
{
    figures->near_misses = sqlite3_column_int64(row, 0);
}

static void read_inspected(sqlite3_stmt *row, struct figures *figures)
{
    figures->inspections = sqlite3_column_int64(row, 0);
    figures->checked = sqlite3_column_int64(row, 1);
    figures->wrong = sqlite3_column_int64(row, 2);
}

#define IN_RANGE " (?1 IS NULL OR day >= ?1) AND (?2 IS NULL OR day <= ?2 AND day >= 0)"
static const struct {
    const char *sql;
    void (*read)(sqlite3_stmt *row, struct figures *figures);
} figure_sources[] = {
    {"SELECT bin_class, outcome, sum(count), sum(weighed), sum(grams) FROM daily WHERE" IN_RANGE
     " GROUP BY bin_class, outcome",
     read_daily},
    {"SELECT count(*) FROM changes WHERE near_miss AND" IN_RANGE, read_near_misses},
    {"SELECT count(*), sum(checked), sum(wrong) FROM inspections WHERE" IN_RANGE, read_inspected},
};

enum ledger_result ledger_figures(struct ledger *ledger, const day_range_t *range,
                                  struct figures *figures, char error[LEDGER_ERROR_MAX])
{
    int code = SQLITE_OK;

    memset(figures, 0, sizeof *figures);
    for (size_t i = 0; i < sizeof figure_sources / sizeof *figure_sources && code == SQLITE_OK;
         i++) {
        sqlite3_stmt *rows = NULL;
        code = sqlite3_prepare_v2(ledger->db.handle, figure_sources[i].sql, -1, &rows, NULL);
        if (code == SQLITE_OK) {
            code = bind_day(rows, 1, range->has_from, range->from);
        }
        if (code == SQLITE_OK) {
            code = bind_day(rows, 2, range->has_to, range->to);
        }
        while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
            figure_sources[i].read(rows, figures);
            code = SQLITE_OK;
        }
        code = code == SQLITE_DONE ? SQLITE_OK : code;
        sqlite3_finalize(rows);
    }
    return code == SQLITE_OK ? LEDGER_OK : ledger_fail(ledger, "sum it up", code, error);
}
