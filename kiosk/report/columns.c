#include <stddef.h>

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

static cell_t nothing(const struct ledger_record *record)
{
    (void)record;
    return unknown;
}

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
    {"item", nothing},
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

const struct column *columns_csv(enum record_kind kind)
{
    static const struct column *const tables[RECORD_KIND_COUNT] = {
        [RECORD_DEPOSITS] = csv_deposits,
        [RECORD_VISITS] = csv_visits,
        [RECORD_COLLECTIONS] = csv_collections,
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
    };
    return tables[kind];
}
