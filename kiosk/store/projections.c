#include "kiosk/store/ledger_internal.h"

#define COUNT(values)        ((int)(sizeof(values) / sizeof *(values)))
#define RUN(statement, list) db_run(&ledger->db, statement, list, COUNT(list))

typedef int projection(struct ledger *ledger, const struct kiosk_event *event, int64_t seq);

static db_value_t utc(const moment_t *at)
{
    return db_integer_if(at->quality != CLOCK_UNSET, at->utc_ms);
}

static int apply_start(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_start *start = &event->body.start;
    const db_value_t values[] = {
        db_integer(seq),
        {.type = DB_TEXT, .text = ledger->boot},
        {.type = DB_TEXT, .text = start->site},
        {.type = DB_TEXT, .text = start->version},
        db_integer(event->at.t_ms),
        utc(&event->at),
    };
    return RUN(STATEMENT_START, values);
}

static int apply_stop(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(event->at.t_ms),
        utc(&event->at),
        db_text(event->body.stop.reason),
        {.type = DB_TEXT, .text = ledger->boot},
    };
    return RUN(STATEMENT_STOP, values);
}

static int add_to_day(struct ledger *ledger, const struct kiosk_event *event)
{
    const struct event_deposit *deposit = &event->body.deposit;
    bool weighed = deposit->quality != QUALITY_NONE;
    const db_value_t values[] = {
        db_integer(ledger_day(&event->at)),
        {.type = DB_TEXT, .text = waste_class_text(deposit->bin_class)},
        db_text(outcome_text(deposit->outcome)),
        db_integer(weighed),
        db_integer(weighed ? deposit->weight_g : 0),
    };
    return RUN(STATEMENT_DAILY, values);
}

static int apply_deposit(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_deposit *deposit = &event->body.deposit;
    bool weighed = deposit->quality != QUALITY_NONE;
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(ledger_day(&event->at)),
        db_integer(event->at.t_ms),
        utc(&event->at),
        db_text(clock_quality_text(event->at.quality)),
        db_text(ledger->end.site),
        db_integer(deposit->visit),
        db_integer(deposit->bin),
        db_text(waste_class_text(deposit->bin_class)),
        db_text(waste_class_text(deposit->chosen)),
        db_text(outcome_text(deposit->outcome)),
        db_text(weight_quality_text(deposit->quality)),
        db_integer_if(weighed, deposit->weight_g),
        db_integer_if(deposit->has_base, deposit->base_g),
        db_integer_if(weighed, deposit->final_g),
        db_integer_if(weighed, deposit->spread_g),
        db_integer(deposit->opened_ms),
        db_integer(deposit->closed_ms),
        {.type = DB_TEXT, .text = deposit->scale},
    };
    int code = RUN(STATEMENT_DEPOSIT, values);
    return code == SQLITE_OK ? add_to_day(ledger, event) : code;
}

static int apply_declared(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const db_value_t values[] = {
        db_text(waste_class_text(event->body.declared.declared_after)),
        db_integer(event->body.declared.deposit_seq),
    };
    (void)seq;
    return RUN(STATEMENT_DECLARED, values);
}

static int apply_visit(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_visit *visit = &event->body.visit;
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(ledger_day(&event->at)),
        db_integer(event->at.t_ms),
        utc(&event->at),
        db_text(clock_quality_text(event->at.quality)),
        db_text(ledger->end.site),
        db_integer(visit->visit),
        db_integer(visit->started_ms),
        db_integer(visit->deposits),
        db_integer(visit->grams),
        db_integer(visit->near_misses),
    };
    return RUN(STATEMENT_VISIT, values);
}

static int apply_identified(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_identified *identified = &event->body.identified;
    const db_value_t values[] = {
        db_integer(identified->visit),
        db_integer(seq),
        {.type = DB_TEXT, .text = identified->person},
    };
    int code = RUN(STATEMENT_IDENTIFIED, values);
    if (code != SQLITE_OK) {
        return code;
    }
    const db_value_t earlier[] = {
        {.type = DB_TEXT, .text = identified->person},
        db_integer(seq - LEDGER_RECENT),
        db_integer(identified->visit),
    };
    return RUN(STATEMENT_IDENTIFIED_DEPOSITS, earlier);
}

static int apply_collection(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_collection *collection = &event->body.collection;
    bool weighed = collection->quality != QUALITY_NONE;
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(ledger_day(&event->at)),
        db_integer(event->at.t_ms),
        utc(&event->at),
        db_text(clock_quality_text(event->at.quality)),
        db_text(ledger->end.site),
        db_integer(collection->bin),
        db_text(waste_class_text(collection->bin_class)),
        db_text(weight_quality_text(collection->quality)),
        db_integer_if(weighed, collection->before_g),
        db_integer_if(weighed, collection->after_g),
        db_integer_if(weighed, collection->removed_g),
        db_integer(collection->started_ms),
        {.type = DB_TEXT, .text = collection->who},
    };
    return RUN(STATEMENT_COLLECTION, values);
}

static int apply_adjustment(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_adjustment *adjustment = &event->body.adjustment;
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(ledger_day(&event->at)),
        db_integer(adjustment->bin),
        db_integer(adjustment->change_g),
        db_integer(adjustment->base_g),
        db_integer(adjustment->final_g),
    };
    return RUN(STATEMENT_ADJUSTMENT, values);
}

static int apply_lost(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_device *device = &event->body.device;
    const db_value_t values[] = {
        db_integer(seq),
        {.type = DB_TEXT, .text = device->device},
        {.type = DB_TEXT, .text = device->fault},
        {.type = DB_TEXT, .text = ledger->boot},
        db_integer(device->since_ms),
        utc(&event->at),
    };
    return RUN(STATEMENT_LOST, values);
}

static int apply_back(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const db_value_t values[] = {
        db_integer(seq),
        db_integer(event->at.t_ms),
        utc(&event->at),
        {.type = DB_TEXT, .text = event->body.device.device},
    };
    return RUN(STATEMENT_BACK, values);
}

/* Kinds without a row here are told by the ledger itself. */
static projection *const projections[EVENT_KIND_COUNT] = {
    [EVENT_START] = apply_start,           [EVENT_STOP] = apply_stop,
    [EVENT_DEPOSIT] = apply_deposit,       [EVENT_DECLARED] = apply_declared,
    [EVENT_VISIT] = apply_visit,           [EVENT_COLLECTION] = apply_collection,
    [EVENT_ADJUSTMENT] = apply_adjustment, [EVENT_DEVICE_LOST] = apply_lost,
    [EVENT_DEVICE_BACK] = apply_back,      [EVENT_IDENTIFIED] = apply_identified,
};

/* Where the row begins a day or a boot, `days` or `boots` remembers it. */
static int mark_beginnings(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    int64_t day = ledger_day(&event->at);
    int code = SQLITE_OK;

    if (day != SCHEMA_DAY_UNKNOWN && day != ledger->end.last_day) {
        const db_value_t values[] = {db_integer(day), db_integer(seq)};
        code = RUN(STATEMENT_DAY, values);
    }
    if (code == SQLITE_OK && !ledger->end.boot_known) {
        const db_value_t values[] = {db_integer(seq), {.type = DB_TEXT, .text = ledger->boot}};
        code = RUN(STATEMENT_BOOT, values);
    }
    return code;
}

int projections_apply(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    int code = mark_beginnings(ledger, event, seq);

    if (code == SQLITE_OK && projections[event->kind]) {
        code = projections[event->kind](ledger, event, seq);
    }
    return code;
}
