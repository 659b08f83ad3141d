#include "kiosk/core/figures.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* ---- sums ------------------------------------------------------------------------------------ */

/* `times` is 1 or -1. */
static void add_times(struct figure_sum *sum, const struct figure_sum *part, int times)
{
    sum->count += times * part->count;
    sum->weighed += times * part->weighed;
    sum->grams += times * part->grams;
}

static void add_sum(struct figure_sum *sum, const struct figure_sum *part)
{
    add_times(sum, part, 1);
}

static void add_figures(struct figures *sum, const struct figures *part, int times)
{
    for (int class = 0; class <= WASTE_CLASS_COUNT; class ++) {
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
            add_times(&sum->deposits[class][outcome], &part->deposits[class][outcome], times);
        }
    }
    add_times(&sum->undone, &part->undone, times);
    sum->near_misses += times * part->near_misses;
    sum->inspections += times * part->inspections;
    sum->checked += times * part->checked;
    sum->wrong += times * part->wrong;
}

void figures_add(struct figures *sum, const struct figures *part)
{
    add_figures(sum, part, 1);
}

void figures_subtract(struct figures *sum, const struct figures *part)
{
    add_figures(sum, part, -1);
}

static struct figure_sum sum_of(const struct event_deposit *deposit)
{
    const bool weighed = deposit->quality != QUALITY_NONE;
    return (struct figure_sum){1, weighed, weighed ? deposit->weight_g : 0};
}

void figures_add_deposit(struct figures *figures, const struct event_deposit *deposit)
{
    const struct figure_sum one = sum_of(deposit);
    add_sum(&figures->deposits[deposit->bin_class][deposit->outcome], &one);
}

void figures_add_closing(struct figures *figures, const struct event_closing *closing)
{
    figures->near_misses += closing->wrong_lid;
}

void figures_add_inspection(struct figures *figures, const struct event_inspection *inspection)
{
    figures->inspections++;
    figures->checked += inspection->checked;
    figures->wrong += inspection->wrong;
}

/* ---- ratios ---------------------------------------------------------------------------------- */

bool outcome_is_consistent(enum outcome outcome)
{
    return outcome == OUTCOME_CONSISTENT || outcome == OUTCOME_CORRECTED;
}

struct figure_sum figures_deposits(const struct figures *figures, int class, int outcome)
{
    struct figure_sum sum = {0};
    for (int i = 0; i <= WASTE_CLASS_COUNT; i++) {
        for (int k = 0; k < OUTCOME_COUNT; k++) {
            if ((class == FIGURES_ALL || class == i) && (outcome == FIGURES_ALL || outcome == k)) {
                add_sum(&sum, &figures->deposits[i][k]);
            }
        }
    }
    return sum;
}

static struct figure_sum consistent_deposits(const struct figures *figures)
{
    struct figure_sum sum = {0};
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        if (outcome_is_consistent((enum outcome)outcome)) {
            const struct figure_sum part = figures_deposits(figures, FIGURES_ALL, outcome);
            add_sum(&sum, &part);
        }
    }
    return sum;
}

ratio_t figures_consistency(const struct figures *figures)
{
    return (ratio_t){consistent_deposits(figures).count,
                     figures_deposits(figures, FIGURES_ALL, FIGURES_ALL).count};
}

ratio_t figures_consistency_by_weight(const struct figures *figures)
{
    return (ratio_t){consistent_deposits(figures).grams,
                     figures_deposits(figures, FIGURES_ALL, FIGURES_ALL).grams};
}

ratio_t figures_share(const struct figures *figures, enum outcome outcome)
{
    return (ratio_t){figures_deposits(figures, FIGURES_ALL, (int)outcome).count,
                     figures_deposits(figures, FIGURES_ALL, FIGURES_ALL).count};
}

int32_t ratio_permille(ratio_t ratio)
{
    if (ratio.whole <= 0 || ratio.part < 0) {
        return -1;
    }
    return (int32_t)(ratio.part * 1000 / ratio.whole);
}

/* ---- Wilson ---------------------------------------------------------------------------------- */

static uint64_t square_root(uint64_t value)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 62; bit != 0; bit >>= 2) {
        if (value >= root + bit) {
            value -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return root;
}

static int32_t clamp_ppm(int64_t ppm)
{
    return ppm < 0 ? 0 : ppm > 1000000 ? 1000000 : (int32_t)ppm;
}

/* With z = 1.959964, in millionths of a count:
 *
 *     centre = passed + z²/2      spread = sqrt(z² passed failed / checked + z⁴/4)
 *     (centre ± spread) / (checked + z²)
 *
 * passed * failed / checked is split into whole and millionths, so that nothing overflows. */
interval_t wilson_interval(int64_t passed, int64_t checked)
{
    enum { MICRO = 1000000, Z_SQUARED = 3841459 };
    assert(checked > 0 && passed >= 0 && passed <= checked);
    if (checked > WILSON_CHECKED_MAX) {
        passed = passed / (checked / WILSON_CHECKED_MAX + 1);
        checked = checked / (checked / WILSON_CHECKED_MAX + 1);
        passed = passed > checked ? checked : passed;
    }
    const int64_t product = passed * (checked - passed);
    const int64_t whole = product / checked;
    const int64_t micros = product % checked * MICRO / checked;
    const uint64_t under_root = (uint64_t)Z_SQUARED * MICRO * (uint64_t)whole +
                                (uint64_t)Z_SQUARED * (uint64_t)micros +
                                (uint64_t)Z_SQUARED * Z_SQUARED / 4;
    const int64_t spread = (int64_t)square_root(under_root);
    const int64_t centre = passed * MICRO + Z_SQUARED / 2;
    const int64_t divisor = checked * MICRO + Z_SQUARED;
    const int64_t low = centre > spread ? centre - spread : 0;
    int64_t high = centre + spread;
    high = high < divisor ? high : divisor;
    return (interval_t){
        .low_ppm = passed == 0 ? 0 : clamp_ppm((low * MICRO + divisor / 2) / divisor),
        .high_ppm = passed == checked ? MICRO : clamp_ppm((high * MICRO + divisor / 2) / divisor),
    };
}

struct figure_accuracy figures_accuracy(const struct figures *figures, int32_t least)
{
    struct figure_accuracy accuracy = {
        .passed = {figures->checked - figures->wrong, figures->checked},
        .enough = figures->checked > 0 && figures->checked >= least,
    };
    if (figures->checked > 0) {
        accuracy.interval = wilson_interval(accuracy.passed.part, accuracy.passed.whole);
    }
    return accuracy;
}

/* ---- mass balance ---------------------------------------------------------------------------- */

#define X(name, text) [name] = text,
static const char *const change_texts[CHANGE_KIND_COUNT] = {WEIGHT_CHANGES(X)};
#undef X

const char *change_kind_text(enum change_kind kind)
{
    return (unsigned)kind < CHANGE_KIND_COUNT ? change_texts[kind] : "";
}

enum change_kind change_kind_find(const char *text)
{
    int kind = 0;
    while (kind < CHANGE_KIND_COUNT && strcmp(change_texts[kind], text) != 0) {
        kind++;
    }
    return (enum change_kind)kind;
}

static void add_change(struct balance *balance, const struct weight_change *change)
{
    if (change->kind == CHANGE_COLLECTION) {
        balance->cleared_g += change->change_g;
    } else if (change->kind == CHANGE_DEPOSIT) {
        balance->deposits_g += change->change_g;
    } else if (change->change_g >= 0) {
        balance->unattributed_g += change->change_g;
    } else {
        balance->removed_g -= change->change_g;
    }
}

void balance_add(struct balance *balance, const struct weight_change *change)
{
    if (change->has_change) {
        add_change(balance, change);
    } else if (change->kind == CHANGE_COLLECTION) {
        balance->unknown_cleared++;
    } else {
        balance->unknown++;
    }
    if (change->has_before && !balance->has_first) {
        balance->has_first = true;
        balance->first_g = change->before_g;
    }
    if (change->has_after) {
        balance->has_last = true;
        balance->last_g = change->after_g;
    }
}

int64_t balance_accounted(const struct balance *balance)
{
    return balance->deposits_g + balance->unattributed_g - balance->removed_g;
}

bool balance_gain(const struct balance *balance, int64_t *gain_g)
{
    *gain_g = (int64_t)balance->last_g - balance->first_g + balance->cleared_g;
    return balance->has_first && balance->has_last && balance->unknown_cleared == 0;
}

/* ---- uptime ---------------------------------------------------------------------------------- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The next stretch from `from` on that some span covers, within the period. */
static bool next_cover(span_t period, const span_t *spans, int count, int64_t from, span_t *cover)
{
    bool found = false;
    for (int i = 0; i < count; i++) {
        const span_t clipped = {larger(spans[i].from, from), smaller(spans[i].to, period.to)};
        if (clipped.from >= clipped.to) {
            continue;
        }
        if (!found) {
            *cover = clipped;
            found = true;
        } else if (clipped.from <= cover->to) {
            cover->to = larger(cover->to, clipped.to);
        }
    }
    return found;
}

static int64_t covered(span_t period, const span_t *spans, int count)
{
    int64_t sum = 0;
    span_t cover = {0};
    for (int64_t from = period.from; next_cover(period, spans, count, from, &cover);
         from = cover.to) {
        sum += cover.to - cover.from;
    }
    return sum;
}

struct uptime uptime_of(span_t period, const span_t *runs, int run_count, const span_t *faults,
                        int fault_count)
{
    struct uptime uptime = {0};
    if (period.from >= period.to) {
        return uptime;
    }
    int64_t running = 0;
    span_t run = {0};
    for (int64_t from = period.from; next_cover(period, runs, run_count, from, &run);
         from = run.to) {
        running += run.to - run.from;
        uptime.faulty_ms += covered(run, faults, fault_count);
    }
    uptime.up_ms = running - uptime.faulty_ms;
    uptime.off_ms = period.to - period.from - running;
    return uptime;
}

/* ---- the week of the screen ------------------------------------------------------------------ */

static const struct figures_day *find_day(const struct figures_calendar *calendar, int64_t day)
{
    for (int i = 0; i < FIGURES_DAYS; i++) {
        if (calendar->days[i].used && calendar->days[i].day == day) {
            return &calendar->days[i];
        }
    }
    return NULL;
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* A free place, or that of the day farthest from `day`: a clock that was wrong for a while takes
 * no place from the days of this week. */
static struct figures_day *place_for(struct figures_calendar *calendar, int64_t day)
{
    struct figures_day *place = &calendar->days[0];
    for (int i = 0; i < FIGURES_DAYS; i++) {
        struct figures_day *other = &calendar->days[i];
        if (!other->used) {
            return other;
        }
        if (distance(other->day, day) > distance(place->day, day)) {
            place = other;
        }
    }
    return place;
}

/* Where a row counts; NULL where it must not: without a clock every day is 1970-01-01, which must
 * not take the place of a real one. */
static struct figures *day_of(struct figures_calendar *calendar, const moment_t *at)
{
    const int64_t day = local_day(at->utc_ms);
    const struct figures_day *known = find_day(calendar, day);
    if (known != NULL) {
        return &calendar->days[known - calendar->days].figures;
    }
    struct figures_day *place = place_for(calendar, day);
    if (place->used && at->quality == CLOCK_UNSET) {
        return NULL;
    }
    *place = (struct figures_day){.used = true, .day = day};
    return &place->figures;
}

static void remember(struct figures_calendar *calendar, const struct kiosk_event *event,
                     int64_t seq)
{
    const struct event_deposit *deposit = &event->body.deposit;
    calendar->recent[calendar->next_recent] = (struct figures_recent){
        .seq = seq,
        .day = local_day(event->at.utc_ms),
        .visit = deposit->visit,
        .opened_ms = deposit->opened_ms,
        .bin = deposit->bin,
        .bin_class = deposit->bin_class,
        .outcome = deposit->outcome,
        .sum = sum_of(deposit),
    };
    calendar->next_recent = (calendar->next_recent + 1) % FIGURES_RECENT;
}

static struct figures_recent *find_recent(struct figures_calendar *calendar, int64_t seq)
{
    for (int i = 0; i < FIGURES_RECENT; i++) {
        if (seq != 0 && calendar->recent[i].seq == seq) {
            return &calendar->recent[i];
        }
    }
    return NULL;
}

const struct figures_recent *figures_find(const struct figures_calendar *calendar, int32_t bin,
                                          int64_t opened_ms)
{
    const struct figures_recent *newest = NULL; /* another boot may have had the same time */
    for (int i = 0; i < FIGURES_RECENT; i++) {
        const struct figures_recent *recent = &calendar->recent[i];
        if (recent->seq > (newest == NULL ? 0 : newest->seq) && recent->bin == bin &&
            recent->opened_ms == opened_ms) {
            newest = recent;
        }
    }
    return newest;
}

/* Where a deposit is counted; NULL where its day is remembered no more. */
static struct figure_sum *sum_with(struct figures_calendar *calendar,
                                   const struct figures_recent *recent)
{
    const struct figures_day *day = find_day(calendar, recent->day);
    if (day == NULL) {
        return NULL;
    }
    struct figures *figures = &calendar->days[day - calendar->days].figures;
    return recent->undone ? &figures->undone
                          : &figures->deposits[recent->bin_class][recent->outcome];
}

static void count(struct figures_calendar *calendar, const struct figures_recent *recent,
                  const struct figure_sum *part, int times)
{
    struct figure_sum *sum = sum_with(calendar, recent);
    if (sum != NULL) {
        add_times(sum, part, times);
    }
}

static void take_back(struct figures_calendar *calendar, int64_t seq)
{
    struct figures_recent *recent = find_recent(calendar, seq);
    if (recent == NULL || recent->undone) {
        return;
    }
    count(calendar, recent, &recent->sum, -1);
    recent->undone = true;
    count(calendar, recent, &recent->sum, 1);
}

static void complete(struct figures_calendar *calendar, const struct event_addition *addition)
{
    struct figures_recent *recent = find_recent(calendar, addition->deposit_seq);
    if (recent == NULL || recent->sum.weighed == 0) {
        return;
    }
    const struct figure_sum more = {.grams = addition->change_g};
    add_sum(&recent->sum, &more);
    count(calendar, recent, &more, 1);
}

void figures_apply(struct figures_calendar *calendar, const struct kiosk_event *event, int64_t seq)
{
    if (event->kind == EVENT_UNDONE) {
        take_back(calendar, event->body.undone.deposit_seq);
        return;
    }
    if (event->kind == EVENT_ADDITION) {
        complete(calendar, &event->body.addition);
        return;
    }
    if (event->kind != EVENT_DEPOSIT && event->kind != EVENT_CLOSING &&
        event->kind != EVENT_INSPECTION) {
        return;
    }
    struct figures *figures = day_of(calendar, &event->at);
    if (figures == NULL) {
        return;
    }
    if (event->kind == EVENT_DEPOSIT) {
        figures_add_deposit(figures, &event->body.deposit);
        remember(calendar, event, seq);
    } else if (event->kind == EVENT_CLOSING) {
        figures_add_closing(figures, &event->body.closing);
    } else {
        figures_add_inspection(figures, &event->body.inspection);
    }
}

static void add_day(struct figures *sum, const struct figures_calendar *calendar, int64_t day)
{
    const struct figures_day *known = find_day(calendar, day);
    if (known != NULL) {
        figures_add(sum, &known->figures);
    }
}

struct figures figures_of_day(const struct figures_calendar *calendar, int64_t utc_ms)
{
    struct figures sum = {0};
    add_day(&sum, calendar, local_day(utc_ms));
    return sum;
}

struct figures figures_of_week(const struct figures_calendar *calendar, int64_t utc_ms)
{
    const int64_t monday = local_monday(local_day(utc_ms));
    struct figures sum = {0};
    for (int i = 0; i < 7; i++) {
        add_day(&sum, calendar, monday + i);
    }
    return sum;
}
