/* Random ledgers, and everything that the program says of them.
 *
 *     random_logs SEED COUNT     to standard output, for recount.py
 *
 * Each log is written event by event through the real ledger, by runs that start, stop, are cut off
 * and have clocks that are unset, wrong and set right. Then it is told in full, one line each:
 *
 *     log SEED FROM TO           a new log; FROM and TO are the days chosen on the web page
 *     WHAT {...}                 a row of `biaogan export --what WHAT --format jsonl`
 *     screen {...}               the figures of the kiosk's screens
 *     web NAME<TAB>VALUE         a value of the administrator's page
 */
#include <inttypes.h>

#include "kiosk/core/kiosk.h"
#include "kiosk/report/export.h"
#include "kiosk/web/figures_page.h"
#include "tests/unit/random_event.h"

enum { BINS = 4, EVENTS_LEAST = 20, EVENTS_MORE = 160, HOUR_MS = 3600 * 1000, LAST_MAX = 40 };

struct maker {
    uint64_t seed;
    struct ledger *ledger;
    const char *directory;
    int boots;
    bool running;
    moment_t now;
    int64_t wrong_ms; /* how far the wall clock is off */
    int64_t true_ms;  /* UTC */
    int64_t visit;
    int32_t shown_g[BINS + 1];
    int64_t deposits[LAST_MAX]; /* seqs that may be taken back */
    int deposit_count;
};

static uint32_t below(struct maker *maker, uint32_t limit)
{
    return random_below(&maker->seed, limit);
}

static bool one_in(struct maker *maker, uint32_t times)
{
    return below(maker, times) == 0;
}

static void die(const char *what, const char *error)
{
    fprintf(stderr, "random_logs: %s: %s\n", what, error);
    exit(2);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void pass(struct maker *maker, int64_t ms)
{
    maker->now.t_ms += ms;
    maker->true_ms += ms;
    if (maker->now.quality != CLOCK_UNSET) {
        maker->now.utc_ms = maker->true_ms + maker->wrong_ms;
    }
}

static void set_clock(struct maker *maker, enum clock_quality quality, int64_t wrong_ms)
{
    maker->now.quality = quality;
    maker->wrong_ms = wrong_ms;
    maker->now.utc_ms = quality == CLOCK_UNSET ? 0 : maker->true_ms + wrong_ms;
}

/* ---- events ---------------------------------------------------------------------------------- */

static int64_t append(struct maker *maker, struct kiosk_event *event)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq = 0;
    event->at = maker->now;
    if (ledger_append(maker->ledger, event, &seq, error) != LEDGER_OK) {
        die("append", error);
    }
    return seq;
}

static void open_run(struct maker *maker)
{
    char error[LEDGER_ERROR_MAX], boot[BOOT_ID_MAX];
    if (maker->boots == 0 || one_in(maker, 2)) {
        maker->boots++; /* else the program alone starts again */
        maker->now.t_ms = 1000 + below(maker, 60000);
        if (one_in(maker, 3)) {
            set_clock(maker, CLOCK_UNSET, 0);
        } else {
            static const int64_t wrong_hours[] = {0, 0, 0, -1, 5, -30, 200, -24 * 400};
            set_clock(maker, CLOCK_RTC, wrong_hours[below(maker, 8)] * HOUR_MS);
        }
    }
    snprintf(boot, sizeof boot, "boot-%d", maker->boots);
    if (ledger_open(&maker->ledger, maker->directory, boot, error) != LEDGER_OK) {
        die("open", error);
    }
    struct kiosk_event start = {.kind = EVENT_START};
    strcpy(start.body.start.version, "test");
    strcpy(start.body.start.site, "p1");
    append(maker, &start);
    maker->running = true;
}

static void close_run(struct maker *maker, bool cut_off)
{
    if (!cut_off) {
        struct kiosk_event stop = {.kind = EVENT_STOP};
        strcpy(stop.body.stop.reason, "signal");
        append(maker, &stop);
    }
    ledger_close(maker->ledger);
    maker->ledger = NULL;
    maker->running = false;
}

static int32_t some_bin(struct maker *maker)
{
    return (int32_t)below(maker, BINS) + 1;
}

static void make_deposit(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_DEPOSIT};
    struct event_deposit *deposit = &event.body.deposit;
    deposit->visit = maker->visit;
    deposit->bin = some_bin(maker);
    deposit->bin_class = one_in(maker, 50) ? WASTE_NONE : (enum waste_class)(deposit->bin - 1);
    deposit->chosen = random_class(&maker->seed);
    deposit->outcome = (enum outcome)below(maker, OUTCOME_COUNT);
    deposit->quality = deposit->outcome == OUTCOME_UNWEIGHED
                           ? QUALITY_NONE
                           : (enum weight_quality)below(maker, QUALITY_COUNT);
    deposit->has_base = !one_in(maker, 6);
    const int32_t base_g = maker->shown_g[deposit->bin] + (int32_t)below(maker, 30) - 10;
    if (deposit->has_base) {
        deposit->base_g = base_g;
    }
    if (deposit->quality != QUALITY_NONE) {
        deposit->weight_g = 20 + (int32_t)below(maker, 9000);
        deposit->final_g = base_g + deposit->weight_g;
        maker->shown_g[deposit->bin] = deposit->final_g;
    }
    deposit->closed_ms = maker->now.t_ms - 2000;
    deposit->opened_ms = maker->now.t_ms - 9000;
    snprintf(deposit->scale, sizeof deposit->scale, "s%d", (int)deposit->bin);
    const int64_t seq = append(maker, &event);
    maker->deposits[maker->deposit_count++ % LAST_MAX] = seq;
}

/* Nearly always a deposit, now and then one that was taken back, or no deposit at all. */
static int64_t some_deposit(struct maker *maker)
{
    const int known = maker->deposit_count < LAST_MAX ? maker->deposit_count : LAST_MAX;
    return one_in(maker, 10) || known == 0 ? (int64_t)below(maker, 300)
                                           : maker->deposits[below(maker, (uint32_t)known)];
}

static void make_undone(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_UNDONE};
    event.body.undone.deposit_seq = some_deposit(maker);
    append(maker, &event);
}

static void make_addition(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_ADDITION};
    event.body.addition = (struct event_addition){.visit = maker->visit,
                                                  .deposit_seq = some_deposit(maker),
                                                  .bin = some_bin(maker),
                                                  .change_g = 20 + (int32_t)below(maker, 3000)};
    append(maker, &event);
}

static void make_closing(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_CLOSING};
    event.body.closing = (struct event_closing){
        .visit = maker->visit,
        .bin = some_bin(maker),
        .wrong_lid = one_in(maker, 2),
        .change_g = (int32_t)below(maker, 3) * ((int32_t)below(maker, 900) - 600),
    };
    maker->shown_g[event.body.closing.bin] += event.body.closing.change_g;
    append(maker, &event);
}

static void make_adjustment(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_ADJUSTMENT};
    struct event_adjustment *adjustment = &event.body.adjustment;
    adjustment->bin = some_bin(maker);
    adjustment->base_g = maker->shown_g[adjustment->bin];
    adjustment->change_g = (int32_t)below(maker, 3000) - 1500;
    adjustment->final_g = adjustment->base_g + adjustment->change_g;
    maker->shown_g[adjustment->bin] = adjustment->final_g;
    append(maker, &event);
}

static void make_collection(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_COLLECTION};
    struct event_collection *collection = &event.body.collection;
    collection->bin = some_bin(maker);
    collection->bin_class = (enum waste_class)(collection->bin - 1);
    collection->quality = (enum weight_quality)below(maker, QUALITY_COUNT);
    if (collection->quality != QUALITY_NONE) {
        collection->before_g = maker->shown_g[collection->bin];
        collection->after_g = 8000 + (int32_t)below(maker, 100);
        collection->removed_g = collection->before_g - collection->after_g;
        maker->shown_g[collection->bin] = collection->after_g;
    }
    collection->started_ms = maker->now.t_ms - 60000;
    strcpy(collection->who, "cleaner");
    append(maker, &event);
}

static void make_inspection(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_INSPECTION};
    struct event_inspection *inspection = &event.body.inspection;
    inspection->bin = some_bin(maker);
    inspection->bin_class = (enum waste_class)(inspection->bin - 1);
    inspection->checked = 1 + (int32_t)below(maker, one_in(maker, 5) ? 999 : 30);
    inspection->wrong = (int32_t)below(maker, (uint32_t)inspection->checked + 1);
    inspection->things = (int32_t)below(maker, 1 << WRONG_THING_COUNT);
    strcpy(inspection->who, "inspector");
    append(maker, &event);
}

static void make_device(struct maker *maker)
{
    static const char *const devices[] = {"s1", "s2", "s3", "s4", "l1", "storage"};
    struct kiosk_event event = {.kind = one_in(maker, 2) ? EVENT_DEVICE_LOST : EVENT_DEVICE_BACK};
    strcpy(event.body.device.device, devices[below(maker, 6)]);
    if (event.kind == EVENT_DEVICE_LOST) {
        strcpy(event.body.device.fault, one_in(maker, 2) ? "lost" : "silent");
    }
    event.body.device.since_ms = maker->now.t_ms - (int64_t)below(maker, 20000);
    append(maker, &event);
}

static void make_scale_fault(struct maker *maker)
{
    struct kiosk_event event = {.kind = one_in(maker, 2) ? EVENT_OVERLOAD : EVENT_FROZEN};
    const bool began = !one_in(maker, 3);
    const int64_t since_ms = maker->now.t_ms - (int64_t)below(maker, 5000);
    if (event.kind == EVENT_OVERLOAD) {
        event.body.overload = (struct event_overload){some_bin(maker), began, since_ms};
    } else {
        event.body.frozen = (struct event_frozen){some_bin(maker), began, 1230, since_ms};
    }
    append(maker, &event);
}

static void make_visit(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_VISIT};
    event.body.visit = (struct event_visit){
        .visit = maker->visit++,
        .started_ms = maker->now.t_ms - 30000,
        .deposits = (int32_t)below(maker, 4),
        .grams = (int32_t)below(maker, 9000),
        .near_misses = (int32_t)below(maker, 2),
    };
    append(maker, &event);
}

static void make_clock(struct maker *maker)
{
    struct kiosk_event event = {.kind = EVENT_CLOCK};
    set_clock(maker, CLOCK_NTP, 0);
    append(maker, &event);
}

static void restart(struct maker *maker)
{
    close_run(maker, one_in(maker, 2));
    pass(maker, (int64_t)below(maker, 100) * (one_in(maker, 3) ? HOUR_MS : 60000));
    open_run(maker);
}

static void one_event(struct maker *maker)
{
    static void (*const makers[])(struct maker *) = {
        make_deposit,    make_deposit,     make_deposit,    make_deposit, make_deposit,
        make_deposit,    make_undone,      make_closing,    make_closing, make_adjustment,
        make_collection, make_inspection,  make_inspection, make_device,  make_device,
        make_device,     make_scale_fault, make_visit,      make_deposit, make_clock,
        make_addition,   restart,
    };
    static const int64_t pauses[] = {300, 4000, 30000, 600000, 2 * HOUR_MS, 9 * HOUR_MS};
    pass(maker, 1 + below(maker, (uint32_t)pauses[below(maker, 6)]));
    makers[below(maker, sizeof makers / sizeof *makers)](maker);
}

static void make_log(struct maker *maker)
{
    /* Any moment of a year: every weekday, both sides of midnight. */
    maker->true_ms = 1790000000000 + (int64_t)below(maker, 365 * 24) * HOUR_MS;
    maker->visit = 1;
    for (int bin = 1; bin <= BINS; bin++) {
        maker->shown_g[bin] = 8000;
    }
    open_run(maker);
    for (int left = EVENTS_LEAST + (int)below(maker, EVENTS_MORE); left > 0; left--) {
        one_event(maker);
    }
    make_clock(maker); /* the screen and the page know what day it is */
    close_run(maker, one_in(maker, 2));
}

/* ---- what is said of it ---------------------------------------------------------------------- */

static void tell_export(const struct maker *maker, enum record_kind what)
{
    char error[LEDGER_ERROR_MAX], bytes[4096];
    const struct export_request request = {.what = what, .format = EXPORT_JSONL};
    struct export *export = export_open(maker->directory, &request, error);
    ssize_t count;
    bool begins = true;
    if (export == NULL) {
        die("export", error);
    }
    while ((count = export_read(export, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (begins) {
                printf("%s ", record_kind_text(what));
            }
            putchar(bytes[i]);
            begins = bytes[i] == '\n';
        }
    }
    if (count < 0) {
        die("export", export_error(export));
    }
    export_close(export);
}

static void apply(void *context, const struct kiosk_event *event, int64_t seq)
{
    kiosk_apply(context, event, seq);
}

/* As a start finds it: the rows since Monday. */
static void tell_screen(const struct maker *maker)
{
    static struct kiosk kiosk;
    static struct site site;
    static struct view view;
    static struct kiosk_effects effects;
    char error[LEDGER_ERROR_MAX];
    struct ledger *ledger = NULL;
    const int64_t monday = local_monday(local_day(maker->now.utc_ms));
    site_defaults(&site);
    kiosk_init(&kiosk, &site);
    if (ledger_open_reader(&ledger, maker->directory, error) != LEDGER_OK ||
        ledger_fold(ledger, monday * 24 * HOUR_MS - LOCAL_OFFSET_MS, apply, &kiosk, error) !=
            LEDGER_OK) {
        die("fold", error);
    }
    ledger_close(ledger);
    kiosk_begin(&kiosk, &maker->now, "test", &effects);
    kiosk.service = SERVICE_INSPECT;
    kiosk_view(&kiosk, maker->now.t_ms, &view);
    const struct figure_accuracy *week = &view.inspect.week;
    printf("screen {\"utc_ms\":%" PRId64 ",\"today_deposits\":%" PRId64 ",\"today_grams\":%" PRId64
           ",\"week_deposits\":%" PRId64 ",\"week_consistent\":%" PRId64
           ",\"week_inspections\":%" PRId64 ",\"week_passed\":%" PRId64 ",\"week_checked\":%" PRId64
           ",\"enough\":%d,\"low_ppm\":%d,\"high_ppm\":%d}\n",
           maker->now.utc_ms, view.figures.today_deposits, view.figures.today_grams,
           view.figures.week_deposits, view.figures.week_consistent, view.inspect.week_inspections,
           week->passed.part, week->passed.whole, week->enough, (int)week->interval.low_ppm,
           (int)week->interval.high_ppm);
}

static void tell_page(struct maker *maker, const char *from, const char *to)
{
    static const char *const names[] = {
        "rate",
        "rate_by_weight",
        "count",
        "weighed",
        "kg",
        "kg.recyclable",
        "kg.hazardous",
        "kg.kitchen",
        "kg.residual",
        "share.consistent",
        "share.corrected",
        "share.wrong_bin",
        "share.undeclared",
        "share.unweighed",
        "share.interrupted",
        "undone",
        "near_misses",
        "accuracy",
        "accuracy.interval",
        "inspections",
        "checked",
        "wrong",
    };
    static const char *const periods[] = {"today", "week", "period"};
    struct figures_page page;
    figures_page_load(&page, maker->directory, maker->now.utc_ms, from, to, FIGURES_SAMPLE_LEAST);
    if (!page.has_figures) {
        die("page", "it has no figures");
    }
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            char name[64], value[PAGE_VALUE_MAX] = "";
            snprintf(name, sizeof name, "%s.%s", periods[i], names[k]);
            figures_page_value(&page, name, value);
            printf("web %s\t%s\n", name, value);
        }
    }
}

static void put_day(char *out, size_t size, int64_t day)
{
    const civil_t civil = civil_from_day(day);
    snprintf(out, size, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

static void tell(struct maker *maker, uint64_t seed)
{
    char from[48], to[48];
    const int64_t today = local_day(maker->now.utc_ms);
    const int64_t first = today - (int64_t)below(maker, 12);
    put_day(from, sizeof from, first);
    put_day(to, sizeof to, first + (int64_t)below(maker, 6));
    printf("log %" PRIu64 " %s %s\n", seed, from, to);
    for (int what = 0; what < RECORD_KIND_COUNT; what++) {
        tell_export(maker, (enum record_kind)what);
    }
    tell_screen(maker);
    tell_page(maker, from, to);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: random_logs SEED COUNT\n", stderr);
        return 2;
    }
    const uint64_t seed = strtoull(argv[1], NULL, 10);
    const uint64_t count = strtoull(argv[2], NULL, 10);
    for (uint64_t i = 0; i < count; i++) {
        char directory[256];
        make_directory_name(directory);
        struct maker maker = {.seed = seed + i, .directory = directory};
        make_log(&maker);
        tell(&maker, seed + i);
        remove_directory(directory);
    }
    return 0;
}
