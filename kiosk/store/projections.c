#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(values)        ((int)(sizeof(values) / sizeof *(values)))
#define RUN(statement, list) db_run(&ledger->db, statement, list, COUNT(list))
/* What every table of records begins with: seq, day, t_ms, utc_ms, clock, site. */
#define ROW_HEAD                                                                                   \
    db_integer(seq), db_integer(ledger_day(&event->at)), db_integer(event->at.t_ms),               \
        utc(&event->at), db_text(clock_quality_text(event->at.quality)), db_text(ledger->end.site)

typedef int projection(struct ledger *ledger, const struct kiosk_event *event, int64_t seq);

static db_value_t utc(const moment_t *at)
{
    return db_integer_if(at->quality != CLOCK_UNSET, at->utc_ms);
}

/* Alarms of devices end with the run that saw them: the next one looks for itself. */
static int end_alarms(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const db_value_t values[] = {db_integer(seq), db_integer(event->at.t_ms), utc(&event->at)};
    return RUN(STATEMENT_ALARMS_RESTART, values);
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
    int code = RUN(STATEMENT_START, values);
    return code == SQLITE_OK ? end_alarms(ledger, event, seq) : code;
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

static int apply_closing(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_closing *closing = &event->body.closing;
    const db_value_t values[] = {
        ROW_HEAD,
        db_integer(closing->bin),
        db_integer(closing->wrong_lid),
        db_integer(closing->change_g),
    };
    return RUN(STATEMENT_CLOSING, values);
}

static int apply_deposit(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_deposit *deposit = &event->body.deposit;
    bool weighed = deposit->quality != QUALITY_NONE;
    const db_value_t values[] = {
        ROW_HEAD,
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
        db_text(deposit->item),
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

static int apply_undone(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const db_value_t deposit[] = {db_integer(event->body.undone.deposit_seq)};
    const db_value_t mark[] = {db_integer(seq), db_integer(event->body.undone.deposit_seq)};
    int code = RUN(STATEMENT_UNDO_DAILY, deposit);

    if (code == SQLITE_OK) {
        code = RUN(STATEMENT_COUNT_UNDONE, deposit);
    }
    return code == SQLITE_OK ? RUN(STATEMENT_UNDO_DEPOSIT, mark) : code;
}

static int apply_addition(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_addition *addition = &event->body.addition;
    const db_value_t values[] = {
        db_integer(addition->change_g),
        db_integer(addition->deposit_seq),
    };
    (void)seq;
    int code = RUN(STATEMENT_ADD_DAILY, values);
    return code == SQLITE_OK ? RUN(STATEMENT_ADD_DEPOSIT, values) : code;
}

static int apply_inspection(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_inspection *inspection = &event->body.inspection;
    const db_value_t values[] = {
        ROW_HEAD,
        db_integer(inspection->bin),
        db_text(waste_class_text(inspection->bin_class)),
        db_integer(inspection->checked),
        db_integer(inspection->wrong),
        db_integer(inspection->things),
        {.type = DB_TEXT, .text = inspection->who},
    };
    return RUN(STATEMENT_INSPECTION, values);
}

static int apply_visit(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_visit *visit = &event->body.visit;
    const db_value_t values[] = {
        ROW_HEAD,
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
        ROW_HEAD,
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
        ROW_HEAD,
        db_integer(adjustment->bin),
        db_integer(adjustment->change_g),
        db_integer(adjustment->base_g),
        db_integer(adjustment->final_g),
    };
    return RUN(STATEMENT_ADJUSTMENT, values);
}

/* ---- alarms ---------------------------------------------------------------------------------- */

struct alarm {
    const char *source, *part, *fault;
    int64_t since_ms;
};

static int raise_alarm(struct ledger *ledger, const struct kiosk_event *event, int64_t seq,
                       const struct alarm *alarm)
{
    const db_value_t values[] = {
        ROW_HEAD,
        db_text(alarm->source),
        {.type = DB_TEXT, .text = alarm->part},
        {.type = DB_TEXT, .text = alarm->fault},
        db_integer(alarm->since_ms),
    };
    return RUN(STATEMENT_ALARM, values);
}

static int end_alarm(struct ledger *ledger, const struct kiosk_event *event, int64_t seq,
                     const struct alarm *alarm)
{
    const db_value_t values[] = {
        db_integer(seq),        db_integer(event->at.t_ms),
        utc(&event->at),        {.type = DB_TEXT, .text = alarm->part},
        db_text(alarm->source), {.type = DB_TEXT, .text = alarm->fault},
    };
    return RUN(STATEMENT_ALARM_OVER, values);
}

static int apply_device(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_device *device = &event->body.device;
    const struct alarm alarm = {"device", device->device, device->fault, device->since_ms};
    return event->kind == EVENT_DEVICE_LOST ? raise_alarm(ledger, event, seq, &alarm)
                                            : end_alarm(ledger, event, seq, &alarm);
}

static int apply_scale(struct ledger *ledger, const struct kiosk_event *event, int64_t seq,
                       int32_t bin, int64_t since_ms, bool began)
{
    char part[RECORD_PART_MAX];
    snprintf(part, sizeof part, "bin%" PRId32, bin);
    const struct alarm alarm = {"scale", part, event_kind_text(event->kind), since_ms};
    return began ? raise_alarm(ledger, event, seq, &alarm) : end_alarm(ledger, event, seq, &alarm);
}

static int apply_overload(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_overload *overload = &event->body.overload;
    return apply_scale(ledger, event, seq, overload->bin, overload->since_ms, overload->began);
}

static int apply_frozen(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_frozen *frozen = &event->body.frozen;
    return apply_scale(ledger, event, seq, frozen->bin, frozen->since_ms, frozen->began);
}

/* What failed, one after the other, is over when the storage works again. */
static int apply_storage(struct ledger *ledger, const struct kiosk_event *event, int64_t seq)
{
    const struct event_storage *storage = &event->body.storage;
    const struct alarm alarm = {"storage", "storage", storage->state, storage->since_ms};
    return strcmp(storage->state, "ok") != 0 ? raise_alarm(ledger, event, seq, &alarm)
                                             : end_alarm(ledger, event, seq, &alarm);
}

/* Kinds without a row here are told by the ledger itself. */
static projection *const projections[EVENT_KIND_COUNT] = {
    [EVENT_START] = apply_start,           [EVENT_STOP] = apply_stop,
    [EVENT_CLOSING] = apply_closing,       [EVENT_DEPOSIT] = apply_deposit,
    [EVENT_DECLARED] = apply_declared,     [EVENT_UNDONE] = apply_undone,
    [EVENT_VISIT] = apply_visit,           [EVENT_COLLECTION] = apply_collection,
    [EVENT_ADJUSTMENT] = apply_adjustment, [EVENT_INSPECTION] = apply_inspection,
    [EVENT_DEVICE_LOST] = apply_device,    [EVENT_DEVICE_BACK] = apply_device,
    [EVENT_OVERLOAD] = apply_overload,     [EVENT_FROZEN] = apply_frozen,
    [EVENT_STORAGE] = apply_storage,       [EVENT_IDENTIFIED] = apply_identified,
    [EVENT_ADDITION] = apply_addition,
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
