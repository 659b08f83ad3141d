/* Rows that correct a deposit told before: the rest of its bag has fallen, or it was none. The row
 * of the deposit stays; another one names it, which its own number has to be known for. Before the
 * ledger has given that, and once the person has taken it back, nothing is corrected. */
#include "kiosk/core/step.h"

#include <stddef.h>

static const struct figures_recent *find_deposit(const struct kiosk *kiosk, int index,
                                                 int64_t opened_ms)
{
    const struct figures_recent *deposit =
        figures_find(&kiosk->journal.figures, kiosk->site->bins[index].number, opened_ms);
    return deposit != NULL && !deposit->undone ? deposit : NULL;
}

void corrections_add(struct step *step, int index, const struct bin_decision *decision)
{
    struct kiosk *kiosk = step->kiosk;
    const struct figures_recent *deposit = find_deposit(kiosk, index, decision->opening.opened_ms);
    if (deposit == NULL) {
        deposits_adjust(step, index, decision);
        return;
    }
    struct visit *visit = visits_find(&kiosk->visits, deposit->visit);
    if (visit != NULL) {
        visit->grams += decision->weight_g;
    }
    struct kiosk_event event = {
        .kind = EVENT_ADDITION,
        .body.addition =
            {
                .visit = deposit->visit,
                .deposit_seq = deposit->seq,
                .bin = kiosk->site->bins[index].number,
                .change_g = decision->weight_g,
                .base_g = decision->base_g,
                .final_g = decision->final_g,
            },
    };
    step_record(step, &event);
}

void corrections_retract(struct step *step, int index, const struct bin_decision *removal)
{
    for (int i = 0; i < removal->retracted; i++) {
        const struct figures_recent *deposit =
            find_deposit(step->kiosk, index, removal->retracted_ms[i]);
        if (deposit != NULL) {
            undo_retract(step, deposit);
        }
    }
}

void corrections_stored(struct step *step, const struct kiosk_event *event)
{
    struct receipt *receipt = &step->kiosk->receipt;
    if (event->kind == EVENT_ADDITION && receipt->recorded &&
        event->body.addition.deposit_seq == receipt->seq) {
        receipt->deposit.weight_g += event->body.addition.change_g;
    }
}
