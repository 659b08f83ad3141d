#include <stddef.h>
#include <string.h>

#include "kiosk/report/columns.h"

/* Words of our own hold nothing that CSV must quote; a test sees to it. */
#define WORD(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const text_word_t class_words[WASTE_CLASS_COUNT] = {
#define EXPORT_CLASS(name, text) [name] = WORD(text),
#include "assets/strings/export.def"
};
static const text_word_t outcome_words[OUTCOME_COUNT] = {
#define EXPORT_OUTCOME(name, text) [name] = WORD(text),
#include "assets/strings/export.def"
};
static const text_word_t quality_words[QUALITY_COUNT] = {
#define EXPORT_QUALITY(name, text) [name] = WORD(text),
#include "assets/strings/export.def"
};
static const text_word_t clock_words[CLOCK_QUALITY_COUNT] = {
#define EXPORT_CLOCK(name, text) [name] = WORD(text),
#include "assets/strings/export.def"
};
static const char *const record_words[RECORD_KIND_COUNT] = {
#define EXPORT_RECORD(name, text) [name] = text,
#include "assets/strings/export.def"
};

struct listed_word {
    const char *id;
    text_word_t shown;
};
static const struct listed_word fault_words[] = {
#define EXPORT_FAULT(id, text) {id, WORD(text)},
#include "assets/strings/export.def"
    {NULL, WORD("")},
};
static const struct listed_word clearer_words[] = {
#define EXPORT_CLEARED(id, text) {id, WORD(text)},
#include "assets/strings/export.def"
    {NULL, WORD("")},
};
static const struct listed_word change_words[] = {
#define EXPORT_CHANGE_KIND(id, text) {id, WORD(text)},
#include "assets/strings/export.def"
    {NULL, WORD("")},
};

const char *word_record(enum record_kind kind)
{
    return (unsigned)kind < RECORD_KIND_COUNT ? record_words[kind] : "";
}

/* ---- cells ----------------------------------------------------------------------------------- */

static const cell_t unknown = {.type = CELL_UNKNOWN};

static cell_t number(int64_t value)
{
    return (cell_t){.type = CELL_NUMBER, .number = value};
}

static cell_t number_if(bool known, int64_t value)
{
    return known ? number(value) : unknown;
}

static cell_t text(const char *value)
{
    return *value ? (cell_t){.type = CELL_TEXT, .text = value} : unknown;
}

static cell_t word(const char *id, const text_word_t *shown)
{
    return (cell_t){.type = CELL_WORD, .text = id, .shown = shown};
}

static cell_t class_cell(enum waste_class class)
{
    return class == WASTE_NONE ? unknown : word(waste_class_text(class), &class_words[class]);
}

/* The wall clock at a monotonic moment of the same boot, as the clock stood when it was recorded.
 */
static cell_t time_of(const struct ledger_record *record, int64_t t_ms)
{
    if (record->at.quality == CLOCK_UNSET) {
        return unknown;
    }
    return (cell_t){.type = CELL_TIME, .number = record->at.utc_ms - (record->at.t_ms - t_ms)};
}

#define CELL(name, value)                                                                          \
    static cell_t name(const struct ledger_record *record)                                         \
    {                                                                                              \
        return value;                                                                              \
    }
#define QUALITY_CELL(quality) word(weight_quality_text(quality), &quality_words[quality])
#define WEIGHED(record_body)  (record->body.record_body.quality != QUALITY_NONE)

CELL(seq, number(record->seq))
CELL(utc, time_of(record, record->at.t_ms))
CELL(site, text(record->site))
CELL(clock, word(clock_quality_text(record->at.quality), &clock_words[record->at.quality]))

CELL(person, text(record->person))
CELL(department, text(record->department))

CELL(deposit_opened_ms, number(record->body.deposit.opened_ms))
CELL(deposit_closed_ms, number(record->body.deposit.closed_ms))

/* An interrupted deposit was closed by the next start: its times may be those of another boot. */
static bool same_boot(const struct ledger_record *record)
{
    return record->body.deposit.outcome != OUTCOME_INTERRUPTED;
}

CELL(deposit_opened, same_boot(record) ? time_of(record, record->body.deposit.opened_ms) : unknown)
CELL(deposit_closed,
     time_of(record, same_boot(record) ? record->body.deposit.closed_ms : record->at.t_ms))
CELL(deposit_bin, number(record->body.deposit.bin))
CELL(deposit_bin_class, class_cell(record->body.deposit.bin_class))
CELL(deposit_chosen, class_cell(record->body.deposit.chosen))
CELL(deposit_declared_after, class_cell(record->declared_after))
CELL(deposit_outcome,
     word(outcome_text(record->body.deposit.outcome), &outcome_words[record->body.deposit.outcome]))
CELL(deposit_weight_g, number_if(WEIGHED(deposit), record->body.deposit.weight_g))
CELL(deposit_quality, QUALITY_CELL(record->body.deposit.quality))
CELL(deposit_visit, number(record->body.deposit.visit))
CELL(deposit_item, text(record->body.deposit.item))
CELL(deposit_scale, text(record->body.deposit.scale))
CELL(deposit_base_g, number_if(record->body.deposit.has_base, record->body.deposit.base_g))
CELL(deposit_final_g, number_if(WEIGHED(deposit), record->body.deposit.final_g))
CELL(deposit_spread_g, number_if(WEIGHED(deposit), record->body.deposit.spread_g))

CELL(visit_started_ms, number(record->body.visit.started_ms))
CELL(visit_ended_ms, number(record->at.t_ms))
CELL(visit_started, time_of(record, record->body.visit.started_ms))
CELL(visit_visit, number(record->body.visit.visit))
CELL(visit_deposits, number(record->body.visit.deposits))
CELL(visit_grams, number(record->body.visit.grams))
CELL(visit_near_misses, number(record->body.visit.near_misses))

CELL(collection_started_ms, number(record->body.collection.started_ms))
CELL(collection_ended_ms, number(record->at.t_ms))
CELL(collection_started, time_of(record, record->body.collection.started_ms))
CELL(collection_bin, number(record->body.collection.bin))
CELL(collection_bin_class, class_cell(record->body.collection.bin_class))
CELL(collection_before_g, number_if(WEIGHED(collection), record->body.collection.before_g))
CELL(collection_after_g, number_if(WEIGHED(collection), record->body.collection.after_g))
CELL(collection_removed_g, number_if(WEIGHED(collection), record->body.collection.removed_g))
CELL(collection_quality, QUALITY_CELL(record->body.collection.quality))
CELL(collection_who, text(record->body.collection.who))

/* By hand: seq of the row that took it back. */
CELL(deposit_undone_seq, number_if(record->undone_seq != 0, record->undone_seq))

CELL(inspection_bin, number(record->body.inspection.bin))
CELL(inspection_bin_class, class_cell(record->body.inspection.bin_class))
CELL(inspection_checked, number(record->body.inspection.checked))
CELL(inspection_wrong, number(record->body.inspection.wrong))
CELL(inspection_who, text(record->body.inspection.who))
#define THING_CELL(name, thing) CELL(name, number(record->body.inspection.things >> (thing)&1))
THING_CELL(inspection_bag, THING_BAG)
THING_CELL(inspection_food, THING_FOOD)
THING_CELL(inspection_recyclable, THING_RECYCLABLE)
THING_CELL(inspection_tissue, THING_TISSUE)
THING_CELL(inspection_hazardous, THING_HAZARDOUS)
THING_CELL(inspection_other, THING_OTHER)

static cell_t listed(const struct listed_word *words, const char *id)
{
    for (; words->id != NULL; words++) {
        if (strcmp(words->id, id) == 0) {
            return word(words->id, &words->shown);
        }
    }
    return text(id);
}

CELL(moment, number(record->at.t_ms))
CELL(alarm_part, text(record->body.alarm.part))
CELL(alarm_fault, listed(fault_words, record->body.alarm.fault))
CELL(alarm_since_ms, number(record->body.alarm.since_ms))
CELL(alarm_since, time_of(record, record->body.alarm.since_ms))
CELL(alarm_cleared_seq, number_if(record->body.alarm.cleared, record->body.alarm.cleared_seq))
CELL(alarm_cleared_ms, number_if(record->body.alarm.cleared, record->body.alarm.cleared_at.t_ms))
CELL(alarm_cleared_by, listed(clearer_words, record->body.alarm.cleared_by))
static cell_t alarm_cleared(const struct ledger_record *record)
{
    const moment_t *at = &record->body.alarm.cleared_at;
    const bool dated = record->body.alarm.cleared && at->quality != CLOCK_UNSET;
    return dated ? (cell_t){.type = CELL_TIME, .number = at->utc_ms} : unknown;
}

CELL(change_kind, listed(change_words, change_kind_text(record->body.change.kind)))
CELL(change_bin, number(record->body.change.bin))
CELL(change_near_miss, number(record->body.change.near_miss))
CELL(change_g, number_if(record->body.change.has_change, record->body.change.change_g))
CELL(change_before_g, number_if(record->body.change.has_before, record->body.change.before_g))
CELL(change_after_g, number_if(record->body.change.has_after, record->body.change.after_g))

CELL(run_start_ms, number(record->body.run.start_ms))
CELL(run_start, time_of(record, record->body.run.start_ms))
CELL(run_end_seq, number(record->body.run.end_seq))
CELL(run_stopped, number(record->body.run.stopped))
CELL(run_reason, text(record->body.run.reason))
CELL(run_version, text(record->body.run.version))

static cell_t day(const struct ledger_record *record)
{
    return record->day == RECORD_DAY_UNKNOWN ? unknown
                                             : (cell_t){.type = CELL_DAY, .number = record->day};
}

/* Cut, not rounded: the three of a day never add up to more than it has. */
enum { TENTH_MINUTE_MS = 6000 };
static cell_t minutes(int64_t ms)
{
    return (cell_t){.type = CELL_TENTHS, .number = ms / TENTH_MINUTE_MS};
}

CELL(uptime_part, text(record->body.uptime.part))
CELL(uptime_up_ms, number(record->body.uptime.uptime.up_ms))
CELL(uptime_faulty_ms, number(record->body.uptime.uptime.faulty_ms))
CELL(uptime_off_ms, number(record->body.uptime.uptime.off_ms))
CELL(uptime_up, minutes(record->body.uptime.uptime.up_ms))
CELL(uptime_faulty, minutes(record->body.uptime.uptime.faulty_ms))
CELL(uptime_off, minutes(record->body.uptime.uptime.off_ms))

#define BALANCE record->body.balance.balance
CELL(balance_bin, number(record->body.balance.bin))
CELL(balance_deposits_g, number(BALANCE.deposits_g))
CELL(balance_unattributed_g, number(BALANCE.unattributed_g))
CELL(balance_removed_g, number(BALANCE.removed_g))
CELL(balance_cleared_g, number(BALANCE.cleared_g))
CELL(balance_unknown, number(BALANCE.unknown))
CELL(balance_unknown_cleared, number(BALANCE.unknown_cleared))
CELL(balance_first_g, number_if(BALANCE.has_first, BALANCE.first_g))
CELL(balance_last_g, number_if(BALANCE.has_last, BALANCE.last_g))
CELL(balance_accounted_g, number(balance_accounted(&BALANCE)))
static cell_t balance_gain_g(const struct ledger_record *record)
{
    int64_t gain_g;
    return balance_gain(&BALANCE, &gain_g) ? number(gain_g) : unknown;
}
static cell_t balance_gap_g(const struct ledger_record *record)
{
    int64_t gain_g;
    return balance_gain(&BALANCE, &gain_g) ? number(gain_g - balance_accounted(&BALANCE)) : unknown;
}

#define FIGURES (&record->body.figures)
#define OUTCOME_CELL(name, outcome)                                                                \
    CELL(name, number(figures_deposits(FIGURES, FIGURES_ALL, outcome).count))
#define CLASS_CELL(name, class)                                                                    \
    CELL(name, number(figures_deposits(FIGURES, class, FIGURES_ALL).grams))

static cell_t permille(ratio_t ratio)
{
    return number_if(ratio_permille(ratio) >= 0, ratio_permille(ratio));
}

static cell_t percent(ratio_t ratio)
{
    const int32_t tenths = ratio_permille(ratio);
    return tenths >= 0 ? (cell_t){.type = CELL_TENTHS, .number = tenths} : unknown;
}

CELL(figures_count, number(figures_deposits(FIGURES, FIGURES_ALL, FIGURES_ALL).count))
CELL(figures_weighed, number(figures_deposits(FIGURES, FIGURES_ALL, FIGURES_ALL).weighed))
CELL(figures_grams, number(figures_deposits(FIGURES, FIGURES_ALL, FIGURES_ALL).grams))
CELL(figures_matching, number(figures_consistency(FIGURES).part))
CELL(figures_matching_g, number(figures_consistency_by_weight(FIGURES).part))
CELL(figures_rate_permille, permille(figures_consistency(FIGURES)))
CELL(figures_rate_by_weight_permille, permille(figures_consistency_by_weight(FIGURES)))
CELL(figures_rate, percent(figures_consistency(FIGURES)))
CELL(figures_rate_by_weight, percent(figures_consistency_by_weight(FIGURES)))
OUTCOME_CELL(figures_consistent, OUTCOME_CONSISTENT)
OUTCOME_CELL(figures_corrected, OUTCOME_CORRECTED)
OUTCOME_CELL(figures_wrong_bin, OUTCOME_WRONG_BIN)
OUTCOME_CELL(figures_undeclared, OUTCOME_UNDECLARED)
OUTCOME_CELL(figures_unweighed, OUTCOME_UNWEIGHED)
OUTCOME_CELL(figures_interrupted, OUTCOME_INTERRUPTED)
CLASS_CELL(figures_recyclable_g, WASTE_RECYCLABLE)
CLASS_CELL(figures_hazardous_g, WASTE_HAZARDOUS)
CLASS_CELL(figures_kitchen_g, WASTE_KITCHEN)
CLASS_CELL(figures_residual_g, WASTE_RESIDUAL)
CELL(figures_undone, number(FIGURES->undone.count))
CELL(figures_undone_g, number(FIGURES->undone.grams))
CELL(figures_near_misses, number(FIGURES->near_misses))
CELL(figures_inspections, number(FIGURES->inspections))
CELL(figures_checked, number(FIGURES->checked))
CELL(figures_wrong, number(FIGURES->wrong))
CELL(figures_accuracy_low_ppm,
     number_if(FIGURES->checked > 0, figures_accuracy(FIGURES, 0).interval.low_ppm))
CELL(figures_accuracy_high_ppm,
     number_if(FIGURES->checked > 0, figures_accuracy(FIGURES, 0).interval.high_ppm))
CELL(figures_passed, percent(figures_accuracy(FIGURES, 0).passed))

/* ---- tables ---------------------------------------------------------------------------------- */

static const struct column csv_deposits[] = {
#define EXPORT_DEPOSIT(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_visits[] = {
#define EXPORT_VISIT(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_collections[] = {
#define EXPORT_COLLECTION(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_inspections[] = {
#define EXPORT_INSPECTION(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_alarms[] = {
#define EXPORT_ALARM(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_changes[] = {
#define EXPORT_CHANGE(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_runs[] = {
#define EXPORT_RUN(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_uptime[] = {
#define EXPORT_UPTIME(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_balance[] = {
#define EXPORT_BALANCE_ROW(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};
static const struct column csv_figures[] = {
#define EXPORT_FIGURE(cell, text) {text, cell},
#include "assets/strings/export.def"
    {NULL, NULL},
};

/* A comma behind every cell; the last one gives way to the end of the line. */
#define PUT(cell)                                                                                  \
    do {                                                                                           \
        cell_t value = cell(record);                                                               \
        cell_put_csv(line, &value);                                                                \
        text_put_char(line, ',');                                                                  \
    } while (0);

static void csv_deposit(struct text *line, const struct ledger_record *record)
{
#define EXPORT_DEPOSIT(cell, text) PUT(cell)
#include "assets/strings/export.def"
    line->at--;
    text_put(line, "\r\n", 2);
}

/* The keys are a contract with programs: they are added to, never renamed. */
static const struct column json_deposits[] = {
    {"seq", seq},
    {"opened_ms", deposit_opened_ms},
    {"closed_ms", deposit_closed_ms},
    {"utc", utc},
    {"site", site},
    {"bin", deposit_bin},
    {"bin_class", deposit_bin_class},
    {"chosen_class", deposit_chosen},
    {"item", deposit_item},
    {"declared_after", deposit_declared_after},
    {"outcome", deposit_outcome},
    {"weight_g", deposit_weight_g},
    {"weight_quality", deposit_quality},
    {"visit", deposit_visit},
    {"person", person},
    {"department", department},
    {"scale", deposit_scale},
    {"base_g", deposit_base_g},
    {"final_g", deposit_final_g},
    {"spread_g", deposit_spread_g},
    {"clock", clock},
    {"undone_seq", deposit_undone_seq},
    {NULL, NULL},
};
static const struct column json_visits[] = {
    {"seq", seq},
    {"started_ms", visit_started_ms},
    {"ended_ms", visit_ended_ms},
    {"utc", utc},
    {"site", site},
    {"visit", visit_visit},
    {"deposits", visit_deposits},
    {"grams", visit_grams},
    {"near_misses", visit_near_misses},
    {"person", person},
    {"department", department},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_collections[] = {
    {"seq", seq},
    {"started_ms", collection_started_ms},
    {"ended_ms", collection_ended_ms},
    {"utc", utc},
    {"site", site},
    {"bin", collection_bin},
    {"bin_class", collection_bin_class},
    {"before_g", collection_before_g},
    {"after_g", collection_after_g},
    {"removed_g", collection_removed_g},
    {"weight_quality", collection_quality},
    {"who", collection_who},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_inspections[] = {
    {"seq", seq},
    {"utc", utc},
    {"site", site},
    {"bin", inspection_bin},
    {"bin_class", inspection_bin_class},
    {"checked", inspection_checked},
    {"wrong", inspection_wrong},
    {"bag", inspection_bag},
    {"food", inspection_food},
    {"recyclable", inspection_recyclable},
    {"tissue", inspection_tissue},
    {"hazardous", inspection_hazardous},
    {"other", inspection_other},
    {"who", inspection_who},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_alarms[] = {
    {"seq", seq},
    {"raised_ms", moment},
    {"utc", utc},
    {"site", site},
    {"part", alarm_part},
    {"fault", alarm_fault},
    {"since_ms", alarm_since_ms},
    {"cleared_seq", alarm_cleared_seq},
    {"cleared_ms", alarm_cleared_ms},
    {"cleared_utc", alarm_cleared},
    {"cleared_by", alarm_cleared_by},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_changes[] = {
    {"seq", seq},
    {"t_ms", moment},
    {"utc", utc},
    {"site", site},
    {"kind", change_kind},
    {"bin", change_bin},
    {"near_miss", change_near_miss},
    {"change_g", change_g},
    {"before_g", change_before_g},
    {"after_g", change_after_g},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_runs[] = {
    {"seq", seq},
    {"start_ms", run_start_ms},
    {"end_ms", moment},
    {"end_seq", run_end_seq},
    {"start_utc", run_start},
    {"end_utc", utc},
    {"site", site},
    {"stopped", run_stopped},
    {"reason", run_reason},
    {"version", run_version},
    {"clock", clock},
    {NULL, NULL},
};
static const struct column json_uptime[] = {
    {"day", day},
    {"part", uptime_part},
    {"up_ms", uptime_up_ms},
    {"faulty_ms", uptime_faulty_ms},
    {"off_ms", uptime_off_ms},
    {NULL, NULL},
};
static const struct column json_balance[] = {
    {"day", day},
    {"bin", balance_bin},
    {"deposits_g", balance_deposits_g},
    {"unattributed_g", balance_unattributed_g},
    {"removed_g", balance_removed_g},
    {"accounted_g", balance_accounted_g},
    {"cleared_g", balance_cleared_g},
    {"first_g", balance_first_g},
    {"last_g", balance_last_g},
    {"gain_g", balance_gain_g},
    {"gap_g", balance_gap_g},
    {"unknown", balance_unknown},
    {"unknown_cleared", balance_unknown_cleared},
    {NULL, NULL},
};
static const struct column json_figures[] = {
    {"day", day},
    {"deposits", figures_count},
    {"weighed", figures_weighed},
    {"grams", figures_grams},
    {"matching", figures_matching},
    {"matching_g", figures_matching_g},
    {"rate_permille", figures_rate_permille},
    {"rate_by_weight_permille", figures_rate_by_weight_permille},
    {"consistent", figures_consistent},
    {"corrected", figures_corrected},
    {"wrong_bin", figures_wrong_bin},
    {"undeclared", figures_undeclared},
    {"unweighed", figures_unweighed},
    {"interrupted", figures_interrupted},
    {"recyclable_g", figures_recyclable_g},
    {"hazardous_g", figures_hazardous_g},
    {"kitchen_g", figures_kitchen_g},
    {"residual_g", figures_residual_g},
    {"undone", figures_undone},
    {"undone_g", figures_undone_g},
    {"near_misses", figures_near_misses},
    {"inspections", figures_inspections},
    {"checked", figures_checked},
    {"wrong", figures_wrong},
    {"accuracy_low_ppm", figures_accuracy_low_ppm},
    {"accuracy_high_ppm", figures_accuracy_high_ppm},
    {NULL, NULL},
};

const struct column *columns_csv(enum record_kind kind)
{
    static const struct column *const tables[RECORD_KIND_COUNT] = {
        [RECORD_DEPOSITS] = csv_deposits,
        [RECORD_VISITS] = csv_visits,
        [RECORD_COLLECTIONS] = csv_collections,
        [RECORD_INSPECTIONS] = csv_inspections,
        [RECORD_ALARMS] = csv_alarms,
        [RECORD_CHANGES] = csv_changes,
        [RECORD_RUNS] = csv_runs,
        [RECORD_UPTIME] = csv_uptime,
        [RECORD_BALANCE] = csv_balance,
        [RECORD_FIGURES] = csv_figures,
    };
    return tables[kind];
}

column_line *columns_csv_line(enum record_kind kind)
{
    return kind == RECORD_DEPOSITS ? csv_deposit : NULL;
}

const struct column *columns_json(enum record_kind kind)
{
    static const struct column *const tables[RECORD_KIND_COUNT] = {
        [RECORD_DEPOSITS] = json_deposits,
        [RECORD_VISITS] = json_visits,
        [RECORD_COLLECTIONS] = json_collections,
        [RECORD_INSPECTIONS] = json_inspections,
        [RECORD_ALARMS] = json_alarms,
        [RECORD_CHANGES] = json_changes,
        [RECORD_RUNS] = json_runs,
        [RECORD_UPTIME] = json_uptime,
        [RECORD_BALANCE] = json_balance,
        [RECORD_FIGURES] = json_figures,
    };
    return tables[kind];
}
