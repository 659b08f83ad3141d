#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"

/* Rows whose kind asks for a checkpoint at once: what somebody takes away with him, or what the
 * chain itself stands on. */
static const bool signs_at_once[EVENT_KIND_COUNT] = {
    [EVENT_STOP] = true,  [EVENT_COLLECTION] = true, [EVENT_EXPORT] = true,
    [EVENT_PURGE] = true, [EVENT_SET_ASIDE] = true,  [EVENT_KEY] = true,
};

bool ledger_signs_at_once(enum event_kind kind)
{
    return (unsigned)kind < EVENT_KIND_COUNT && signs_at_once[kind];
}

/* Rows whose moment is not of the run that they stand in: written by another program, or by the
 * ledger itself. They take no part in the rules of time. */
static const bool has_own_time[EVENT_KIND_COUNT] = {
    [EVENT_CHECKPOINT] = true, [EVENT_KEY] = true,         [EVENT_SETTINGS] = true,
    [EVENT_EXPORT] = true,     [EVENT_STORAGE] = true,     [EVENT_SET_ASIDE] = true,
    [EVENT_PURGE] = true,      [EVENT_CALIBRATION] = true,
};

bool ledger_has_own_time(enum event_kind kind)
{
    return (unsigned)kind < EVENT_KIND_COUNT && has_own_time[kind];
}

static int insert_row(struct ledger *ledger, const struct kiosk_event *event)
{
    char body[LEDGER_BODY_MAX];
    struct ledger_end *end = &ledger->end;
    const bool has_utc = event->at.quality != CLOCK_UNSET;
    struct chain_row row = {
        .seq = end->last_seq + 1,
        .t_ms = event->at.t_ms,
        .has_utc = has_utc,
        .utc_ms = has_utc ? event->at.utc_ms : 0,
        .kind = event_kind_text(event->kind),
        .boot = ledger->boot,
        .clock = clock_quality_text(event->at.quality),
        .body = body,
    };

    row.body_length = body_encode(event, body);
    row.kind_length = strlen(row.kind);
    row.boot_length = strlen(row.boot);
    row.clock_length = strlen(row.clock);
    chain_link(end->hash, &row);
    const db_value_t values[] = {
        db_integer(row.seq),
        db_text(row.kind),
        {.type = DB_TEXT, .text = row.boot},
        db_integer(row.t_ms),
        db_integer_if(row.has_utc, row.utc_ms),
        db_text(row.clock),
        db_text(body),
        db_blob(end->hash, sizeof end->hash),
    };
    return db_run(&ledger->db, STATEMENT_ROW, values, (int)(sizeof values / sizeof *values));
}

void ledger_remember(struct ledger_end *end, const struct kiosk_event *event)
{
    int64_t day = ledger_day(&event->at);

    end->last_seq++;
    end->boot_known = true;
    end->last_at = event->at;
    if (day != SCHEMA_DAY_UNKNOWN) {
        end->last_day = day;
    }
    if (event->kind == EVENT_START) {
        snprintf(end->site, sizeof end->site, "%s", event->body.start.site);
    }
    if (event->kind == EVENT_CHECKPOINT) {
        end->unsigned_rows = 0;
        end->unsigned_ms = INT64_MAX;
        return;
    }
    end->unsigned_rows++;
    if (end->unsigned_ms == INT64_MAX) {
        end->unsigned_ms = event->at.t_ms;
    }
}

static int put_row(struct ledger *ledger, const struct kiosk_event *event)
{
    int code = insert_row(ledger, event);

    if (code == SQLITE_OK) {
        code = projections_apply(ledger, event, ledger->end.last_seq + 1);
    }
    if (code == SQLITE_OK) {
        ledger_remember(&ledger->end, event);
    }
    return code;
}

/* Signs all rows so far. */
static int put_checkpoint(struct ledger *ledger, const moment_t *at)
{
    struct ledger_end *end = &ledger->end;
    struct kiosk_event event = {.kind = EVENT_CHECKPOINT, .at = *at};
    struct chain_checkpoint *checkpoint = &end->checkpoint;

    memset(checkpoint, 0, sizeof *checkpoint);
    memcpy(checkpoint->id, ledger->origin.id, sizeof checkpoint->id);
    snprintf(checkpoint->site, sizeof checkpoint->site, "%s", end->site);
    checkpoint->covers = end->last_seq;
    memcpy(checkpoint->hash, end->hash, sizeof checkpoint->hash);
    checkpoint->has_utc = at->quality != CLOCK_UNSET;
    checkpoint->utc_ms = checkpoint->has_utc ? at->utc_ms : 0;
    chain_sign(checkpoint, &ledger->key.signer);
    checkpoint_to_event(checkpoint, &event.body.checkpoint);
    int code = put_row(ledger, &event);
    end->has_checkpoint = code == SQLITE_OK;
    return code;
}

static bool checkpoint_is_due(const struct ledger *ledger, const struct kiosk_event *event)
{
    const struct ledger_end *end = &ledger->end;

    return ledger_signs_at_once(event->kind) || end->unsigned_rows >= CHAIN_SIGNED_ROWS ||
           (end->unsigned_ms != INT64_MAX && event->at.t_ms - end->unsigned_ms >= CHAIN_SIGNED_MS);
}

static int put_signed(struct ledger *ledger, const struct kiosk_event *event)
{
    int code = put_row(ledger, event);

    if (code == SQLITE_OK && checkpoint_is_due(ledger, event)) {
        code = put_checkpoint(ledger, &event->at);
    }
    return code;
}

/* What must stand in the chain before anything else does. */
static int put_waiting(struct ledger *ledger, const moment_t *at)
{
    struct kiosk_event event = {.at = *at};
    int code = SQLITE_OK;

    if (ledger->has_new_key) {
        event.kind = EVENT_KEY;
        event.body.key = ledger->new_key;
        code = put_signed(ledger, &event);
    }
    if (ledger->has_aside && code == SQLITE_OK) {
        event.kind = EVENT_SET_ASIDE;
        event.body.set_aside = ledger->aside;
        code = put_signed(ledger, &event);
    }
    return code;
}

int ledger_put(struct ledger *ledger, const struct kiosk_event *event, int64_t *seq)
{
    int code = put_waiting(ledger, &event->at);

    if (code == SQLITE_OK) {
        *seq = ledger->end.last_seq + 1;
        code = put_signed(ledger, event);
    }
    return code;
}

void ledger_committed(struct ledger *ledger)
{
    struct ledger_end *end = &ledger->end;

    ledger->has_new_key = ledger->has_aside = false;
    head_write_end(&ledger->head, &ledger->key, ledger->origin.id, end->last_seq, end->hash);
    if (end->has_checkpoint) {
        head_write_checkpoint(&ledger->head, &end->checkpoint);
        ledger->has_news = true;
        ledger->news = end->checkpoint;
        end->has_checkpoint = false;
    }
    ledger->committed = *end;
}

void ledger_rolled_back(struct ledger *ledger)
{
    ledger->end = ledger->committed;
}

/* Whether the last row that is no checkpoint, of this boot, is this very event. */
static bool is_last_row(struct ledger *ledger, const struct kiosk_event *event, int64_t *seq)
{
    static const char query[] = "SELECT kind, t_ms, utc_ms, clock, body, seq FROM ledger"
                                " WHERE kind <> 'checkpoint' ORDER BY seq DESC LIMIT 1";
    char body[LEDGER_BODY_MAX];
    sqlite3_stmt *row = NULL;
    moment_t at;
    bool same = false;

    body_encode(event, body);
    if (sqlite3_prepare_v2(ledger->db.handle, query, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW && ledger_column_moment(row, 1, &at)) {
        same = strcmp(ledger_column_text(row, 0), event_kind_text(event->kind)) == 0 &&
               at.t_ms == event->at.t_ms && at.quality == event->at.quality &&
               (at.quality == CLOCK_UNSET || at.utc_ms == event->at.utc_ms) &&
               strcmp(ledger_column_text(row, 4), body) == 0;
        *seq = sqlite3_column_int64(row, 5);
    }
    sqlite3_finalize(row);
    return same;
}

static enum ledger_result refuse_failed(const struct ledger *ledger, char error[LEDGER_ERROR_MAX])
{
    snprintf(error, LEDGER_ERROR_MAX,
             "%.120s: an earlier write failed; close this ledger and open it again",
             ledger->db.path);
    return LEDGER_FAILED;
}

enum ledger_result ledger_finish(struct ledger *ledger, const char *doing, int code,
                                 char error[LEDGER_ERROR_MAX])
{
    if (code == SQLITE_OK) {
        code = db_commit(&ledger->db);
    }
    if (code != SQLITE_OK) {
        enum ledger_result result = ledger_fail(ledger, doing, code, error);
        db_roll_back(&ledger->db);
        ledger_rolled_back(ledger);
        return result;
    }
    ledger_committed(ledger);
    /* What was written is durable whatever the checkpoint says; the next append will hear of it. */
    bool is_due = ledger->db.wal_pages >= DB_CHECKPOINT_PAGES;
    code = is_due ? db_checkpoint(&ledger->db) : SQLITE_OK;
    if (code != SQLITE_OK) {
        (void)ledger_fail(ledger, "copy its journal into it", code, error);
    }
    return LEDGER_OK;
}

enum ledger_result ledger_append(struct ledger *ledger, const struct kiosk_event *event,
                                 int64_t *seq, char error[LEDGER_ERROR_MAX])
{
    assert(ledger->writer && (unsigned)event->kind < EVENT_KIND_COUNT);
    assert(event->kind != EVENT_CHECKPOINT && event->kind != EVENT_KEY);
    assert((unsigned)event->at.quality < CLOCK_QUALITY_COUNT);
    if (ledger->failed) {
        return refuse_failed(ledger, error);
    }
    bool is_there = ledger->unsure && is_last_row(ledger, event, seq);
    ledger->unsure = false;
    if (is_there) {
        return LEDGER_OK;
    }
    int code = db_begin(&ledger->db);
    if (code == SQLITE_OK) {
        code = ledger_put(ledger, event, seq);
    }
    return ledger_finish(ledger, "append to it", code, error);
}

enum ledger_result ledger_sign(struct ledger *ledger, int64_t now_ms, char error[LEDGER_ERROR_MAX])
{
    moment_t at = ledger->end.last_at;

    assert(ledger->writer);
    if (ledger->failed) {
        return refuse_failed(ledger, error);
    }
    if (ledger->end.unsigned_ms == INT64_MAX) {
        return LEDGER_OK;
    }
    at.utc_ms += at.quality != CLOCK_UNSET ? now_ms - at.t_ms : 0;
    at.t_ms = now_ms;
    int code = db_begin(&ledger->db);
    if (code == SQLITE_OK) {
        code = put_checkpoint(ledger, &at);
    }
    return ledger_finish(ledger, "sign it", code, error);
}

int64_t ledger_sign_due(const struct ledger *ledger)
{
    const int64_t since_ms = ledger->end.unsigned_ms;
    return since_ms == INT64_MAX ? INT64_MAX : since_ms + CHAIN_SIGNED_MS;
}

bool ledger_statement_news(struct ledger *ledger, struct ledger_statement *statement)
{
    if (!ledger->has_news) {
        return false;
    }
    statement->covers = ledger->news.covers;
    checkpoint_format(&ledger->news, statement->text);
    chain_fingerprint(ledger->news.key, statement->fingerprint);
    ledger->has_news = false;
    return true;
}
