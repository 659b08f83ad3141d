/* The technician's board: which wire is wrong? Asks for a lid to be opened and tells what moved. */
#include "kiosk/core/step.h"

#include <string.h>

/* To walk to the bin and open its lid. */
enum { WIRING_WAIT_MS = 30 * 1000 };

static bool is_checking(const struct kiosk *kiosk)
{
    return kiosk->wiring.result == WIRING_WAITING;
}

static void end_check(struct step *step, enum wiring_result result)
{
    struct kiosk *kiosk = step->kiosk;
    kiosk->wiring.result = result;
    kiosk->service_touched_ms = kiosk->now_ms; /* time to read the answer */
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin *bin = &kiosk->bins[i];
        if (bin->phase == BIN_SERVICE) {
            /* Against the old base, so that weight that came meanwhile shows as an adjustment. */
            settled_t base = {.has_estimate = bin->has_base, .grams = bin->base_g};
            bin_service_end(bin, kiosk->now_ms, &base);
        }
    }
}

static void begin_check(struct step *step, int number)
{
    struct kiosk *kiosk = step->kiosk;
    int asked = -1;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        asked = kiosk->site->bins[i].number == number ? i : asked;
    }
    if (asked < 0) {
        return;
    }
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        deposits_abandon(step, i);
        bin_service_begin(&kiosk->bins[i]);
    }
    kiosk->wiring = (struct wiring){
        .result = WIRING_WAITING,
        .bin = asked,
        .until_ms = kiosk->now_ms + WIRING_WAIT_MS,
    };
    memcpy(kiosk->wiring.before, kiosk->lids, sizeof kiosk->lids);
}

void technician_lid(struct step *step, const reading_t *reading)
{
    struct kiosk *kiosk = step->kiosk;
    if (!reading->has_value || reading->channel == 0 || reading->channel > HW_CHANNELS_MAX) {
        return;
    }
    struct lid_channel *lid = &kiosk->lids[reading->port][reading->channel];
    struct wiring *wiring = &kiosk->wiring;
    *lid = (struct lid_channel){.heard = true, .open = reading->lid_open};
    struct lid_channel *before = &wiring->before[reading->port][reading->channel];
    if (!is_checking(kiosk)) {
        return;
    }
    if (!before->heard) {
        *before = *lid; /* a channel that only now begins to speak has not moved */
        return;
    }
    if (before->open == lid->open) {
        return;
    }
    wiring->moved_port = reading->port;
    wiring->moved_channel = reading->channel;
    const struct site_channel *expected = &kiosk->site->bins[wiring->bin].lid;
    bool right = expected->port == reading->port && expected->channel == reading->channel;
    end_check(step, right ? WIRING_RIGHT : WIRING_OTHER);
}

void technician_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    if (orders_intent(step, intent)) {
        return;
    }
    switch (intent->kind) {
    case INTENT_WIRING:
        if (!is_checking(kiosk)) {
            begin_check(step, intent->argument);
        }
        break;
    case INTENT_CANCEL:
        if (kiosk->wiring.result != WIRING_OFF) {
            technician_leave(step);
            break;
        }
        service_leave(step);
        break;
    case INTENT_LEAVE:
        service_leave(step);
        break;
    default:
        break;
    }
}

void technician_leave(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    if (is_checking(kiosk)) {
        end_check(step, WIRING_OFF);
    }
    kiosk->wiring.result = WIRING_OFF;
    orders_leave(step);
}

void technician_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    if (is_checking(kiosk) && kiosk->now_ms >= kiosk->wiring.until_ms) {
        end_check(step, WIRING_NOTHING);
    }
    orders_watch(step);
}

int64_t technician_deadline(const struct kiosk *kiosk)
{
    return is_checking(kiosk) ? kiosk->wiring.until_ms : orders_deadline(kiosk);
}
