#include "tests/faults/witness.h"

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/verify.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 3 };

static const char boot[] = "boot-of-the-witness";

#define FIRST_UTC_MS INT64_C(1795392000000)

/* ---- events ---------------------------------------------------------------------------------- */

moment_t witness_moment(const struct witness *witness)
{
    return (moment_t){witness->t_ms, FIRST_UTC_MS + witness->t_ms, CLOCK_NTP};
}

void witness_make(struct witness *witness, enum event_kind kind, int n, struct kiosk_event *event)
{
    int32_t bin = n % 4 + 1;
    enum waste_class class = (enum waste_class)(n % WASTE_CLASS_COUNT);

    witness->t_ms += 1000;
    *event = (struct kiosk_event){
        .kind = kind,
        .at = witness_moment(witness),
    };
    switch (kind) {
    case EVENT_START:
        snprintf(event->body.start.version, EVENT_TEXT_MAX, "test");
        snprintf(event->body.start.site, SITE_ID_MAX, "site-1");
        break;
    case EVENT_OPENING:
        event->body.opening = (struct event_opening){.visit = n, .bin = bin, .chosen = class};
        break;
    case EVENT_DEPOSIT:
        event->body.deposit = (struct event_deposit){
            .visit = n,
            .bin = bin,
            .bin_class = class,
            .chosen = class,
            .outcome = OUTCOME_CONSISTENT,
            .quality = QUALITY_SETTLED,
            .weight_g = 100 + n,
            .final_g = 100 + n,
            .opened_ms = witness->t_ms - 900,
            .closed_ms = witness->t_ms - 300,
            .scale = "s1",
        };
        break;
    case EVENT_VISIT:
        event->body.visit = (struct event_visit){.visit = n, .started_ms = witness->t_ms - 950};
        break;
    case EVENT_COLLECTION:
        event->body.collection = (struct event_collection){
            .bin = bin,
            .bin_class = class,
            .quality = QUALITY_SETTLED,
            .before_g = 40000 + n,
            .removed_g = 40000 + n,
            .started_ms = witness->t_ms - 60000,
            .who = "cleaner",
        };
        break;
    case EVENT_EXPORT:
        event->body.export =
            (struct event_export){.format = "csv", .who = "command line", .rows = n};
        event->body.export.last_seq =
            witness->count > 0 ? witness->acknowledged[witness->count - 1].seq : 0;
        snprintf(event->body.export.what, EVENT_TEXT_MAX, "%s",
                 witness->export_what ? witness->export_what : "deposits");
        break;
    case EVENT_STOP:
        snprintf(event->body.stop.reason, EVENT_TEXT_MAX, "test");
        break;
    default:
        assert(!"an event that the witness can make");
    }
}

static bool same_event(const struct kiosk_event *a, const struct kiosk_event *b)
{
    char first[LEDGER_BODY_MAX], second[LEDGER_BODY_MAX];
    if (a->kind != b->kind || a->at.t_ms != b->at.t_ms || a->at.quality != b->at.quality ||
        (a->at.quality != CLOCK_UNSET && a->at.utc_ms != b->at.utc_ms)) {
        return false;
    }
    body_encode(a, first);
    body_encode(b, second);
    return strcmp(first, second) == 0;
}

/* Rows that the ledger writes by itself. */
static bool is_of_the_ledger(const struct kiosk_event *event)
{
    return event->kind == EVENT_CHECKPOINT || event->kind == EVENT_KEY ||
           event->kind == EVENT_SET_ASIDE || event->kind == EVENT_PURGE;
}

/* ---- writing --------------------------------------------------------------------------------- */

bool witness_open(struct witness *witness)
{
    char error[LEDGER_ERROR_MAX] = "";
    for (int i = 0; i < ATTEMPTS && witness->ledger == NULL; i++) {
        enum ledger_result result = ledger_open(&witness->ledger, witness->directory, boot, error);
        if ((result == LEDGER_OK) != (witness->ledger != NULL) ||
            (result != LEDGER_OK && error[0] == '\0')) {
            abort();
        }
    }
    return witness->ledger != NULL;
}

static void acknowledge(struct witness *witness, const struct kiosk_event *event, int64_t seq)
{
    assert(witness->count < WITNESS_EVENTS_MAX);
    witness->acknowledged[witness->count++] = (struct witness_event){*event, seq};
}

static bool append_waiting(struct witness *witness)
{
    char error[LEDGER_ERROR_MAX] = "";
    int64_t seq = 0;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (!witness_open(witness)) {
            return false;
        }
        enum ledger_result result = ledger_append(witness->ledger, &witness->waiting, &seq, error);
        if (result == LEDGER_OK) {
            acknowledge(witness, &witness->waiting, seq);
            witness->has_waiting = false;
            return true;
        }
        if (result == LEDGER_FAILED) {
            witness_close(witness);
        }
    }
    return false;
}

bool witness_catch_up(struct witness *witness)
{
    return !witness->has_waiting || append_waiting(witness);
}

bool witness_append(struct witness *witness, enum event_kind kind, int n)
{
    if (!witness_catch_up(witness)) {
        return false;
    }
    witness_make(witness, kind, n, &witness->waiting);
    witness->has_waiting = true;
    return append_waiting(witness);
}

void witness_close(struct witness *witness)
{
    ledger_close(witness->ledger);
    witness->ledger = NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void read_row(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct witness *witness = context;
    if (!is_of_the_ledger(event)) {
        acknowledge(witness, event, seq);
    }
    witness->t_ms = event->at.t_ms > witness->t_ms ? event->at.t_ms : witness->t_ms;
}

void witness_read(struct witness *witness)
{
    char error[LEDGER_ERROR_MAX] = "";
    struct ledger *ledger = NULL;
    witness->count = 0;
    if (ledger_open(&ledger, witness->directory, boot, error) != LEDGER_OK ||
        ledger_fold(ledger, 0, read_row, witness, error) != LEDGER_OK) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    ledger_close(ledger);
}

struct comparison {
    const struct witness *witness;
    int found; /* of the acknowledged events */
    bool has_waiting, has_one_more;
    int64_t strange; /* the first row that should not be there, or 0 */
    int64_t last_seq;
};

/* What a check appends; a later check, after a cut in the first one, may find it. */
static void make_one_more(const struct witness *witness, struct kiosk_event *event)
{
    struct witness writer = {.t_ms = witness->t_ms};
    witness_make(&writer, EVENT_START, 0, event);
}

/* A row behind all acknowledged ones. */
static bool may_follow(struct comparison *comparison, const struct kiosk_event *event)
{
    const struct witness *witness = comparison->witness;
    struct kiosk_event one_more;
    bool *seen = &comparison->has_waiting;
    bool may = witness->has_waiting && same_event(&witness->waiting, event);
    if (!may) {
        make_one_more(witness, &one_more);
        may = same_event(&one_more, event);
        seen = &comparison->has_one_more;
    }
    may = may && !*seen && !comparison->has_one_more;
    *seen = true;
    return may;
}

static void compare_row(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct comparison *comparison = context;
    const struct witness *witness = comparison->witness;
    comparison->last_seq = seq;
    if (is_of_the_ledger(event)) {
        return;
    }
    while (comparison->found < witness->count &&
           witness->acknowledged[comparison->found].seq < seq &&
           witness->acknowledged[comparison->found].seq <= witness->purged_to) {
        comparison->found++;
    }
    if (comparison->found < witness->count) {
        const struct witness_event *next = &witness->acknowledged[comparison->found];
        if (next->seq == seq && same_event(&next->event, event)) {
            comparison->found++;
            return;
        }
    } else if (may_follow(comparison, event)) {
        return;
    }
    if (comparison->strange == 0) {
        comparison->strange = seq;
    }
}

static bool is_whole(struct ledger *ledger)
{
    sqlite3_stmt *check = NULL;
    bool whole = sqlite3_prepare_v2(ledger->db.handle, "PRAGMA integrity_check", -1, &check,
                                    NULL) == SQLITE_OK &&
                 sqlite3_step(check) == SQLITE_ROW &&
                 strcmp(ledger_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    return whole;
}

static bool check_rows(const struct witness *witness, struct ledger *ledger,
                       char reason[WITNESS_REASON_MAX])
{
    char error[LEDGER_ERROR_MAX] = "";
    struct comparison comparison = {.witness = witness};
    if (ledger_fold(ledger, 0, compare_row, &comparison, error) != LEDGER_OK) {
        snprintf(reason, WITNESS_REASON_MAX, "it cannot be read: %s", error);
        return false;
    }
    if (comparison.strange != 0 || comparison.found != witness->count) {
        snprintf(reason, WITNESS_REASON_MAX,
                 "%d of %d acknowledged events are there, up to row %lld; strange is row %lld",
                 comparison.found, witness->count, (long long)comparison.last_seq,
                 (long long)comparison.strange);
        return false;
    }
    if (!is_whole(ledger)) {
        snprintf(reason, WITNESS_REASON_MAX, "SQLite's integrity check fails");
        return false;
    }
    return true;
}

static bool takes_one_more(const struct witness *witness, struct ledger *ledger,
                           char reason[WITNESS_REASON_MAX])
{
    char error[LEDGER_ERROR_MAX] = "";
    struct kiosk_event event;
    int64_t last = ledger_last_seq(ledger), seq = 0;
    make_one_more(witness, &event);
    if (ledger_append(ledger, &event, &seq, error) != LEDGER_OK || seq + 1 < last) {
        snprintf(reason, WITNESS_REASON_MAX, "it takes no row after %lld: %lld, %s",
                 (long long)last, (long long)seq, error);
        return false;
    }
    return true;
}

static bool verifies(const char *directory, char reason[WITNESS_REASON_MAX])
{
    static struct verify_report report;
    const struct verify_request request = {.directory = directory};
    char error[LEDGER_ERROR_MAX] = "";
    if (ledger_verify(&request, &report, error) != LEDGER_OK) {
        snprintf(reason, WITNESS_REASON_MAX, "it cannot be verified: %s", error);
        return false;
    }
    if (!report.is_good) {
        snprintf(reason, WITNESS_REASON_MAX, "it does not verify: row %lld: %s",
                 (long long)report.findings[0].seq, report.findings[0].text);
    }
    return report.is_good;
}

bool witness_check(const struct witness *witness, const char *directory,
                   char reason[WITNESS_REASON_MAX])
{
    char error[LEDGER_ERROR_MAX] = "";
    struct ledger *ledger = NULL;
    if (ledger_open(&ledger, directory, boot, error) != LEDGER_OK) {
        snprintf(reason, WITNESS_REASON_MAX, "it does not open: %s", error);
        return false;
    }
    bool good = true;
    if (ledger_notice(ledger)[0] != '\0') {
        snprintf(reason, WITNESS_REASON_MAX, "notice: %s", ledger_notice(ledger));
        good = false;
    }
    good = good && check_rows(witness, ledger, reason);
    good = good && takes_one_more(witness, ledger, reason);
    ledger_close(ledger);
    return good && verifies(directory, reason);
}
