/* Writes a ledger of months as a kiosk would and takes its beginning out at a place that the seed
 * draws, once or twice: make_purged DIR SEED
 *
 * Everything that goes on for long is going on at the boundary sooner or later: alarms, visits with
 * a card, runs of the program, keys, settings, deposits to be taken back or explained afterwards,
 * days that the clock was put back into. After the purge life goes on and ends some of it. Then
 * every download of one day has to be what the download of all says of that day. Prints the first
 * and last seq that are left; exits 1 where a day is not whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/store/changes.h"
#include "kiosk/store/purge.h"
#include "kiosk/store/query.h"
#include "tests/unit/random_event.h"

enum { ROWS = 420, DAYS_MAX = 4096 };

#define DAY_MS   (INT64_C(24) * 3600 * 1000)
#define FIRST_MS INT64_C(1700000000000)

struct place {
    struct ledger *ledger;
    const char *directory;
    uint64_t seed;
    moment_t at;
    int64_t visit, last_deposit;
    int setting, boot;
};

static void fail(const char *what)
{
    fprintf(stderr, "make_purged: %s\n", what);
    exit(2);
}

static int64_t put(struct place *site, struct kiosk_event *event)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq = 0;

    event->at = site->at;
    if (ledger_append(site->ledger, event, &seq, error) != LEDGER_OK) {
        fail(error);
    }
    return seq;
}

static void pass(struct place *site, int64_t ms)
{
    site->at.t_ms += ms;
    site->at.utc_ms += site->at.quality == CLOCK_UNSET ? 0 : ms;
}

/* A new run; now and then its key is gone, its clock unset, its settings others. */
static void start(struct place *site)
{
    char path[512], boot[BOOT_ID_MAX], error[LEDGER_ERROR_MAX];
    struct kiosk_event event = {.kind = EVENT_START};
    struct ledger_setting setting = {.name = "retention_months"};

    if (site->boot > 0 && random_below(&site->seed, 4) == 0) {
        snprintf(path, sizeof path, "%s/ledger.key", site->directory);
        (void)unlink(path);
    }
    snprintf(boot, sizeof boot, "boot-%d", site->boot++);
    if (ledger_open(&site->ledger, site->directory, boot, error) != LEDGER_OK) {
        fail(error);
    }
    strcpy(event.body.start.version, "test");
    snprintf(event.body.start.site, sizeof event.body.start.site, "p%d", site->boot / 3);
    put(site, &event);
    site->setting += random_below(&site->seed, 3) == 0;
    snprintf(setting.value, sizeof setting.value, "%d", site->setting);
    if (ledger_note_settings(site->ledger, &site->at, &setting, 1, error) != LEDGER_OK) {
        fail(error);
    }
}

static void restart(struct place *site)
{
    struct kiosk_event stop = {.kind = EVENT_STOP, .body.stop.reason = "test"};

    if (random_below(&site->seed, 3) != 0) {
        put(site, &stop);
    }
    ledger_close(site->ledger);
    start(site);
}

static void identify(struct place *site)
{
    struct kiosk_event event = {.kind = EVENT_IDENTIFIED};

    event.body.identified.visit = site->visit;
    snprintf(event.body.identified.person, sizeof event.body.identified.person, "subject-%d",
             (int)random_below(&site->seed, 5));
    put(site, &event);
}

/* A visit may have no end yet, and its card may be held first, last or never. */
static void visit(struct place *site)
{
    struct kiosk_event event;
    const uint32_t card = random_below(&site->seed, 4);

    site->visit++;
    for (uint32_t bags = 1 + random_below(&site->seed, 3); bags > 0; bags--) {
        if (card == bags) {
            identify(site);
        }
        pass(site, 4000);
        event = random_event(&site->seed, EVENT_DEPOSIT);
        event.body.deposit.visit = site->visit;
        site->last_deposit = put(site, &event);
    }
    if (random_below(&site->seed, 3) != 0) {
        event = random_event(&site->seed, EVENT_VISIT);
        event.body.visit.visit = site->visit;
        put(site, &event);
    }
}

/* What concerns a deposit of before, perhaps one of long ago. */
static void look_back(struct place *site)
{
    static const enum event_kind kinds[] = {EVENT_UNDONE, EVENT_DECLARED, EVENT_ADDITION};
    const int64_t seq = site->last_deposit - (int64_t)random_below(&site->seed, 120);
    struct kiosk_event event = {.kind = kinds[random_below(&site->seed, 3)]};

    if (event.kind == EVENT_UNDONE) {
        event.body.undone = (struct event_undone){site->visit, seq};
    } else if (event.kind == EVENT_DECLARED) {
        event.body.declared = (struct event_declared){site->visit, seq, WASTE_KITCHEN};
    } else {
        event.body.addition = (struct event_addition){
            .visit = site->visit, .deposit_seq = seq, .bin = 1, .change_g = 120};
    }
    put(site, &event);
}

/* Few parts, so that the same one is lost again while it is away, or comes back unasked. */
static void raise_or_end(struct place *site)
{
    static const enum event_kind kinds[] = {EVENT_DEVICE_LOST, EVENT_DEVICE_BACK, EVENT_OVERLOAD,
                                            EVENT_FROZEN, EVENT_STORAGE};
    static const char *const states[] = {"ok", "low", "full"};
    const enum event_kind kind = kinds[random_below(&site->seed, 5)];
    struct kiosk_event event = random_event(&site->seed, kind);

    switch (kind) {
    case EVENT_OVERLOAD:
        event.body.overload.bin = 1 + (int32_t)random_below(&site->seed, 2);
        break;
    case EVENT_FROZEN:
        event.body.frozen.bin = 1 + (int32_t)random_below(&site->seed, 2);
        break;
    case EVENT_STORAGE:
        strcpy(event.body.storage.state, states[random_below(&site->seed, 3)]);
        break;
    default:
        snprintf(event.body.device.device, sizeof event.body.device.device, "s%d",
                 (int)random_below(&site->seed, 3));
        break;
    }
    put(site, &event);
}

static void other(struct place *site)
{
    static const enum event_kind kinds[] = {EVENT_CLOSING, EVENT_ADJUSTMENT, EVENT_INSPECTION,
                                            EVENT_COLLECTION, EVENT_LOGIN};
    struct kiosk_event event = random_event(&site->seed, kinds[random_below(&site->seed, 5)]);
    put(site, &event);
}

/* Days forward as time goes, or back by as many as somebody mistyped. */
static void step_clock(struct place *site)
{
    struct kiosk_event event = {.kind = EVENT_CLOCK};
    const int64_t step_ms = (random_below(&site->seed, 12) - (int64_t)5) * DAY_MS;

    site->at.utc_ms += step_ms;
    event.body.clock.step_ms = step_ms;
    put(site, &event);
}

static void live(struct place *site, int rows)
{
    const int64_t until = ledger_last_seq(site->ledger) + rows;

    while (ledger_last_seq(site->ledger) < until) {
        const uint32_t choice = random_below(&site->seed, 100);
        pass(site, 1000 + random_below(&site->seed, 4 * 3600 * 1000));
        if (choice < 55) {
            visit(site);
        } else if (choice < 65) {
            look_back(site);
        } else if (choice < 85) {
            raise_or_end(site);
        } else if (choice < 95) {
            other(site);
        } else if (choice < 97) {
            step_clock(site);
        } else {
            restart(site);
        }
    }
}

/* Somebody takes everything of the days from `from` to `to`. */
static void export_all(struct place *site, const char *from, const char *to)
{
    static const char *const kinds[] = {"deposits",    "visits", "collections",
                                        "inspections", "alarms", "changes"};
    const int64_t last_seq = ledger_last_seq(site->ledger);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct kiosk_event event = {.kind = EVENT_EXPORT};
        struct event_export *export = &event.body.export;
        strcpy(export->what, kinds[i]);
        strcpy(export->format, "csv");
        snprintf(export->from, sizeof export->from, "%s", from);
        snprintf(export->to, sizeof export->to, "%s", to);
        strcpy(export->who, "test");
        export->last_seq = last_seq;
        put(site, &event);
    }
}

static void purge(struct place *site)
{
    char error[LEDGER_ERROR_MAX], to[EVENT_TEXT_MAX] = "";
    struct purge purge = {.months = PURGE_MONTHS_MIN};

    if (random_below(&site->seed, 2) == 0) {
        const civil_t civil =
            civil_from_utc(site->at.utc_ms - (int64_t)random_below(&site->seed, 30) * DAY_MS);
        snprintf(to, sizeof to, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    }
    pass(site, DAY_MS);
    export_all(site, "", to);
    pass(site, (PURGE_MONTHS_MIN * INT64_C(30) + random_below(&site->seed, 40)) * DAY_MS);
    purge.now = site->at;
    if (ledger_purge(site->ledger, &purge, error) != LEDGER_OK) {
        fail(error);
    }
    printf("purged %" PRId64 " to %" PRId64 "\n", purge.first_seq, purge.last_seq);
}

/* ---- every day is whole ---------------------------------------------------------------------- */

struct tally {
    int64_t day;
    long count;
};

struct tallies {
    struct tally list[DAYS_MAX];
    int count;
};

static bool count_record(void *context, const struct ledger_record *record)
{
    struct tallies *tallies = context;
    const int64_t day =
        record->at.quality == CLOCK_UNSET ? RECORD_DAY_UNKNOWN : local_day(record->at.utc_ms);
    int i = 0;

    while (i < tallies->count && tallies->list[i].day != day) {
        i++;
    }
    if (i == DAYS_MAX) {
        fail("too many days");
    }
    tallies->count += i == tallies->count;
    tallies->list[i].day = day;
    tallies->list[i].count++;
    return true;
}

static void count_records(struct ledger *ledger, enum record_kind kind, const day_range_t *days,
                          struct tallies *tallies)
{
    char error[LEDGER_ERROR_MAX];
    struct record_cursor *cursor;

    memset(tallies, 0, sizeof *tallies);
    if (record_cursor_open(&cursor, ledger, kind, days, error) != LEDGER_OK ||
        record_cursor_run(cursor, count_record, tallies, error) != 0) {
        fail(error);
    }
    record_cursor_close(cursor);
}

static bool days_are_whole(struct ledger *ledger, enum record_kind kind)
{
    static struct tallies all, one;
    const day_range_t everything = {0};
    bool whole = true;

    count_records(ledger, kind, &everything, &all);
    for (int i = 0; i < all.count; i++) {
        const int64_t day = all.list[i].day;
        if (day == RECORD_DAY_UNKNOWN) {
            continue;
        }
        const day_range_t days = {true, true, day, day};
        count_records(ledger, kind, &days, &one);
        if (one.count != 1 || one.list[0].count != all.list[i].count) {
            printf("%s of day %" PRId64 ": %ld, not %ld\n", record_kind_text(kind), day,
                   one.count > 0 ? one.list[0].count : 0, all.list[i].count);
            whole = false;
        }
    }
    return whole;
}

int main(int argc, char **argv)
{
    static const enum record_kind kinds[] = {RECORD_DEPOSITS,    RECORD_VISITS, RECORD_COLLECTIONS,
                                             RECORD_INSPECTIONS, RECORD_ALARMS, RECORD_CHANGES};
    struct place site = {.at = {5000, FIRST_MS, CLOCK_NTP}};
    bool whole = true;

    if (argc != 3) {
        fail("usage: make_purged DIR SEED");
    }
    site.directory = argv[1];
    site.seed = strtoull(argv[2], NULL, 10);
    start(&site);
    for (uint32_t purges = 1 + random_below(&site.seed, 2); purges > 0; purges--) {
        live(&site, ROWS);
        purge(&site);
        live(&site, 1 + (int)random_below(&site.seed, 60));
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        whole = days_are_whole(site.ledger, kinds[i]) && whole;
    }
    printf("last %" PRId64 "\n", ledger_last_seq(site.ledger));
    ledger_close(site.ledger);
    return whole ? 0 : 1;
}
