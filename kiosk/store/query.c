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

/* A record is read where SQLite has it: take_record() stands in the query's own condition and is
 * handed all columns of a row at once. Asking for them one by one after each step costs as much
 * again as finding the row. It holds (and the query stops there) where the visitor has enough, and
 * behind the last row of the cursor: a condition of the query's own would look at each row once
 * more. */
enum { COLUMN_SEQ, COLUMN_MOMENT, COLUMN_SITE = COLUMN_MOMENT + 3, COLUMN_BODY };
#define FIRST_COLUMNS "seq, t_ms, utc_ms, clock, site"

/* %s: the table, the condition. */
static const char plain_query[] = "SELECT 1 FROM %s WHERE seq > ?1 AND %s ORDER BY seq";
/* Of a compound query: the limit that is none keeps SQLite from moving the condition inside, where
 * it would see the rows of each part before they are in order. */
static const char compound_query[] =
    "SELECT 1 FROM (SELECT * FROM %s WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT -1) WHERE %s";
/* CASE: no record is taken that the range does not hold. */
static const char in_range[] =
    "CASE WHEN (?3 IS NULL OR day >= ?3) AND (?4 IS NULL OR day <= ?4 AND day >= 0) THEN %s END";

typedef bool record_reader(sqlite3_value **row, struct ledger_record *record);

struct record_source {
    const char *table, *columns; /* behind FIRST_COLUMNS */
    bool is_compound;
    bool has_person;     /* as the last column, where somebody asks whose a record is */
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
    bool is_past_end;            /* the statement stands behind end_seq */
    bool is_unknown;             /* `record` holds a word that this version does not know */
    const struct people *people; /* borrowed, or NULL */
    record_visitor *visit;
    void *context; /* of `visit` */
    struct ledger_record record;
    struct day_cursor *days; /* of kinds that are counted day by day; no statement then */
};

static const char *text_of(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return text ? text : "";
}

static int32_t grams(sqlite3_value *value)
{
    return (int32_t)sqlite3_value_int64(value);
}

static enum waste_class class_of(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return text ? waste_class_find(text) : WASTE_NONE;
}

static void copy_text(char *text, size_t size, sqlite3_value *value)
{
    const char *from = (const char *)sqlite3_value_text(value);
    if (!from) {
        text[0] = '\0';
        return;
    }
    size_t length = (size_t)sqlite3_value_bytes(value);

    length = length < size ? length : size - 1;
    memcpy(text, from, length);
    text[length] = '\0';
}

static bool read_moment(sqlite3_value **row, moment_t *at)
{
    at->t_ms = sqlite3_value_int64(row[COLUMN_MOMENT]);
    at->utc_ms = sqlite3_value_int64(row[COLUMN_MOMENT + 1]);
    at->quality = clock_quality_find(text_of(row[COLUMN_MOMENT + 2]));
    bool has_utc = sqlite3_value_type(row[COLUMN_MOMENT + 1]) != SQLITE_NULL;
    return at->quality != CLOCK_QUALITY_COUNT && has_utc == (at->quality != CLOCK_UNSET);
}

static bool read_deposit(sqlite3_value **row, struct ledger_record *record)
{
    struct event_deposit *deposit = &record->body.deposit;
    sqlite3_value **value = row + COLUMN_BODY;

    deposit->visit = sqlite3_value_int64(*value++);
    deposit->bin = sqlite3_value_int(*value++);
    deposit->bin_class = class_of(*value++);
    deposit->chosen = class_of(*value++);
    record->declared_after = class_of(*value++);
    deposit->outcome = outcome_find(text_of(*value++));
    deposit->quality = weight_quality_find(text_of(*value++));
    deposit->weight_g = grams(*value++);
    deposit->has_base = sqlite3_value_type(*value) != SQLITE_NULL;
    deposit->base_g = grams(*value++);
    deposit->final_g = grams(*value++);
    deposit->spread_g = grams(*value++);
    deposit->opened_ms = sqlite3_value_int64(*value++);
    deposit->closed_ms = sqlite3_value_int64(*value++);
    copy_text(deposit->scale, sizeof deposit->scale, *value++);
    copy_text(deposit->item, sizeof deposit->item, *value++);
    record->undone_seq = sqlite3_value_int64(*value++);
    copy_text(record->person, sizeof record->person, *value);
    return deposit->outcome != OUTCOME_COUNT && deposit->quality != QUALITY_COUNT;
}

static bool read_visit(sqlite3_value **row, struct ledger_record *record)
{
    struct event_visit *visit = &record->body.visit;
    sqlite3_value **value = row + COLUMN_BODY;

    visit->visit = sqlite3_value_int64(*value++);
    visit->started_ms = sqlite3_value_int64(*value++);
    visit->deposits = sqlite3_value_int(*value++);
    visit->grams = grams(*value++);
    visit->near_misses = sqlite3_value_int(*value++);
    copy_text(record->person, sizeof record->person, *value);
    return true;
}

static bool read_collection(sqlite3_value **row, struct ledger_record *record)
{
    struct event_collection *collection = &record->body.collection;
    sqlite3_value **value = row + COLUMN_BODY;

    collection->bin = sqlite3_value_int(*value++);
    collection->bin_class = class_of(*value++);
    collection->quality = weight_quality_find(text_of(*value++));
    collection->before_g = grams(*value++);
    collection->after_g = grams(*value++);
    collection->removed_g = grams(*value++);
    collection->started_ms = sqlite3_value_int64(*value++);
    copy_text(collection->who, sizeof collection->who, *value);
    return collection->quality != QUALITY_COUNT;
}

static bool read_inspection(sqlite3_value **row, struct ledger_record *record)
{
    struct event_inspection *inspection = &record->body.inspection;
    sqlite3_value **value = row + COLUMN_BODY;

    inspection->bin = sqlite3_value_int(*value++);
    inspection->bin_class = class_of(*value++);
    inspection->checked = sqlite3_value_int(*value++);
    inspection->wrong = sqlite3_value_int(*value++);
    inspection->things = sqlite3_value_int(*value++);
    copy_text(inspection->who, sizeof inspection->who, *value);
    return true;
}

static bool read_alarm(sqlite3_value **row, struct ledger_record *record)
{
    struct record_alarm *alarm = &record->body.alarm;
    sqlite3_value **value = row + COLUMN_BODY;

    copy_text(alarm->part, sizeof alarm->part, *value++);
    copy_text(alarm->fault, sizeof alarm->fault, *value++);
    alarm->since_ms = sqlite3_value_int64(*value++);
    alarm->cleared = sqlite3_value_type(*value) != SQLITE_NULL;
    alarm->cleared_seq = sqlite3_value_int64(*value++);
    alarm->cleared_at.t_ms = sqlite3_value_int64(*value++);
    alarm->cleared_at.quality = sqlite3_value_type(*value) == SQLITE_NULL ? CLOCK_UNSET : CLOCK_RTC;
    alarm->cleared_at.utc_ms = sqlite3_value_int64(*value++);
    copy_text(alarm->cleared_by, sizeof alarm->cleared_by, *value);
    return true;
}

static bool read_change(sqlite3_value **row, struct ledger_record *record)
{
    sqlite3_value **value = row + COLUMN_BODY;

    record->body.change = (struct weight_change){
        .kind = change_kind_find(text_of(value[0])),
        .bin = sqlite3_value_int(value[1]),
        .near_miss = sqlite3_value_int(value[2]) != 0,
        .has_change = sqlite3_value_type(value[3]) != SQLITE_NULL,
        .change_g = grams(value[3]),
        .has_before = sqlite3_value_type(value[4]) != SQLITE_NULL,
        .before_g = grams(value[4]),
        .has_after = sqlite3_value_type(value[5]) != SQLITE_NULL,
        .after_g = grams(value[5]),
    };
    return record->body.change.kind != CHANGE_KIND_COUNT;
}

static bool read_run(sqlite3_value **row, struct ledger_record *record)
{
    struct record_run *run = &record->body.run;
    sqlite3_value **value = row + COLUMN_BODY;

    run->start_ms = sqlite3_value_int64(*value++);
    run->end_seq = sqlite3_value_int64(*value++);
    run->stopped = sqlite3_value_type(*value++) != SQLITE_NULL;
    copy_text(run->version, sizeof run->version, *value++);
    copy_text(run->reason, sizeof run->reason, *value);
    return true;
}

static const struct record_source sources[RECORD_KIND_COUNT] = {
    [RECORD_DEPOSITS] = {.table = "deposits",
                         .columns = "visit, bin, bin_class, chosen, declared_after, outcome,"
                                    " quality, weight_g, base_g, final_g, spread_g, opened_ms,"
                                    " closed_ms, scale, item, undone_seq",
                         .has_person = true,
                         .read = read_deposit},
    [RECORD_VISITS] = {.table = "visits",
                       .columns = "visit, started_ms, deposits, grams, near_misses",
                       .has_person = true,
                       .read = read_visit},
    [RECORD_COLLECTIONS] = {.table = "collections",
                            .columns = "bin, bin_class, quality, before_g, after_g, removed_g,"
                                       " started_ms, who",
                            .read = read_collection},
    [RECORD_INSPECTIONS] = {.table = "inspections",
                            .columns = "bin, bin_class, checked, wrong, things, who",
                            .read = read_inspection},
    [RECORD_ALARMS] = {.table = "alarms",
                       .columns = "part, fault, since_ms, cleared_seq, cleared_ms, cleared_utc_ms,"
                                  " cleared_by",
                       .read = read_alarm},
    [RECORD_CHANGES] = {.table = "changes",
                        .columns = "kind, bin, near_miss, change_g, before_g, after_g",
                        .is_compound = true,
                        .read = read_change},
    [RECORD_RUNS] = {.table = "(" QUERY_RUNS ")",
                     .columns = "start_ms, end_seq, stop_seq, version, reason",
                     .is_compound = true,
                     .read = read_run},
};

/* The SQL function of the queries above. */
static void take_record(sqlite3_context *call, int count, sqlite3_value **row)
{
    const struct ledger *ledger = sqlite3_user_data(call);
    struct record_cursor *cursor = ledger->taking;

    (void)count;
    assert(cursor != NULL);
    struct ledger_record *record = &cursor->record;
    const int64_t seq = sqlite3_value_int64(row[COLUMN_SEQ]);
    assert(seq > cursor->last_seq);
    if (seq > cursor->end_seq) {
        cursor->is_past_end = true;
        sqlite3_result_int(call, 1);
        return;
    }
    record->seq = seq;
    copy_text(record->site, sizeof record->site, row[COLUMN_SITE]);
    if (!read_moment(row, &record->at) || !sources[cursor->kind].read(row, record)) {
        cursor->is_unknown = true;
        sqlite3_result_error(call, "unknown word", -1);
        return;
    }
    record->department = record->name = "";
    if (cursor->people && *record->person) {
        const struct person *person = people_by_id(cursor->people, record->person);
        record->department = person ? person->department : "";
        record->name = person ? person->name : "";
    }
    cursor->last_seq = record->seq;
    if (!cursor->visit(cursor->context, record)) {
        sqlite3_result_int(call, 1); /* otherwise it is NULL, which costs nothing */
    }
}

static int bind_day(sqlite3_stmt *statement, int mark, bool limited, int64_t day)
{
    return limited ? sqlite3_bind_int64(statement, mark, day) : sqlite3_bind_null(statement, mark);
}

/* Skips what cannot be in the range: rows before its first day began. A run belongs to the day of
 * its last row, whose number is not its own. */
static int find_start(struct record_cursor *cursor)
{
    int code = SQLITE_OK;

    if (cursor->range.has_from && cursor->kind != RECORD_RUNS) {
        int64_t first = ledger_first_row_of(cursor->ledger, cursor->range.from, &code);
        cursor->last_seq = first == INT64_MAX ? first : first - 1;
    }
    return code;
}

static int prepare(struct record_cursor *cursor)
{
    const struct record_source *source = &sources[cursor->kind];
    const bool is_limited = cursor->range.has_from || cursor->range.has_to;
    sqlite3 *handle = cursor->ledger->db.handle;
    int code =
        sqlite3_create_function_v2(handle, "take_record", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   cursor->ledger, take_record, NULL, NULL, NULL);

    /* Busy: another cursor of this handle is running, so it is there. */
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        return code;
    }
    /* A column that nobody asks for is not read. */
    const char *person = !source->has_person ? "" : cursor->people ? ", person" : ", NULL";
    char *take = sqlite3_mprintf("take_record(" FIRST_COLUMNS ", %s%s)", source->columns, person);
    char *condition = take ? sqlite3_mprintf(is_limited ? in_range : "%s", take) : NULL;
    char *query = condition ? sqlite3_mprintf(source->is_compound ? compound_query : plain_query,
                                              source->table, condition)
                            : NULL;
    code = query ? sqlite3_prepare_v2(handle, query, -1, &cursor->rows, NULL) : SQLITE_NOMEM;
    sqlite3_free(query);
    sqlite3_free(condition);
    sqlite3_free(take);
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
    opened->kind = opened->record.kind = kind;
    opened->record.declared_after = WASTE_NONE;
    opened->record.day = RECORD_DAY_UNKNOWN;
    opened->range = *range;
    if (sources[kind].table == NULL) {
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
        code = prepare(opened);
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
    int code = cursor->rows ? SQLITE_OK : prepare(cursor);

    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(cursor->rows, 1, cursor->last_seq);
    }
    if (code == SQLITE_OK && sources[cursor->kind].is_compound) {
        code = sqlite3_bind_int64(cursor->rows, 2, cursor->end_seq);
    }
    if (code == SQLITE_OK && (cursor->range.has_from || cursor->range.has_to)) {
        code = bind_day(cursor->rows, 3, cursor->range.has_from, cursor->range.from);
        code = code == SQLITE_OK ? bind_day(cursor->rows, 4, cursor->range.has_to, cursor->range.to)
                                 : code;
    }
    cursor->running = true;
    return code;
}

static int run_days(struct record_cursor *cursor, record_visitor *visit, void *context,
                    char error[LEDGER_ERROR_MAX])
{
    int found;

    while ((found = day_cursor_next(cursor->days, &cursor->record, error)) == 1) {
        if (!visit(context, &cursor->record)) {
            return 1;
        }
    }
    cursor->done = true;
    return found;
}

void record_cursor_know(struct record_cursor *cursor, const struct people *people)
{
    assert(!cursor->running);
    cursor->people = people;
    if (!cursor->days) {
        sqlite3_finalize(cursor->rows);
        cursor->rows = NULL;
    }
}

int record_cursor_run(struct record_cursor *cursor, record_visitor *visit, void *context,
                      char error[LEDGER_ERROR_MAX])
{
    int code = SQLITE_OK;

    /* Stepping a finished statement would begin the query again. */
    if (cursor->done) {
        return 0;
    }
    if (cursor->days != NULL) {
        return run_days(cursor, visit, context, error);
    }
    cursor->visit = visit;
    cursor->context = context;
    if (!cursor->running) {
        code = start_rows(cursor);
    }
    if (code == SQLITE_OK) {
        struct record_cursor *before = cursor->ledger->taking;
        cursor->ledger->taking = cursor; /* a visitor may run another one meanwhile */
        code = sqlite3_step(cursor->rows);
        cursor->ledger->taking = before;
    }
    if (code == SQLITE_ROW && !cursor->is_past_end) {
        return 1;
    }
    cursor->done = true;
    record_cursor_rest(cursor);
    if (code == SQLITE_DONE || code == SQLITE_ROW) {
        return 0;
    }
    if (cursor->is_unknown) {
        snprintf(error, LEDGER_ERROR_MAX,
                 "%.120s: record %lld holds a word that this version does not know; install the "
                 "version that wrote it",
                 cursor->ledger->db.path, (long long)cursor->record.seq);
    } else {
        (void)ledger_fail(cursor->ledger, "read it", code, error);
    }
    return -1;
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
        figures->deposits[waste_class_find(ledger_column_text(row, 0))][outcome] = sum;
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

/* Limits that are always there let SQLite look at the days of the range and no others. */
#define IN_RANGE " day BETWEEN ?1 AND ?2"
static const struct {
    const char *sql;
    void (*read)(sqlite3_stmt *row, struct figures *figures);
} figure_sources[] = {
    {"SELECT bin_class, outcome, sum(count), sum(weighed), sum(grams) FROM daily WHERE" IN_RANGE
     " GROUP BY bin_class, outcome",
     read_daily},
    {"SELECT count(*) FROM closings WHERE near_miss AND" IN_RANGE, read_near_misses},
    {"SELECT count(*), sum(checked), sum(wrong) FROM inspections WHERE" IN_RANGE, read_inspected},
};

enum ledger_result ledger_figures(struct ledger *ledger, const day_range_t *range,
                                  struct figures *figures, char error[LEDGER_ERROR_MAX])
{
    /* Only without limits there are the rows of no day. */
    const int64_t from = range->has_from ? range->from : range->has_to ? 0 : SCHEMA_DAY_UNKNOWN;
    const int64_t to = range->has_to ? range->to : INT64_MAX;
    int code = SQLITE_OK;

    memset(figures, 0, sizeof *figures);
    for (size_t i = 0; i < sizeof figure_sources / sizeof *figure_sources && code == SQLITE_OK;
         i++) {
        sqlite3_stmt *rows = NULL;
        code = sqlite3_prepare_v2(ledger->db.handle, figure_sources[i].sql, -1, &rows, NULL);
        if (code == SQLITE_OK) {
            code = sqlite3_bind_int64(rows, 1, from);
        }
        if (code == SQLITE_OK) {
            code = sqlite3_bind_int64(rows, 2, to);
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
