/* Taking back: for a few seconds after the receipt the person may say that it was no deposit, or
 * not the one that was chosen. The row stays; another one names it. */
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
static void leave_visit(struct step *step, const struct event_deposit *deposit)
{
    struct visits *visits = &step->kiosk->visits;
    struct visit *visit = visits_find(visits, deposit->visit);
    if (visit != NULL) {
        visit->deposits--;
        visit->grams -= deposit->weight_g;
    }
    if (visits->current.id != 0) {
        visits_touch(visits, step->kiosk->now_ms);
    }
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
    leave_visit(step, &receipt->deposit);
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
