#include "kiosk/store/days.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/ledger_internal.h"

enum { DAY_NONE = INT32_MAX, DAY_MS = 24 * 3600 * 1000, DAY_PARTS_MAX = RECORD_PARTS_MAX };

/* A run of the program on the wall clock. */
struct run_span {
    int64_t seq, start_ms;
    bool dated;
    span_t wall;
};

struct part {
    char name[RECORD_PART_MAX];
    span_t *faults;
    int fault_count, fault_room;
};

struct bin_day {
    int64_t day;
    struct record_balance record;
};

struct day_cursor {
    struct ledger *ledger;
    enum record_kind kind;
    day_range_t range;
    int64_t day;  /* being handed out; DAY_NONE: no more */
    bool started; /* `day` is a day of ours */

    /* BALANCE: every bin of every day, in the order they are handed out */
    struct bin_day *balances;
    int balance_count, balance_room, next_balance;

    /* UPTIME */
    int part_count, next_part;
    struct part parts[DAY_PARTS_MAX];
    struct run_span *runs;
    span_t *walls; /* of the dated runs */
    int run_count, wall_count;
    span_t known; /* from the first start to the last row */
};

/* ---- days ------------------------------------------------------------------------------------ */

/* The first day with figures from `from` on; DAY_NONE where there is none. */
static int next_day(const struct day_cursor *cursor, int64_t from, int64_t *day)
{
    static const char figures[] =
        "SELECT min(day) FROM (SELECT min(day) AS day FROM daily WHERE day >= %lld"
        " UNION ALL SELECT min(day) FROM inspections WHERE day >= %lld"
        " UNION ALL SELECT min(day) FROM closings WHERE near_miss AND day >= %lld)";
    char query[sizeof figures + 64];
    int code = SQLITE_OK;
    const long long at = (long long)from;

    snprintf(query, sizeof query, figures, at, at, at);
    *day = schema_integer(cursor->ledger->db.handle, query, DAY_NONE, &code);
    return code;
}

/* Moves to the next day of the range. */
static int advance(struct day_cursor *cursor)
{
    const bool unlimited = !cursor->range.has_from && !cursor->range.has_to;
    const int64_t least = cursor->range.has_from ? cursor->range.from : unlimited ? -1 : 0;
    const int64_t from = cursor->started ? cursor->day + 1 : least;
    int code = SQLITE_OK;

    cursor->started = true;
    if (cursor->kind == RECORD_UPTIME) {
        const int64_t first = local_day(cursor->known.from);
        const bool over = cursor->wall_count == 0 || from > local_day(cursor->known.to - 1);
        cursor->day = over ? DAY_NONE : from > first ? from : first;
    } else {
        code = next_day(cursor, from, &cursor->day);
    }
    if (cursor->range.has_to && cursor->day > cursor->range.to) {
        cursor->day = DAY_NONE;
    }
    return code;
}

/* ---- balance --------------------------------------------------------------------------------- */

/* Looked for from the end: changes come in order of seq, and so nearly in that of days. */
static struct record_balance *balance_of(struct day_cursor *cursor, int64_t day, int32_t bin)
{
    for (int i = cursor->balance_count; i-- > 0;) {
        if (cursor->balances[i].day == day && cursor->balances[i].record.bin == bin) {
            return &cursor->balances[i].record;
        }
    }
    if (cursor->balance_count == cursor->balance_room) {
        const int room = cursor->balance_room * 2 + 64;
        struct bin_day *more = realloc(cursor->balances, (size_t)room * sizeof *more);
        if (more == NULL) {
            return NULL;
        }
        cursor->balances = more;
        cursor->balance_room = room;
    }
    struct bin_day *added = &cursor->balances[cursor->balance_count++];
    *added = (struct bin_day){.day = day, .record.bin = bin};
    return &added->record;
}

static bool add_change(void *context, const struct ledger_record *record)
{
    struct record_balance *balance =
        balance_of(context, ledger_day(&record->at), record->body.change.bin);

    if (balance != NULL) {
        balance_add(&balance->balance, &record->body.change);
    }
    return balance != NULL;
}

static int compare_bin_days(const void *a, const void *b)
{
    const struct bin_day *left = a, *right = b;
    const int by_day = (left->day > right->day) - (left->day < right->day);
    return by_day != 0 ? by_day : left->record.bin - right->record.bin;
}

static enum ledger_result open_balances(struct day_cursor *cursor, char error[LEDGER_ERROR_MAX])
{
    struct record_cursor *changes = NULL;
    enum ledger_result result =
        record_cursor_open(&changes, cursor->ledger, RECORD_CHANGES, &cursor->range, error);
    int more = -1;

    if (result == LEDGER_OK) {
        more = record_cursor_run(changes, add_change, cursor, error);
    }
    record_cursor_close(changes);
    if (more == 1) {
        snprintf(error, LEDGER_ERROR_MAX, "out of memory; stop other programs");
    }
    if (more != 0) {
        return LEDGER_FAILED;
    }
    if (cursor->balance_count > 0) {
        qsort(cursor->balances, (size_t)cursor->balance_count, sizeof *cursor->balances,
              compare_bin_days);
    }
    return LEDGER_OK;
}

static bool next_balance(struct day_cursor *cursor, struct ledger_record *record)
{
    cursor->started = true;
    if (cursor->next_balance == cursor->balance_count) {
        cursor->day = DAY_NONE;
        return false;
    }
    const struct bin_day *next = &cursor->balances[cursor->next_balance++];
    cursor->day = next->day;
    record->body.balance = next->record;
    return true;
}

/* ---- uptime ---------------------------------------------------------------------------------- */

static int open_runs(struct day_cursor *cursor)
{
    sqlite3_stmt *rows = NULL;
    int code = SQLITE_OK, room = 0;
    int64_t count =
        schema_integer(cursor->ledger->db.handle, "SELECT count(*) FROM runs", 0, &code);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(cursor->ledger->db.handle,
                                  "SELECT seq, start_ms, t_ms, utc_ms FROM (" QUERY_RUNS
                                  ") ORDER BY seq",
                                  -1, &rows, NULL);
    }
    cursor->runs = calloc((size_t)count + 1, sizeof *cursor->runs);
    cursor->walls = calloc((size_t)count + 1, sizeof *cursor->walls);
    room = cursor->runs != NULL && cursor->walls != NULL ? (int)count : 0;
    while (code == SQLITE_OK && cursor->run_count < room &&
           (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct run_span *run = &cursor->runs[cursor->run_count++];
        run->seq = sqlite3_column_int64(rows, 0);
        run->start_ms = sqlite3_column_int64(rows, 1);
        run->dated = sqlite3_column_type(rows, 3) != SQLITE_NULL;
        run->wall.to = sqlite3_column_int64(rows, 3);
        run->wall.from = run->wall.to - (sqlite3_column_int64(rows, 2) - run->start_ms);
        if (run->dated && run->wall.from < run->wall.to) {
            cursor->walls[cursor->wall_count++] = run->wall;
        }
        code = SQLITE_OK;
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int compare_spans(const void *a, const void *b)
{
    const span_t *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

static void find_known(struct day_cursor *cursor)
{
    if (cursor->wall_count > 0) {
        qsort(cursor->walls, (size_t)cursor->wall_count, sizeof *cursor->walls, compare_spans);
        cursor->known = cursor->walls[0];
    }
    for (int i = 0; i < cursor->wall_count; i++) {
        const int64_t to = cursor->walls[i].to;
        cursor->known.to = to > cursor->known.to ? to : cursor->known.to;
    }
}

/* The wall clock at a moment of the run that row `seq` belongs to; false where it had none. */
static bool wall_of(const struct day_cursor *cursor, int64_t seq, int64_t t_ms, int64_t *utc_ms)
{
    const struct run_span *run = NULL;
    for (int i = 0; i < cursor->run_count && cursor->runs[i].seq <= seq; i++) {
        run = &cursor->runs[i];
    }
    if (run == NULL || !run->dated) {
        return false;
    }
    const int64_t since_start = t_ms > run->start_ms ? t_ms - run->start_ms : 0;
    *utc_ms = run->wall.from + since_start;
    return true;
}

static bool add_fault(struct part *part, span_t span)
{
    if (part->fault_count == part->fault_room) {
        const int room = part->fault_room * 2 + 16;
        span_t *faults = realloc(part->faults, (size_t)room * sizeof *faults);
        if (faults == NULL) {
            return false;
        }
        part->faults = faults;
        part->fault_room = room;
    }
    part->faults[part->fault_count++] = span;
    return true;
}

static struct part *part_named(struct day_cursor *cursor, const char *name)
{
    for (int i = 0; i < cursor->part_count; i++) {
        if (strcmp(cursor->parts[i].name, name) == 0) {
            return &cursor->parts[i];
        }
    }
    return NULL;
}

/* "kiosk", and whatever weighed a deposit or raised an alarm. */
static int find_parts(struct day_cursor *cursor)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(cursor->ledger->db.handle,
                                  "SELECT part FROM (SELECT part FROM alarms UNION"
                                  " SELECT scale FROM deposits) WHERE part NOT IN ('', 'kiosk')"
                                  " ORDER BY part",
                                  -1, &rows, NULL);
    strcpy(cursor->parts[cursor->part_count++].name, "kiosk");
    while (code == SQLITE_OK && cursor->part_count < DAY_PARTS_MAX &&
           (code = sqlite3_step(rows)) == SQLITE_ROW) {
        snprintf(cursor->parts[cursor->part_count++].name, RECORD_PART_MAX, "%s",
                 ledger_column_text(rows, 0));
        code = SQLITE_OK;
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int find_faults(struct day_cursor *cursor)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(cursor->ledger->db.handle,
                                  "SELECT part, seq, since_ms, cleared_seq, cleared_ms FROM alarms"
                                  " ORDER BY seq",
                                  -1, &rows, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct part *part = part_named(cursor, ledger_column_text(rows, 0));
        span_t span = {0, cursor->known.to};
        code = SQLITE_OK;
        if (part == NULL || !wall_of(cursor, sqlite3_column_int64(rows, 1),
                                     sqlite3_column_int64(rows, 2), &span.from)) {
            continue;
        }
        if (sqlite3_column_type(rows, 3) != SQLITE_NULL) {
            (void)wall_of(cursor, sqlite3_column_int64(rows, 3), sqlite3_column_int64(rows, 4),
                          &span.to);
        }
        if (span.from < span.to && !add_fault(part, span)) {
            code = SQLITE_NOMEM;
        }
    }
    sqlite3_finalize(rows);
    for (int i = 0; i < cursor->part_count; i++) {
        struct part *part = &cursor->parts[i];
        if (part->fault_count > 0) {
            qsort(part->faults, (size_t)part->fault_count, sizeof *part->faults, compare_spans);
        }
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int open_uptime(struct day_cursor *cursor)
{
    int code = open_runs(cursor);
    if (code == SQLITE_OK) {
        find_known(cursor);
        code = find_parts(cursor);
    }
    cursor->next_part = cursor->part_count;
    return code == SQLITE_OK ? find_faults(cursor) : code;
}

/* The part of the day that the ledger knows of. */
static span_t known_part(const struct day_cursor *cursor)
{
    const int64_t midnight = cursor->day * DAY_MS - LOCAL_OFFSET_MS;
    span_t period = {midnight, midnight + DAY_MS};
    period.from = period.from > cursor->known.from ? period.from : cursor->known.from;
    period.to = period.to < cursor->known.to ? period.to : cursor->known.to;
    return period;
}

static int next_uptime(struct day_cursor *cursor, struct ledger_record *record, bool *found)
{
    if (cursor->next_part == cursor->part_count) {
        int code = advance(cursor);
        if (code != SQLITE_OK || cursor->day == DAY_NONE) {
            return code;
        }
        cursor->next_part = 0;
    }
    const struct part *part = &cursor->parts[cursor->next_part++];
    struct record_uptime *uptime = &record->body.uptime;
    memset(uptime, 0, sizeof *uptime);
    memcpy(uptime->part, part->name, sizeof uptime->part);
    uptime->uptime = uptime_of(known_part(cursor), cursor->walls, cursor->wall_count, part->faults,
                               part->fault_count);
    *found = true;
    return SQLITE_OK;
}

/* ---- figures --------------------------------------------------------------------------------- */

static enum ledger_result day_figures(struct day_cursor *cursor, struct figures *figures,
                                      char error[LEDGER_ERROR_MAX])
{
    const day_range_t day = {true, true, cursor->day, cursor->day};
    if (cursor->day != RECORD_DAY_UNKNOWN) {
        return ledger_figures(cursor->ledger, &day, figures, error);
    }
    const day_range_t dated = {.has_from = true, .from = 0};
    const day_range_t all = {0};
    struct figures known;
    enum ledger_result result = ledger_figures(cursor->ledger, &all, figures, error);
    if (result == LEDGER_OK) {
        result = ledger_figures(cursor->ledger, &dated, &known, error);
    }
    if (result == LEDGER_OK) {
        figures_subtract(figures, &known);
    }
    return result;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

enum ledger_result day_cursor_open(struct day_cursor **cursor, struct ledger *ledger,
                                   enum record_kind kind, const day_range_t *range,
                                   char error[LEDGER_ERROR_MAX])
{
    struct day_cursor *opened = calloc(1, sizeof *opened);
    int code = SQLITE_OK;

    *cursor = NULL;
    if (opened == NULL) {
        snprintf(error, LEDGER_ERROR_MAX, "out of memory; stop other programs");
        return LEDGER_FAILED;
    }
    opened->ledger = ledger;
    opened->kind = kind;
    opened->range = *range;
    if (kind == RECORD_BALANCE && open_balances(opened, error) != LEDGER_OK) {
        day_cursor_close(opened);
        return LEDGER_FAILED;
    }
    if (kind == RECORD_UPTIME) {
        code = open_uptime(opened);
    }
    if (code != SQLITE_OK) {
        day_cursor_close(opened);
        return ledger_fail(ledger, "read it", code, error);
    }
    *cursor = opened;
    return LEDGER_OK;
}

int day_cursor_next(struct day_cursor *cursor, struct ledger_record *record,
                    char error[LEDGER_ERROR_MAX])
{
    bool found = false;
    int code = SQLITE_OK;

    memset(record, 0, sizeof *record);
    record->kind = cursor->kind;
    if (cursor->started && cursor->day == DAY_NONE) {
        return 0;
    }
    if (cursor->kind == RECORD_BALANCE) {
        found = next_balance(cursor, record);
    } else if (cursor->kind == RECORD_UPTIME) {
        code = next_uptime(cursor, record, &found);
    } else {
        code = advance(cursor);
        found = code == SQLITE_OK && cursor->day != DAY_NONE;
    }
    if (code != SQLITE_OK) {
        (void)ledger_fail(cursor->ledger, "count its days", code, error);
        return -1;
    }
    record->day = cursor->day;
    if (found && cursor->kind == RECORD_FIGURES &&
        day_figures(cursor, &record->body.figures, error) != LEDGER_OK) {
        return -1;
    }
    return found ? 1 : 0;
}

void day_cursor_close(struct day_cursor *cursor)
{
    if (cursor == NULL) {
        return;
    }
    for (int i = 0; i < cursor->part_count; i++) {
        free(cursor->parts[i].faults);
    }
    free(cursor->balances);
    free(cursor->runs);
    free(cursor->walls);
    free(cursor);
}
