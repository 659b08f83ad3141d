#include "kiosk/core/kiosk.h"

#include "kiosk/core/step.h"

#include <assert.h>
#include <string.h>

enum { CLOCK_STEP_MS = 1000 }; /* a smaller correction is no news */

#define CLOCK_UTC_MAX INT64_C(253402300799999) /* the end of the year 9999 */

void copy_text(char *to, int size, const char *from)
{
    size_t length = strlen(from);
    if (length >= (size_t)size) {
        length = (size_t)size - 1;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

void kiosk_init(struct kiosk *kiosk, const struct site *site)
{
    *kiosk = (struct kiosk){.site = site, .now_ms = INT64_MIN};
    kiosk->visits.next_id = 1;
    kiosk->receipt.declared_after = WASTE_NONE;
    for (int i = 0; i < site->bin_count; i++) {
        const struct site_bin *bin = &site->bins[i];
        bin_init(&kiosk->bins[i], bin, &site->timing);
        kiosk->scale_faults[i].differs_ms = BIN_NEVER;
        const int8_t ports[] = {bin->scale.port, bin->lid.port, bin->level.port};
        for (size_t k = 0; k < sizeof ports / sizeof ports[0]; k++) {
            if (ports[k] >= 0) {
                kiosk->devices[ports[k]].used = true;
            }
        }
    }
    for (int i = 0; i < site->port_count; i++) {
        kiosk->devices[i].up = true;
    }
}

/* ---- the journal ----------------------------------------------------------------------------- */

static int bin_of_number(const struct site *site, int32_t number)
{
    for (int i = 0; i < site->bin_count; i++) {
        if (site->bins[i].number == number) {
            return i;
        }
    }
    return -1; /* a bin of an older configuration */
}

static void remember_visit(struct journal *journal, int64_t visit)
{
    if (visit > journal->last_visit) {
        journal->last_visit = visit;
    }
}

static void apply_opening(struct kiosk *kiosk, const struct event_opening *opening)
{
    remember_visit(&kiosk->journal, opening->visit);
    int bin = bin_of_number(kiosk->site, opening->bin);
    if (bin >= 0) {
        kiosk->journal.opening_pending[bin] = true;
        kiosk->journal.openings[bin] = (struct bin_opening){
            .visit = opening->visit,
            .chosen = opening->chosen,
            .has_base = opening->has_base,
            .base_g = opening->base_g,
        };
        copy_text(kiosk->journal.openings[bin].item, ITEM_NAME_MAX, opening->item);
    }
}

static void apply_closing(struct kiosk *kiosk, int32_t number)
{
    int bin = bin_of_number(kiosk->site, number);
    if (bin >= 0) {
        kiosk->journal.opening_pending[bin] = false;
    }
}

static void apply_overload(struct kiosk *kiosk, const struct event_overload *overload)
{
    int bin = bin_of_number(kiosk->site, overload->bin);
    if (bin >= 0) {
        kiosk->journal.overload[bin] = overload->began;
    }
}

static void apply_frozen(struct kiosk *kiosk, const struct event_frozen *frozen)
{
    int bin = bin_of_number(kiosk->site, frozen->bin);
    if (bin >= 0) {
        kiosk->journal.frozen[bin] = frozen->began;
        kiosk->journal.frozen_g[bin] = frozen->grams;
    }
}

void kiosk_apply(struct kiosk *kiosk, const struct kiosk_event *event, int64_t seq)
{
    figures_apply(&kiosk->journal.figures, event, seq);
    switch (event->kind) {
    case EVENT_OPENING:
        apply_opening(kiosk, &event->body.opening);
        break;
    case EVENT_CLOSING:
        apply_closing(kiosk, event->body.closing.bin);
        break;
    case EVENT_DEPOSIT:
        apply_closing(kiosk, event->body.deposit.bin);
        remember_visit(&kiosk->journal, event->body.deposit.visit);
        break;
    case EVENT_VISIT:
        remember_visit(&kiosk->journal, event->body.visit.visit);
        break;
    case EVENT_IDENTIFIED:
        remember_visit(&kiosk->journal, event->body.identified.visit);
        break;
    case EVENT_OVERLOAD:
        apply_overload(kiosk, &event->body.overload);
        break;
    case EVENT_FROZEN:
        apply_frozen(kiosk, &event->body.frozen);
        break;
    default:
        break; /* kept for the reader of the ledger; nothing on screen is made of it */
    }
}

/* ---- recording ------------------------------------------------------------------------------- */

moment_t kiosk_moment(const struct kiosk *kiosk)
{
    moment_t at = {.t_ms = kiosk->now_ms, .quality = kiosk->clock.quality};
    if (at.quality != CLOCK_UNSET) {
        at.utc_ms = kiosk->clock.utc_ms + (kiosk->now_ms - kiosk->clock.t_ms);
    }
    return at;
}

struct kiosk_effect *step_effect(struct step *step, enum effect_kind kind)
{
    assert(step->effects->count < EFFECTS_MAX);
    struct kiosk_effect *effect = &step->effects->list[step->effects->count++];
    effect->kind = kind;
    return effect;
}

static struct pending_event *find_pending(struct kiosk *kiosk, uint32_t token)
{
    for (int i = 0; i < KIOSK_PENDING_MAX; i++) {
        if (kiosk->pending[i].token == token) {
            return &kiosk->pending[i];
        }
    }
    return NULL;
}

struct pending_event *step_pending(struct step *step, uint32_t token)
{
    return token == 0 ? NULL : find_pending(step->kiosk, token);
}

uint32_t step_record(struct step *step, const struct kiosk_event *event)
{
    struct kiosk *kiosk = step->kiosk;
    struct pending_event *slot = find_pending(kiosk, 0);
    if (slot == NULL) {
        kiosk->unkept++;
        return 0;
    }
    if (++kiosk->last_token == 0) {
        kiosk->last_token = 1; /* 0 means free */
    }
    slot->token = kiosk->last_token;
    slot->event = *event;
    slot->event.at = kiosk_moment(kiosk);
    struct kiosk_effect *effect = step_effect(step, EFFECT_RECORD);
    effect->u.record.token = slot->token;
    effect->u.record.event = slot->event;
    return slot->token;
}

void step_sound(struct step *step, enum sound sound)
{
    step_effect(step, EFFECT_SOUND)->u.sound = sound;
}

static void stored(struct step *step, uint32_t token, int64_t seq)
{
    struct pending_event *slot = step_pending(step, token);
    if (slot == NULL) {
        return;
    }
    kiosk_apply(step->kiosk, &slot->event, seq);
    struct pending_event done = *slot;
    *slot = (struct pending_event){0};
    deposits_stored(step, &done, seq);
    corrections_stored(step, &done.event);
    undo_stored(step, &done, seq);
    service_stored(step, token);
    inspect_stored(step, token);
    storage_tell(step);
}

bool kiosk_is_busy(const struct kiosk *kiosk)
{
    bool busy = kiosk->visits.current.id != 0 || kiosk->service != SERVICE_NONE;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        busy = busy || bin_is_busy(&kiosk->bins[i]);
    }
    return busy;
}

int kiosk_pending_count(const struct kiosk *kiosk)
{
    int count = 0;
    for (int i = 0; i < KIOSK_PENDING_MAX; i++) {
        count += kiosk->pending[i].token != 0;
    }
    return count;
}

void kiosk_signed(struct kiosk *kiosk, const char *statement, const char *fingerprint)
{
    copy_text(kiosk->statement, sizeof kiosk->statement, statement);
    copy_text(kiosk->fingerprint, sizeof kiosk->fingerprint, fingerprint);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

void kiosk_begin(struct kiosk *kiosk, const moment_t *at, const char *version,
                 struct kiosk_effects *effects)
{
    effects->count = 0;
    struct step step = {kiosk, effects};
    kiosk->now_ms = at->t_ms;
    kiosk->clock = *at;
    kiosk->visits.next_id = kiosk->journal.last_visit + 1;
    for (int i = 0; i < kiosk->site->port_count; i++) {
        kiosk->devices[i].heard_ms = at->t_ms;
    }
    struct kiosk_event event = {.kind = EVENT_START};
    copy_text(event.body.start.version, EVENT_TEXT_MAX, version);
    copy_text(event.body.start.site, SITE_ID_MAX, kiosk->site->id);
    step_record(&step, &event);
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        if (kiosk->journal.opening_pending[i]) {
            bin_restore(&kiosk->bins[i], at->t_ms, &kiosk->journal.openings[i]);
        }
    }
    scales_restore(&step);
    storage_begin(&step);
}

void kiosk_end(struct kiosk *kiosk, int64_t now_ms, const char *reason,
               struct kiosk_effects *effects)
{
    effects->count = 0;
    struct step step = {kiosk, effects};
    kiosk->now_ms = now_ms;
    deposits_end_visit(&step);
    deposits_close_books(&step);
    struct kiosk_event event = {.kind = EVENT_STOP};
    copy_text(event.body.stop.reason, EVENT_TEXT_MAX, reason);
    step_record(&step, &event);
}

/* ---- one step -------------------------------------------------------------------------------- */

/* Where a bin hears a kind of reading; no bin hears cards and locks. */
static const struct site_channel *channel_of(const struct site_bin *bin, uint8_t kind)
{
    return kind == READING_WEIGHT ? &bin->scale : kind == READING_LID ? &bin->lid : &bin->level;
}

static void on_reading(struct step *step, const reading_t *reading)
{
    struct kiosk *kiosk = step->kiosk;
    if (reading->kind == READING_CARD && reading->has_value) {
        cards_read(step, reading->card);
        return;
    }
    if (reading->port >= kiosk->site->port_count) {
        return;
    }
    locks_reading(step, reading);
    if (reading->kind > READING_LEVEL) {
        return;
    }
    devices_heard(step, reading->port);
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct site_channel *channel = channel_of(&kiosk->site->bins[i], reading->kind);
        if (channel->port != reading->port || channel->channel != reading->channel) {
            continue;
        }
        if (reading->kind == READING_LEVEL) {
            bin_level(&kiosk->bins[i], reading);
            continue;
        }
        if (reading->kind == READING_WEIGHT) {
            bin_weigh(&kiosk->bins[i], reading);
        } else {
            deposits_lid(step, i, reading);
        }
        deposits_decide(step, i);
    }
    if (reading->kind == READING_LID) {
        /* After the bins, which are in service while a check runs: they know their lid by then. */
        technician_lid(step, reading);
    }
}

static void on_clock(struct step *step, int64_t utc_ms, enum clock_quality quality)
{
    struct kiosk *kiosk = step->kiosk;
    if (utc_ms < 0 || utc_ms > CLOCK_UTC_MAX || (unsigned)quality >= CLOCK_QUALITY_COUNT) {
        return;
    }
    moment_t before = kiosk_moment(kiosk);
    bool both_set = before.quality != CLOCK_UNSET && quality != CLOCK_UNSET;
    int64_t change_ms = both_set ? utc_ms - before.utc_ms : 0;
    kiosk->clock = (moment_t){.t_ms = kiosk->now_ms, .utc_ms = utc_ms, .quality = quality};
    bool stepped = change_ms >= CLOCK_STEP_MS || change_ms <= -CLOCK_STEP_MS;
    if (stepped || quality != before.quality) {
        struct kiosk_event event = {.kind = EVENT_CLOCK, .body.clock = {.step_ms = change_ms}};
        step_record(step, &event);
    }
}

static void on_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    if (kiosk->service != SERVICE_NONE || intent->kind == INTENT_SERVICE) {
        service_intent(step, intent);
        return;
    }
    if (kiosk->search.shown && intent->kind != INTENT_CHOOSE) {
        search_intent(step, intent);
        return;
    }
    switch (intent->kind) {
    case INTENT_SEARCH:
    case INTENT_LETTER:
    case INTENT_ITEM:
        search_open(step);
        search_intent(step, intent);
        break;
    case INTENT_CHOOSE:
        if (intent->argument >= 0 && intent->argument < WASTE_CLASS_COUNT) {
            deposits_choose(step, (enum waste_class)intent->argument);
        }
        break;
    case INTENT_MORE:
        visits_touch(&kiosk->visits, kiosk->now_ms);
        kiosk->receipt.shown = false;
        kiosk->choosing = true;
        break;
    case INTENT_MEANT_IT:
        deposits_meant_it(step);
        break;
    case INTENT_UNDO:
        undo_intent(step);
        break;
    case INTENT_FINISH:
    case INTENT_CANCEL:
        deposits_end_visit(step);
        break;
    default:
        break;
    }
}

static void handle_input(struct step *step, const struct kiosk_input *input)
{
    switch (input->kind) {
    case INPUT_TICK:
        break;
    case INPUT_READING:
        on_reading(step, &input->u.reading);
        break;
    case INPUT_PORT:
        devices_port(step, input->u.port.port, input->u.port.up);
        break;
    case INPUT_PORT_STATUS:
        devices_status(step, &input->u.port_status);
        break;
    case INPUT_INTENT:
        on_intent(step, &input->u.intent);
        break;
    case INPUT_ITEM:
        search_name(step, input->u.item);
        break;
    case INPUT_PIN:
        service_pin(step, input->u.pin);
        break;
    case INPUT_CARD:
        cards_read(step, input->u.card);
        break;
    case INPUT_CARD_RESULT:
        cards_found(step, input->u.person);
        break;
    case INPUT_PIN_RESULT:
        service_pin_result(step, input->u.pin_result.accepted, input->u.pin_result.role);
        break;
    case INPUT_CLOCK:
        on_clock(step, input->u.clock.utc_ms, input->u.clock.quality);
        break;
    case INPUT_STORED:
        stored(step, input->u.stored.token, input->u.stored.seq);
        break;
    case INPUT_STORE_STATE:
        storage_state(step, input->u.store_state);
        break;
    case INPUT_STORE_ROOM:
        storage_room(step, input->u.store_room.free_bytes, input->u.store_room.low);
        break;
    }
}

/* Everything that is due at now_ms by the passing of time. */
static void pass_time(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        deposits_decide(step, i);
    }
    int32_t idle_ms = kiosk->site->timing.visit_idle_ms;
    if (kiosk->now_ms >= visits_deadline(&kiosk->visits, idle_ms)) {
        deposits_end_visit(step);
    }
    if (kiosk->receipt.shown && kiosk->now_ms >= kiosk->receipt.hide_ms) {
        kiosk->receipt.shown = false;
    }
    search_watch(step);
    service_watch(step);
    devices_watch(step);
    scales_watch(step);
    locks_watch(step);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t kiosk_deadline(const struct kiosk *kiosk)
{
    int64_t due = visits_deadline(&kiosk->visits, kiosk->site->timing.visit_idle_ms);
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        due = earlier(due, bin_deadline(&kiosk->bins[i]));
    }
    if (kiosk->receipt.shown) {
        due = earlier(due, kiosk->receipt.hide_ms);
    }
    due = earlier(due, search_deadline(kiosk));
    due = earlier(due, service_deadline(kiosk));
    due = earlier(due, scales_deadline(kiosk));
    due = earlier(due, locks_deadline(kiosk));
    return earlier(due, devices_deadline(kiosk));
}

void kiosk_step(struct kiosk *kiosk, const struct kiosk_input *input, struct kiosk_effects *effects)
{
    assert(input->t_ms >= kiosk->now_ms);
    effects->count = 0;
    struct step step = {kiosk, effects};
    int64_t due = kiosk_deadline(kiosk);
    while (due <= input->t_ms) {
        kiosk->now_ms = due > kiosk->now_ms ? due : kiosk->now_ms;
        pass_time(&step);
        int64_t next = kiosk_deadline(kiosk);
        assert(next > due); /* a deadline that handling does not move would never let us go on */
        due = next;
    }
    kiosk->now_ms = input->t_ms;
    handle_input(&step, input);
    search_watch(&step);
    service_watch(&step);
    scales_watch(&step);
}
