/* Taking back: for a few seconds after the receipt the person may say that it was no deposit, or
 * not the one that was chosen; and where nothing but the weight told of it, it is none when that
 * goes again. The row stays; another one names it. */
#include "kiosk/core/step.h"

#include <stddef.h>

int64_t undo_until(const struct kiosk *kiosk)
{
    const struct receipt *receipt = &kiosk->receipt;
    return receipt->shown && !receipt->undone ? receipt->at.t_ms + kiosk->site->timing.undo_ms
                                              : INT64_MIN;
}

static void record_undone(struct step *step, int64_t visit, int64_t seq)
{
    struct kiosk_event event = {
        .kind = EVENT_UNDONE,
        .body.undone = {.visit = visit, .deposit_seq = seq},
    };
    step_record(step, &event);
}

/* What was deposited in this visit so far is said on the screen: without this one. */
static void leave_visit(struct step *step, int64_t id, int32_t grams)
{
    struct visit *visit = visits_find(&step->kiosk->visits, id);
    if (visit != NULL) {
        visit->deposits--;
        visit->grams -= grams;
    }
}

void undo_retract(struct step *step, const struct figures_recent *deposit)
{
    struct receipt *receipt = &step->kiosk->receipt;
    if (receipt->recorded && receipt->seq == deposit->seq) {
        receipt->shown = false;
    }
    leave_visit(step, deposit->visit, (int32_t)deposit->sum.grams);
    record_undone(step, deposit->visit, deposit->seq);
}

void undo_intent(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct receipt *receipt = &kiosk->receipt;
    if (kiosk->now_ms >= undo_until(kiosk)) {
        return;
    }
    receipt->undone = true;
    receipt->hide_ms = kiosk->now_ms + kiosk->site->timing.visit_idle_ms;
    leave_visit(step, receipt->deposit.visit, receipt->deposit.weight_g);
    if (kiosk->visits.current.id != 0) {
        visits_touch(&kiosk->visits, kiosk->now_ms);
    }
    if (receipt->recorded) {
        record_undone(step, receipt->deposit.visit, receipt->seq);
        return;
    }
    /* It names a row that has no number yet: until then it waits beside it. */
    struct pending_event *pending = step_pending(step, receipt->token);
    if (pending != NULL) {
        pending->undone = true;
    }
}

void undo_stored(struct step *step, const struct pending_event *pending, int64_t seq)
{
    if (pending->undone) {
        record_undone(step, pending->event.body.deposit.visit, seq);
    }
}
