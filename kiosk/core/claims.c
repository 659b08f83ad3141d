/* Whose an unseen movement is. Where a lid is missing or lies, the choice that counts is the one
 * that stood when the weight came, not the one of whoever stands there when it is decided. */
#include "kiosk/core/step.h"

/* The visit of a movement that is over, or about which nothing can be said, waits no more. */
static void release_claim(struct step *step, struct bin_claim *claim)
{
    struct visit finished;
    if (claim->holds && visits_release(&step->kiosk->visits, claim->visit, &finished)) {
        deposits_record_visit(step, &finished);
    }
    claim->holds = false;
}

static void claim_movement(struct step *step, struct bin *bin)
{
    const struct visit *visit = &step->kiosk->visits.current;
    struct bin_claim claim = {.chosen = WASTE_NONE};
    release_claim(step, &bin->claim);
    if (visit->id != 0) {
        claim.visit = visit->id;
        claim.chosen = visit->choice;
        claim.choice_ms = visit->choice_ms;
        claim.expected = visit->choice_unused && visit->choice == bin->site->class;
        copy_text(claim.item, ITEM_NAME_MAX, visit->item);
    }
    bin_claimed(bin, &claim);
}

/* What came to rest may be the bag of who stood here. */
static void hold_visit(struct step *step, struct bin *bin)
{
    struct visits *visits = &step->kiosk->visits;
    if (visits->current.id != 0) {
        visits_touch(visits, step->kiosk->now_ms);
    }
    bin->claim.holds =
        bin->claim.holds || (bin->claim.visit != 0 && visits_hold(visits, bin->claim.visit));
}

void claims_watch(struct step *step, struct bin *bin)
{
    const struct kiosk *kiosk = step->kiosk;
    if (bin_leaves(bin, kiosk->now_ms)) {
        claim_movement(step, bin);
    }
    bin_present(bin, kiosk->visits.current.id);
    if (bin_moves_unseen(bin, kiosk->now_ms)) {
        hold_visit(step, bin);
    }
}

void claims_settle(struct step *step, struct bin *bin)
{
    if (bin_claim_is_over(bin)) {
        release_claim(step, &bin->claim);
    }
    if (bin->passed.since_ms == BIN_NEVER) {
        release_claim(step, &bin->passed_claim);
    }
}
