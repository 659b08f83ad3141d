#include "kiosk/store/verify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/verify_internal.h"

enum {
    CHUNK_ROWS = 10000, /* of one read transaction */
    LEAP_MS = 1000,     /* what a clock may be off its own course without a row that says so */
    DRIFT_PARTS = 500   /* and one part of so many of the time between */
};

const char *verify_reason_text(enum verify_reason reason)
{
    static const char *const texts[VERIFY_REASON_COUNT] = {
#define X(name, text) [name] = text,
        VERIFY_REASONS(X)
#undef X
    };
    return (unsigned)reason < VERIFY_REASON_COUNT ? texts[reason] : "";
}

void verify_find(struct verify *verify, bool is_fault, enum verify_reason reason, int64_t seq,
                 const char *format, ...)
{
    struct verify_report *report = verify->report;
    va_list arguments;

    report->is_good = report->is_good && !is_fault;
    if (report->finding_count == VERIFY_FINDINGS_MAX) {
        return;
    }
    struct verify_finding *finding = &report->findings[report->finding_count++];
    finding->is_fault = is_fault;
    finding->reason = reason;
    finding->seq = seq;
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
}

/* ---- one row --------------------------------------------------------------------------------- */

static bool row_fault(struct verify *verify, enum verify_reason reason, int64_t seq,
                      const char *what)
{
    verify_find(verify, true, reason, seq, "row %" PRId64 ": %s", seq, what);
    return false;
}

static bool check_times(struct verify *verify, const struct chain_row *row,
                        const struct kiosk_event *event, bool has_body)
{
    struct verify_time *before = &verify->time;
    const bool is_known = event->at.quality != CLOCK_QUALITY_COUNT;

    if (!is_known || row->has_utc != (event->at.quality != CLOCK_UNSET)) {
        return row_fault(verify, VERIFY_CLOCK, row->seq, "its time and its clock contradict");
    }
    if (ledger_has_own_time(event->kind)) {
        return true;
    }
    const bool is_start = event->kind == EVENT_START;
    const bool is_new_boot = !before->is_known || strcmp(before->boot, row->boot) != 0;
    if (is_new_boot && before->is_known && !is_start) {
        return row_fault(verify, VERIFY_BOOT, row->seq, "a new boot begins without a start");
    }
    if (!is_new_boot && !is_start) {
        const int64_t passed_ms = row->t_ms - before->t_ms;
        if (passed_ms < 0) {
            return row_fault(verify, VERIFY_ORDER, row->seq, "its time is before the last row's");
        }
        const bool both = before->has_utc && row->has_utc;
        int64_t leap_ms = both ? row->utc_ms - before->utc_ms - passed_ms : 0;
        if (event->kind == EVENT_CLOCK && has_body) {
            leap_ms -= both ? event->body.clock.step_ms : 0;
        }
        if (llabs(leap_ms) > LEAP_MS + passed_ms / DRIFT_PARTS) {
            return row_fault(verify, VERIFY_CLOCK, row->seq, "the clock leapt, and no row says so");
        }
    }
    before->is_known = true;
    before->t_ms = row->t_ms;
    before->has_utc = row->has_utc;
    before->utc_ms = row->utc_ms;
    snprintf(before->boot, sizeof before->boot, "%s", row->boot);
    return true;
}

static bool check_signature(struct verify *verify, int64_t seq, const struct kiosk_event *event,
                            bool has_body)
{
    struct chain_checkpoint checkpoint;

    if (!has_body || !checkpoint_from_event(&event->body.checkpoint, &event->at, verify->origin.id,
                                            &checkpoint)) {
        return row_fault(verify, VERIFY_FORGED, seq, "it is no checkpoint");
    }
    if (checkpoint.covers != seq - 1 ||
        memcmp(checkpoint.hash, verify->hash, sizeof checkpoint.hash) != 0) {
        return row_fault(verify, VERIFY_FORGED, seq,
                         "the checkpoint signed other rows than stand before it");
    }
    if (memcmp(checkpoint.key, verify->key, sizeof checkpoint.key) != 0) {
        return row_fault(verify, VERIFY_FORGED, seq, "the checkpoint's key is not in force here");
    }
    if (!chain_is_signed(&checkpoint)) {
        return row_fault(verify, VERIFY_FORGED, seq, "the checkpoint's signature is wrong");
    }
    verify->report->checkpoints++;
    return true;
}

/* Whether a checkpoint stands where one must. */
static bool check_cadence(struct verify *verify, int64_t seq, enum event_kind kind)
{
    if (kind == EVENT_CHECKPOINT) {
        verify->unsigned_rows = 0;
        verify->must_sign = false;
        return true;
    }
    if (verify->must_sign) {
        return row_fault(verify, VERIFY_UNSIGNED, seq, "a checkpoint must stand here");
    }
    if (seq > verify->origin.imported_seq && ++verify->unsigned_rows > CHAIN_SIGNED_ROWS) {
        return row_fault(verify, VERIFY_UNSIGNED, seq, "too many rows without a checkpoint");
    }
    verify->must_sign = seq > verify->origin.imported_seq && ledger_signs_at_once(kind);
    return true;
}

static bool change_key(struct verify *verify, int64_t seq, const struct kiosk_event *event,
                       bool has_body)
{
    uint8_t previous[CHAIN_KEY_SIZE];

    if (!has_body || !chain_unhex(event->body.key.previous, previous, sizeof previous) ||
        memcmp(previous, verify->key, sizeof previous) != 0 ||
        !chain_unhex(event->body.key.key, verify->key, sizeof verify->key)) {
        return row_fault(verify, VERIFY_FORGED, seq,
                         "the new key does not follow the one in force");
    }
    verify->key_seq = seq;
    return true;
}

/* Marks what an anchor or the head knows of this row. */
static void note_known(struct verify *verify, const struct chain_row *row)
{
    for (int i = 0; i < verify->known_count; i++) {
        struct verify_known *known = &verify->known[i];
        if (known->seq == row->seq) {
            known->is_met = true;
            known->is_same = memcmp(known->hash, verify->hash, sizeof known->hash) == 0;
            known->is_forged =
                known->is_signed && memcmp(known->key, verify->key, sizeof known->key) != 0;
        }
    }
}

static bool check_row(struct verify *verify, sqlite3_stmt *statement)
{
    struct chain_row row;
    struct kiosk_event event;
    const uint8_t *hash;
    const bool is_formed = schema_read_row(statement, &row, &hash);
    const int64_t expected = verify->next_seq;

    if (row.seq != expected) {
        return row_fault(verify, VERIFY_MISSING, expected, "it is missing");
    }
    if (!is_formed) {
        return row_fault(verify, VERIFY_MALFORMED, expected, "a column is of another type");
    }
    verify->next_seq++;
    memset(&event, 0, sizeof event);
    event.kind = event_kind_find(row.kind);
    event.at.t_ms = row.t_ms;
    event.at.utc_ms = row.utc_ms;
    event.at.quality = clock_quality_find(row.clock);
    /* The checkpoint signs the hash before its own row. */
    uint8_t before[CHAIN_HASH_SIZE];
    memcpy(before, verify->hash, sizeof before);
    chain_link(verify->hash, &row);
    if (memcmp(verify->hash, hash, CHAIN_HASH_SIZE) != 0) {
        return row_fault(verify, VERIFY_HASH, expected, "it is not the row that was written");
    }
    char reason[BODY_REASON_MAX] = "its kind is not known";
    const bool has_body =
        event.kind != EVENT_KIND_COUNT && body_decode(&event, row.body, row.body_length, reason);
    bool good = check_cadence(verify, expected, event.kind);
    if (good && event.kind == EVENT_CHECKPOINT) {
        uint8_t after[CHAIN_HASH_SIZE];
        memcpy(after, verify->hash, sizeof after);
        memcpy(verify->hash, before, sizeof before);
        good = check_signature(verify, expected, &event, has_body);
        memcpy(verify->hash, after, sizeof after);
    }
    if (good && event.kind == EVENT_KEY) {
        good = change_key(verify, expected, &event, has_body);
    }
    good = good && check_times(verify, &row, &event, has_body);
    if (!good) {
        return false;
    }
    note_known(verify, &row);
    verify->report->rows++;
    verify->report->last_seq = expected;
    if (!has_body && verify->bad_body_seq == 0) {
        verify->bad_body_seq = expected;
        snprintf(verify->bad_body, sizeof verify->bad_body, "%s", reason);
    }
    if (has_body && verify->again) {
        verify_project(verify, &event, row.boot, expected);
    }
    return true;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* The rows from next_seq on, CHUNK_ROWS at most. 1: there were some; 0: none; -1: a fault. */
static int walk_chunk(struct verify *verify, sqlite3_stmt *rows)
{
    int count = 0, code = SQLITE_ROW;
    bool good = true;

    sqlite3_bind_int64(rows, 1, verify->next_seq);
    while (good && count < CHUNK_ROWS && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        good = check_row(verify, rows);
        count++;
    }
    sqlite3_reset(rows);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        good = row_fault(verify, VERIFY_UNREADABLE, verify->next_seq, sqlite3_errstr(code));
    }
    return good ? count > 0 : -1;
}

static bool walk(struct verify *verify, sqlite3_stmt *rows)
{
    int more;

    do {
        more = walk_chunk(verify, rows);
    } while (more > 0);
    return more == 0;
}

/* The hash before the first row: genesis, or what a purge left. */
static bool find_beginning(struct verify *verify)
{
    struct kiosk_event purge;
    int code = SQLITE_OK;
    int64_t first =
        schema_integer(verify->ledger->db.handle, "SELECT min(seq) FROM ledger", 1, &code);

    verify->next_seq = 1;
    verify->base_seq = 0;
    chain_genesis(&verify->origin, verify->hash);
    if (first > 1 && ledger_find_newest(verify->ledger, EVENT_PURGE, &purge) == SQLITE_OK &&
        purge.body.purge.last_seq == first - 1 &&
        chain_unhex(purge.body.purge.hash, verify->hash, sizeof verify->hash)) {
        verify->base_seq = first - 1;
        verify->next_seq = first;
        /* Keys that changed before the purge were in rows that are gone. */
        verify_find_key(verify, first - 1);
    }
    return code == SQLITE_OK;
}

/* The newest signed checkpoint on rows up to `most`, as a beginning. False: there is none. */
static bool find_checkpoint(struct verify *verify, int64_t most)
{
    char reason[BODY_REASON_MAX];
    sqlite3_stmt *rows = NULL;
    bool found = false;
    int code = sqlite3_prepare_v2(verify->ledger->db.handle,
                                  "SELECT seq, t_ms, utc_ms, clock, body FROM ledger"
                                  " WHERE seq <= ? AND kind = 'checkpoint' ORDER BY seq DESC",
                                  -1, &rows, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(rows, 1, most + 1);
    }
    if (code == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
        struct chain_checkpoint checkpoint;
        struct kiosk_event event = {.kind = EVENT_CHECKPOINT};
        const char *body = ledger_column_text(rows, 4);
        found = ledger_column_moment(rows, 1, &event.at) &&
                body_decode(&event, body, (size_t)sqlite3_column_bytes(rows, 4), reason) &&
                checkpoint_from_event(&event.body.checkpoint, &event.at, verify->origin.id,
                                      &checkpoint) &&
                chain_is_signed(&checkpoint);
        if (found) {
            verify_find_key(verify, checkpoint.covers);
            found = memcmp(verify->key, checkpoint.key, sizeof checkpoint.key) == 0;
        }
        if (found) {
            verify->next_seq = checkpoint.covers + 1;
            verify->base_seq = checkpoint.covers;
            memcpy(verify->hash, checkpoint.hash, sizeof verify->hash);
        }
    }
    sqlite3_finalize(rows);
    return found;
}

static bool begin_walk(struct verify *verify)
{
    const struct verify_request *request = verify->request;
    int64_t most = request->from_seq > 0 ? request->from_seq - 1 : INT64_MAX - 1;

    if (request->from_seq == 0 && request->incremental) {
        most = verify_state_read(verify);
    }
    verify->is_whole =
        !(request->from_seq > 0 || request->incremental) || !find_checkpoint(verify, most);
    if (!verify->is_whole) {
        verify->report->first_seq = verify->next_seq;
        return true;
    }
    bool found = find_beginning(verify);
    verify->report->first_seq = verify->next_seq;
    return found;
}

/* ---- what stands outside --------------------------------------------------------------------- */

static void compare_known(struct verify *verify, const struct verify_known *known)
{
    if (known->is_foreign) {
        verify_find(verify, true, VERIFY_FOREIGN, 0, "%s is of another ledger", known->name);
    } else if (known->seq > verify->report->last_seq && known->seq >= verify->next_seq) {
        verify_find(verify, true, VERIFY_CUT, verify->next_seq,
                    "the ledger ends before row %" PRId64 ", which %s knows", known->seq,
                    known->name);
    } else if (known->is_met && known->is_forged) {
        verify_find(verify, true, VERIFY_ANCHOR, known->seq,
                    "%s is signed by a key that was not in force at row %" PRId64, known->name,
                    known->seq);
    } else if (known->is_met && !known->is_same) {
        verify_find(verify, true, VERIFY_REPLACED, known->seq,
                    "row %" PRId64 " is another than the one that %s knows", known->seq,
                    known->name);
    }
}

static void check_key(struct verify *verify)
{
    char text[CHAIN_FINGERPRINT_MAX];
    const char *vouched = verify->request->fingerprint;

    chain_fingerprint(verify->key, text);
    snprintf(verify->report->fingerprint, sizeof verify->report->fingerprint, "%s", text);
    if (vouched && strcmp(vouched, text) != 0) {
        verify_find(verify, true, VERIFY_KEY, verify->key_seq,
                    "the ledger is signed by %s, not by %.40s", text, vouched);
    } else if (verify->key_seq > 0) {
        verify_find(verify, !vouched, VERIFY_KEY, verify->key_seq,
                    "from row %" PRId64 " on another key signs: %s; compare it with the screen, "
                    "then give it with --key",
                    verify->key_seq, text);
    } else if (verify->has_recorder &&
               memcmp(verify->recorder.signer.public_key, verify->key, sizeof verify->key) != 0) {
        verify_find(verify, !vouched, VERIFY_KEY, 0, "ledger.key is not the key that signs: %s",
                    text);
    }
}

static void check_head(struct verify *verify)
{
    const struct head *head = &verify->head;

    if (!head->exists || !head->has_end) {
        verify_find(verify, verify->report->last_seq > verify->origin.imported_seq, VERIFY_HEAD, 0,
                    "the file head is %s: a cut of the end would not be seen",
                    head->exists ? "damaged" : "missing");
    } else if (head->damaged_blocks > 0) {
        verify_find(verify, false, VERIFY_HEAD, 0, "half of the file head is damaged");
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void check_meaning(struct verify *verify)
{
    if (verify->bad_body_seq > 0) {
        verify_find(verify, true, VERIFY_BODY, verify->bad_body_seq, "row %" PRId64 ": %s",
                    verify->bad_body_seq, verify->bad_body);
    } else if (verify->again) {
        verify_compare(verify);
    }
    if (schema_trigger_count(verify->ledger->db.handle) != SCHEMA_TRIGGER_COUNT) {
        verify_find(verify, true, VERIFY_TRIGGER, 0,
                    "the triggers that refuse changes are not in the file as they should be");
    }
}

static void run(struct verify *verify)
{
    sqlite3 *handle = verify->ledger->db.handle;
    sqlite3_stmt *rows = NULL;

    if (schema_origin(handle, &verify->origin) != SQLITE_OK) {
        verify_find(verify, true, VERIFY_MALFORMED, 0, "ledger_meta is not what it must be");
        return;
    }
    memcpy(verify->key, verify->origin.public_key, sizeof verify->key);
    if (!begin_walk(verify) ||
        sqlite3_prepare_v2(handle,
                           "SELECT " SCHEMA_ROW_COLUMNS " FROM ledger WHERE seq >= ? ORDER BY seq",
                           -1, &rows, NULL) != SQLITE_OK) {
        verify_find(verify, true, VERIFY_UNREADABLE, 0, "%s", sqlite3_errmsg(handle));
        return;
    }
    verify_gather(verify);
    if (verify->is_whole) {
        verify_begin_again(verify);
    }
    /* In short transactions first; then what came meanwhile, and the figures of that moment. */
    bool good = walk(verify, rows);
    if (good) {
        (void)sqlite3_exec(handle, "BEGIN", NULL, NULL, NULL);
        good = walk(verify, rows);
    }
    sqlite3_finalize(rows);
    verify->report->unsigned_rows = verify->unsigned_rows;
    if (good && verify->must_sign) {
        good = row_fault(verify, VERIFY_UNSIGNED, verify->next_seq, "a checkpoint must stand here");
    }
    for (int i = 0; good && i < verify->known_count; i++) {
        compare_known(verify, &verify->known[i]);
    }
    check_key(verify);
    check_head(verify);
    if (good) {
        check_meaning(verify);
    }
    (void)sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
}

enum ledger_result ledger_verify(const struct verify_request *request, struct verify_report *report,
                                 char error[LEDGER_ERROR_MAX])
{
    struct verify *verify = calloc(1, sizeof *verify);

    memset(report, 0, sizeof *report);
    if (!verify) {
        snprintf(error, LEDGER_ERROR_MAX, "out of memory; stop other programs");
        return LEDGER_FAILED;
    }
    verify->request = request;
    verify->report = report;
    report->is_good = true;
    verify->has_recorder =
        recorder_key_open(&verify->recorder, request->directory, false) == KEY_LOADED;
    /* Before the rows: the head is never ahead of them. */
    head_read(request->directory, verify->has_recorder ? &verify->recorder : NULL, &verify->head);
    enum ledger_result result = ledger_open_reader(&verify->ledger, request->directory, error);
    if (result == LEDGER_OK) {
        run(verify);
        verify_end_again(verify);
        if (report->is_good) {
            verify_state_write(verify);
        }
        ledger_close(verify->ledger);
    }
    recorder_key_close(&verify->recorder);
    free(verify);
    return result;
}
