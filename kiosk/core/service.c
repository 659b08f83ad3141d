/* The service screens: PIN, the cleaner's fill board, handing over a bin (清运). */
#include "kiosk/core/step.h"

#include <string.h>

void service_leave(struct step *step)
{
    technician_leave(step);
    inspect_leave(step);
    step->kiosk->service = SERVICE_NONE;
    access_clear(&step->kiosk->access);
}

/* ---- collection ------------------------------------------------------------------------------ */

static enum weight_quality collection_quality(const struct collection *collection)
{
    if (!collection->before.has_estimate || !collection->after.has_estimate) {
        return QUALITY_NONE;
    }
    bool settled = collection->before.settled && collection->after.settled;
    return settled ? QUALITY_SETTLED : QUALITY_UNSETTLED;
}

static void collect_begin(struct step *step, int number)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin *bin = &kiosk->bins[i];
        if (bin->site->number != number) {
            continue;
        }
        /* The cleaner may have opened the lid before pressing the button. */
        deposits_abandon(step, i);
        bin_service_begin(bin);
        locks_open(step, i);
        kiosk->service = SERVICE_COLLECT;
        kiosk->collection = (struct collection){
            .bin = i,
            .step = COLLECT_SETTLING,
            .started_ms = kiosk->now_ms,
            .waiting_ms = kiosk->now_ms,
        };
        return;
    }
}

static void collect_finish(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct collection *collection = &kiosk->collection;
    const struct site_bin *bin = &kiosk->site->bins[collection->bin];
    enum weight_quality quality = collection_quality(collection);
    bool weighed = quality != QUALITY_NONE;
    struct kiosk_event event = {
        .kind = EVENT_COLLECTION,
        .body.collection =
            {
                .bin = bin->number,
                .bin_class = bin->class,
                .quality = quality,
                .before_g = weighed ? collection->before.grams : 0,
                .after_g = weighed ? collection->after.grams : 0,
                .removed_g = weighed ? collection->before.grams - collection->after.grams : 0,
                .started_ms = collection->started_ms,
            },
    };
    copy_text(event.body.collection.who, EVENT_TEXT_MAX, "cleaner");
    collection->token = step_record(step, &event);
    step_sound(step, SOUND_RECEIPT);
    bin_cleared(&kiosk->bins[collection->bin]);
    bin_service_end(&kiosk->bins[collection->bin], kiosk->now_ms, &collection->after);
    collection->step = COLLECT_DONE;
    kiosk->service_touched_ms = kiosk->now_ms; /* time to read what came of it */
}

void service_stored(struct step *step, uint32_t token)
{
    struct collection *collection = &step->kiosk->collection;
    if (collection->token == token) {
        collection->token = 0;
        collection->recorded = true;
    }
}

/* A settled weight, or what there is of one once the wait is over. */
static bool weigh_now(const struct kiosk *kiosk, int64_t since_ms, settled_t *weight)
{
    const struct collection *collection = &kiosk->collection;
    *weight = bin_settled(&kiosk->bins[collection->bin], kiosk->now_ms, since_ms);
    bool waited = kiosk->now_ms - collection->waiting_ms >= kiosk->site->timing.settle_limit_ms;
    return weight->settled || waited;
}

/* What came or went since the base leaves with the bin: without this its balance never closes. */
static void account_for_before(struct step *step)
{
    const struct collection *collection = &step->kiosk->collection;
    struct bin *bin = &step->kiosk->bins[collection->bin];
    if (!collection->before.has_estimate) {
        return;
    }
    struct bin_decision decision;
    if (bin_rebook(bin, step->kiosk->now_ms, collection->before.grams, &decision)) {
        deposits_adjust(step, collection->bin, &decision);
    }
}

static void collect_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct collection *collection = &kiosk->collection;
    if (collection->step == COLLECT_SETTLING) {
        if (weigh_now(kiosk, BIN_NEVER, &collection->before)) {
            account_for_before(step);
            collection->step = COLLECT_SWAP;
        }
    } else if (collection->step == COLLECT_WEIGHING) {
        if (weigh_now(kiosk, collection->waiting_ms, &collection->after)) {
            collect_finish(step);
        }
    }
}

static void collect_leave(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct collection *collection = &kiosk->collection;
    if (collection->step != COLLECT_DONE) {
        /* Given up: whatever changed meanwhile shows as an adjustment against the old base. */
        const struct bin *bin = &kiosk->bins[collection->bin];
        settled_t base = {.has_estimate = bin->has_base, .grams = bin->base_g};
        bin_service_end(&kiosk->bins[collection->bin], kiosk->now_ms, &base);
    }
    kiosk->service = SERVICE_FILL;
}

/* ---- intents --------------------------------------------------------------------------------- */

static void check_pin(struct step *step)
{
    struct access *access = &step->kiosk->access;
    if (access_enter(access, step->kiosk->now_ms)) {
        struct kiosk_effect *effect = step_effect(step, EFFECT_CHECK_PIN);
        memcpy(effect->u.pin, access->digits, sizeof effect->u.pin);
    }
}

static void keypad_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    switch (intent->kind) {
    case INTENT_DIGIT:
        access_digit(&kiosk->access, kiosk->now_ms, intent->argument);
        break;
    case INTENT_ERASE:
        access_erase(&kiosk->access, kiosk->now_ms);
        break;
    case INTENT_ENTER:
        check_pin(step);
        break;
    case INTENT_CANCEL:
    case INTENT_LEAVE:
        service_leave(step);
        break;
    default:
        break;
    }
}

static void fill_intent(struct step *step, const intent_t *intent)
{
    if (intent->kind == INTENT_COLLECT) {
        collect_begin(step, intent->argument);
    } else if (intent->kind == INTENT_LEAVE || intent->kind == INTENT_CANCEL) {
        service_leave(step);
    }
}

static void collect_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    struct collection *collection = &kiosk->collection;
    if (intent->kind == INTENT_COLLECT_DONE && collection->step == COLLECT_SWAP) {
        collection->step = COLLECT_WEIGHING;
        collection->waiting_ms = kiosk->now_ms;
    } else if (intent->kind == INTENT_COLLECT && collection->step == COLLECT_DONE) {
        collect_begin(step, intent->argument);
    } else if (intent->kind == INTENT_CANCEL) {
        collect_leave(step);
    } else if (intent->kind == INTENT_LEAVE) {
        collect_leave(step);
        service_leave(step);
    }
}

void service_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    kiosk->service_touched_ms = kiosk->now_ms;
    switch (kiosk->service) {
    case SERVICE_NONE:
        deposits_end_visit(step);
        access_clear(&kiosk->access);
        kiosk->service = SERVICE_KEYPAD;
        break;
    case SERVICE_KEYPAD:
        keypad_intent(step, intent);
        break;
    case SERVICE_FILL:
        fill_intent(step, intent);
        break;
    case SERVICE_COLLECT:
        collect_intent(step, intent);
        break;
    case SERVICE_DEVICES:
        technician_intent(step, intent);
        break;
    case SERVICE_INSPECT:
        inspect_intent(step, intent);
        break;
    }
}

void service_pin(struct step *step, const char *digits)
{
    struct kiosk *kiosk = step->kiosk;
    if (kiosk->service != SERVICE_KEYPAD || kiosk->access.checking ||
        access_locked(&kiosk->access, kiosk->now_ms)) {
        return;
    }
    kiosk->service_touched_ms = kiosk->now_ms;
    access_clear(&kiosk->access);
    copy_text(kiosk->access.digits, sizeof kiosk->access.digits, digits);
    kiosk->access.digit_count = (uint8_t)strlen(kiosk->access.digits);
    check_pin(step);
}

void service_pin_result(struct step *step, bool accepted, enum role role)
{
    static const enum service_screen home[ROLE_COUNT] = {
        [ROLE_CLEANER] = SERVICE_FILL,
        [ROLE_TECHNICIAN] = SERVICE_DEVICES,
        [ROLE_INSPECTOR] = SERVICE_INSPECT,
    };
    struct kiosk *kiosk = step->kiosk;
    if (!kiosk->access.checking && accepted) {
        return; /* the person left meanwhile; a wrong PIN counts all the same */
    }
    access_result(&kiosk->access, kiosk->now_ms, accepted);
    struct kiosk_event event = {.kind = EVENT_LOGIN, .body.login = {.accepted = accepted}};
    /* A wrong PIN is nobody's. */
    copy_text(event.body.login.who, EVENT_TEXT_MAX, accepted ? role_text(role) : "unknown");
    step_record(step, &event);
    if (accepted) {
        kiosk->service = home[role];
    }
    if (kiosk->service == SERVICE_INSPECT) {
        inspect_begin(step);
    }
}

/* ---- time ------------------------------------------------------------------------------------ */

/* A bin that is being swapped waits for its cleaner, however long that takes. */
static bool may_time_out(const struct kiosk *kiosk)
{
    bool swapping = kiosk->service == SERVICE_COLLECT && kiosk->collection.step != COLLECT_DONE;
    bool checking = kiosk->wiring.result == WIRING_WAITING || kiosk->order.step == ORDER_WAITING;
    return kiosk->service != SERVICE_NONE && !swapping && !checking;
}

void service_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    if (kiosk->service == SERVICE_COLLECT) {
        collect_watch(step);
    }
    technician_watch(step);
    if (may_time_out(kiosk) && kiosk->now_ms >= service_deadline(kiosk)) {
        service_leave(step);
    }
}

int64_t service_deadline(const struct kiosk *kiosk)
{
    const struct collection *collection = &kiosk->collection;
    if (kiosk->service == SERVICE_COLLECT &&
        (collection->step == COLLECT_SETTLING || collection->step == COLLECT_WEIGHING)) {
        return collection->waiting_ms + kiosk->site->timing.settle_limit_ms;
    }
    if (!may_time_out(kiosk)) {
        return technician_deadline(kiosk);
    }
    /* Who looks for a bad wire has both hands behind the cabinet, who inspects has them in a bag.
     */
    bool has_hands_full =
        kiosk->service == SERVICE_DEVICES ||
        (kiosk->service == SERVICE_INSPECT && kiosk->inspection.step != INSPECT_DONE);
    int64_t patience = has_hands_full ? 10 : 1;
    return kiosk->service_touched_ms + patience * kiosk->site->timing.service_idle_ms;
}
