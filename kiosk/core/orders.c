/* Zero and tare from the technician's board: picked, confirmed, sent, recorded. Whatever the scale
 * makes of it, the step in its readings is no waste: its bin is in service meanwhile, and its base
 * is what the scale shows afterwards. */
#include "kiosk/core/step.h"

enum {
    ORDER_DELAY_MS = 1500, /* for the scale to do it: readings before that may be old ones */
    ORDER_LIMIT_MS = 10 * 1000
};

static const struct site_bin *bin_of(const struct kiosk *kiosk)
{
    return &kiosk->site->bins[kiosk->order.bin];
}

static void pick(struct kiosk *kiosk, int number)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct site_bin *bin = &kiosk->site->bins[i];
        if (bin->number == number &&
            (site_scale_can(kiosk->site, bin, false) || site_scale_can(kiosk->site, bin, true))) {
            kiosk->order = (struct scale_order){.step = ORDER_BIN, .bin = i};
        }
    }
}

static void choose(struct kiosk *kiosk, bool is_tare)
{
    if (site_scale_can(kiosk->site, bin_of(kiosk), is_tare)) {
        kiosk->order.step = ORDER_CONFIRM;
        kiosk->order.is_tare = is_tare;
    }
}

static void send(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct scale_order *order = &kiosk->order;
    struct bin *bin = &kiosk->bins[order->bin];
    const settled_t before = bin_settled(bin, kiosk->now_ms, BIN_NEVER);
    struct kiosk_event event = {
        .kind = order->is_tare ? EVENT_TARE : EVENT_ZERO,
        .body.scale_order = {.bin = bin->site->number,
                             .has_before = before.has_estimate,
                             .before_g = before.grams},
    };
    copy_text(event.body.scale_order.scale, HW_PORT_NAME_MAX,
              kiosk->site->ports[bin->site->scale.port]);
    copy_text(event.body.scale_order.who, EVENT_TEXT_MAX, role_text(ROLE_TECHNICIAN));
    deposits_abandon(step, order->bin);
    bin_service_begin(bin);
    step_record(step, &event);
    struct kiosk_effect *effect = step_effect(step, EFFECT_SCALE_COMMAND);
    effect->u.scale_command.port = (uint8_t)bin->site->scale.port;
    effect->u.scale_command.channel = (uint8_t)bin->site->scale.channel;
    effect->u.scale_command.is_tare = order->is_tare;
    order->step = ORDER_WAITING;
    order->sent_ms = kiosk->now_ms;
}

/* The rows of a bin add up to what its scale shows: the shift of the zero is one of them. */
static void book_shift(struct step *step, const settled_t *after)
{
    const int index = step->kiosk->order.bin;
    struct bin *bin = &step->kiosk->bins[index];
    const struct bin_decision shift = {
        .verdict = BIN_ADJUSTMENT,
        .cause = ADJUST_ZEROED,
        .base_g = bin->booked_g,
        .final_g = after->grams,
        .weight_g = after->grams - bin->booked_g,
    };
    if (bin->has_booked && shift.weight_g != 0) {
        deposits_adjust(step, index, &shift);
    }
    bin_cleared(bin);
}

static void end(struct step *step, const settled_t *after)
{
    struct kiosk *kiosk = step->kiosk;
    struct scale_order *order = &kiosk->order;
    struct bin *bin = &kiosk->bins[order->bin];
    const int32_t least = bin_min_deposit(bin);
    const bool is_near_zero = after->grams < least && after->grams > -least;
    order->step = !after->has_estimate ? ORDER_SILENT : is_near_zero ? ORDER_DONE : ORDER_SAME;
    order->after_g = after->grams;
    kiosk->service_touched_ms = kiosk->now_ms;
    if (order->step == ORDER_DONE) {
        book_shift(step, after);
    }
    bin_service_end(bin, kiosk->now_ms, after);
}

bool orders_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    struct scale_order *order = &kiosk->order;
    const bool is_here = order->step != ORDER_OFF;
    if (order->step == ORDER_WAITING) {
        return intent->kind != INTENT_LEAVE; /* the answer comes in a moment */
    }
    if (intent->kind == INTENT_SCALES && kiosk->wiring.result != WIRING_WAITING) {
        technician_leave(step);
        *order = (struct scale_order){.step = ORDER_PICK};
    } else if (intent->kind == INTENT_SCALE && is_here) {
        pick(kiosk, intent->argument);
    } else if ((intent->kind == INTENT_ZERO || intent->kind == INTENT_TARE) &&
               (order->step == ORDER_BIN || order->step == ORDER_CONFIRM)) {
        choose(kiosk, intent->kind == INTENT_TARE);
    } else if (intent->kind == INTENT_CONFIRM && order->step == ORDER_CONFIRM) {
        send(step);
    } else if (intent->kind == INTENT_CANCEL && is_here) {
        order->step = ORDER_OFF;
    } else {
        return is_here && intent->kind != INTENT_LEAVE;
    }
    return true;
}

void orders_leave(struct step *step)
{
    struct scale_order *order = &step->kiosk->order;
    if (order->step == ORDER_WAITING) {
        end(step, &(settled_t){0});
    }
    order->step = ORDER_OFF;
}

void orders_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    const struct scale_order *order = &kiosk->order;
    if (order->step != ORDER_WAITING) {
        return;
    }
    const int64_t from_ms = order->sent_ms + ORDER_DELAY_MS;
    const settled_t now = bin_settled(&kiosk->bins[order->bin], kiosk->now_ms, from_ms);
    if (now.settled) {
        end(step, &now);
    } else if (kiosk->now_ms >= orders_deadline(kiosk)) {
        end(step, &(settled_t){0});
    }
}

int64_t orders_deadline(const struct kiosk *kiosk)
{
    return kiosk->order.step == ORDER_WAITING ? kiosk->order.sent_ms + ORDER_LIMIT_MS : INT64_MAX;
}
