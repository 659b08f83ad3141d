/* Lids, choices and decisions: from what the bins say to deposits, visits and receipts. */
#include "kiosk/core/step.h"

#include <stddef.h>

/* ---- visits ---------------------------------------------------------------------------------- */

static void conclude_turn(struct step *step, enum waste_class class);

void deposits_record_visit(struct step *step, const struct visit *visit)
{
    struct kiosk_event event = {
        .kind = EVENT_VISIT,
        .body.visit =
            {
                .visit = visit->id,
                .started_ms = visit->started_ms,
                .deposits = visit->deposits,
                .grams = visit->grams,
                .near_misses = visit->near_misses,
            },
    };
    step_record(step, &event);
}

void deposits_end_visit(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct visit finished;
    if (visits_end(&kiosk->visits, &finished)) {
        deposits_record_visit(step, &finished);
    }
    kiosk->choosing = false;
    kiosk->receipt.shown = false;
}

static void opening_decided(struct step *step, const struct bin_opening *opening)
{
    struct visit finished;
    if (!opening->decided && visits_decided(&step->kiosk->visits, opening->visit, &finished)) {
        deposits_record_visit(step, &finished);
    }
}

/* ---- choices --------------------------------------------------------------------------------- */

static void record_declared(struct step *step, int64_t visit, int64_t seq, enum waste_class class)
{
    struct kiosk_event event = {
        .kind = EVENT_DECLARED,
        .body.declared = {.visit = visit, .deposit_seq = seq, .declared_after = class},
    };
    step_record(step, &event);
}

/* An answer names the row it belongs to: until that has a number, it waits beside it. */
static void declare(struct step *step, enum waste_class class)
{
    struct receipt *receipt = &step->kiosk->receipt;
    receipt->declared = true;
    receipt->declared_after = class;
    receipt->hide_ms = step->kiosk->now_ms + step->kiosk->site->timing.visit_idle_ms;
    if (receipt->recorded) {
        record_declared(step, receipt->deposit.visit, receipt->seq, class);
        return;
    }
    struct pending_event *pending = step_pending(step, receipt->token);
    if (pending != NULL) {
        pending->answered = true;
        pending->answer = class;
    }
}

void deposits_choose(struct step *step, enum waste_class class)
{
    struct kiosk *kiosk = step->kiosk;
    struct receipt *receipt = &kiosk->receipt;
    conclude_turn(step, class);
    bool asked = receipt->shown && receipt->deposit.outcome == OUTCOME_UNDECLARED &&
                 !receipt->declared && !receipt->undone;
    struct visit *visit = visits_touch(&kiosk->visits, kiosk->now_ms);
    visit->choice = class;
    visit->choice_unused = true;
    visit->choice_ms = kiosk->now_ms;
    visit->item[0] = '\0';
    visit->near_miss = false;
    kiosk->choosing = false;
    kiosk->search.shown = false;
    if (asked) {
        declare(step, class);
    } else {
        receipt->shown = false;
    }
    locks_open_class(step, class);
}

void deposits_choose_item(struct step *step, const struct item *item)
{
    deposits_choose(step, (enum waste_class)item->class);
    copy_text(step->kiosk->visits.current.item, ITEM_NAME_MAX, item->words[0].text);
}

void deposits_meant_it(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    int wrong = deposits_wrong_bin(kiosk);
    if (wrong >= 0) {
        struct visit *visit = visits_touch(&kiosk->visits, kiosk->now_ms);
        /* The opening stays judged by the choice that stood when it began; the new one is for the
         * next, and is kept as declared afterwards for this. */
        visit->choice = kiosk->bins[wrong].site->class;
        visit->choice_ms = kiosk->now_ms;
        visit->item[0] = '\0';
        visit->near_miss = false;
        kiosk->bins[wrong].opening.meant_it = true;
    }
}

/* ---- openings -------------------------------------------------------------------------------- */

/* The screen is the current visit's: a lid that somebody left open long ago must not hold it. */
static bool is_on_screen(const struct kiosk *kiosk, const struct bin *bin)
{
    return bin_is_busy(bin) && bin->opening.visit == kiosk->visits.current.id;
}

int deposits_wrong_bin(const struct kiosk *kiosk)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        if (is_on_screen(kiosk, bin) && bin->phase == BIN_OPEN &&
            bin_was_warned(bin, &bin->opening)) {
            return i;
        }
    }
    return -1;
}

int deposits_busy_bin(const struct kiosk *kiosk)
{
    int newest = -1;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        if (is_on_screen(kiosk, bin) &&
            (newest < 0 || bin->opening.opened_ms >= kiosk->bins[newest].opening.opened_ms)) {
            newest = i;
        }
    }
    return newest;
}

static void record_opening(struct step *step, const struct bin *bin, const struct visit *visit)
{
    struct kiosk_event event = {
        .kind = EVENT_OPENING,
        .body.opening =
            {
                .visit = bin->opening.visit,
                .bin = bin->site->number,
                .chosen = bin->opening.chosen,
                .near_miss = visit->near_miss,
                .has_base = bin->opening.has_base,
                .base_g = bin->opening.base_g,
            },
    };
    copy_text(event.body.opening.item, ITEM_NAME_MAX, bin->opening.item);
    step_record(step, &event);
}

static void judge_decision(struct step *step, int index, const struct bin_decision *decision);

static void begin_opening(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin *bin = &kiosk->bins[index];
    struct bin_decision earlier;
    if (bin_conclude_unseen(bin, kiosk->now_ms, WASTE_NONE, &earlier) ||
        bin_interrupt(bin, kiosk->now_ms, &earlier)) {
        judge_decision(step, index, &earlier);
    }
    struct visit *visit = visits_touch(&kiosk->visits, kiosk->now_ms);
    visit->openings++;
    visit->choice_unused = visit->choice_unused && visit->choice != bin->site->class;
    kiosk->receipt.shown = false;
    bin_open(bin, kiosk->now_ms, visit->id, visit->choice);
    bin->opening.choice_ms = visit->choice_ms;
    bin->opening.near_miss = visit->near_miss;
    bin->opening.near_miss_ms = visit->near_miss_ms;
    copy_text(bin->opening.item, ITEM_NAME_MAX, visit->item);
    record_opening(step, bin, visit);
    if (bin_is_wrong_lid(bin, &bin->opening)) {
        step_sound(step, SOUND_WRONG_LID);
    }
}

void deposits_lid(struct step *step, int index, const reading_t *reading)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin *bin = &kiosk->bins[index];
    const struct visit *visit = &kiosk->visits.current;
    bool same_turn = visit->id == bin->opening.visit && visit->choice == bin->opening.chosen;
    switch (bin_lid(bin, reading, same_turn)) {
    case LID_OPENED:
        begin_opening(step, index);
        break;
    case LID_CLOSED:
        bin_close(bin, kiosk->now_ms);
        if (kiosk->visits.current.id != 0 && kiosk->visits.current.id == bin->opening.visit) {
            visits_touch(&kiosk->visits, kiosk->now_ms);
        }
        break;
    case LID_SAME:
        break;
    }
}

void deposits_abandon(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin *bin = &kiosk->bins[index];
    if (!bin_is_busy(bin)) {
        return;
    }
    struct kiosk_event event = {
        .kind = EVENT_CLOSING,
        .body.closing = {.visit = bin->opening.visit, .bin = bin->site->number},
    };
    step_record(step, &event);
    opening_decided(step, &bin->opening);
}

/* ---- decisions ------------------------------------------------------------------------------- */

static enum outcome outcome_of(const struct bin *bin, const struct bin_decision *decision,
                               bool near_miss)
{
    const struct bin_opening *opening = &decision->opening;
    if (opening->interrupted) {
        return OUTCOME_INTERRUPTED;
    }
    if (decision->quality == QUALITY_NONE) {
        return OUTCOME_UNWEIGHED;
    }
    if (opening->chosen == WASTE_NONE) {
        return OUTCOME_UNDECLARED;
    }
    if (opening->chosen != bin->site->class) {
        return OUTCOME_WRONG_BIN;
    }
    return near_miss ? OUTCOME_CORRECTED : OUTCOME_CONSISTENT;
}

static struct event_deposit deposit_of(const struct kiosk *kiosk, int index,
                                       const struct bin_decision *decision, enum outcome outcome)
{
    const struct site_bin *bin = &kiosk->site->bins[index];
    bool weighed = decision->quality != QUALITY_NONE;
    struct event_deposit deposit = {
        .visit = decision->opening.visit,
        .bin = bin->number,
        .bin_class = bin->class,
        .chosen = decision->opening.chosen,
        .outcome = outcome,
        .quality = decision->quality,
        .weight_g = weighed ? decision->weight_g : 0,
        .has_base = decision->opening.has_base,
        .base_g = decision->opening.base_g,
        .final_g = weighed ? decision->final_g : 0,
        .spread_g = weighed ? decision->spread_g : 0,
        .opened_ms = decision->opening.opened_ms,
        .closed_ms = decision->opening.closed_ms,
    };
    copy_text(deposit.item, ITEM_NAME_MAX, decision->opening.item);
    if (bin->scale.port >= 0) {
        copy_text(deposit.scale, HW_PORT_NAME_MAX, kiosk->site->ports[bin->scale.port]);
    }
    return deposit;
}

static void show_receipt(struct step *step, int index, const struct event_deposit *deposit,
                         uint32_t token)
{
    struct kiosk *kiosk = step->kiosk;
    kiosk->receipt = (struct receipt){
        .shown = true,
        .hide_ms = kiosk->now_ms + kiosk->site->timing.visit_idle_ms,
        .token = token,
        .at = kiosk_moment(kiosk),
        .bin = index,
        .deposit = *deposit,
        .declared_after = WASTE_NONE,
    };
    step_sound(step, SOUND_RECEIPT);
}

/* Weight that came without a lid of its own: no lid sensor, a lid left open by a visit that had its
 * deposit, or that was over before anything fell. */
static bool has_no_lid(struct kiosk *kiosk, int index, const struct bin_decision *decision)
{
    const struct bin_opening *opening = &decision->opening;
    bool left_open = opening->decided || kiosk->bins[index].phase == BIN_OPEN;
    bool is_over = opening->visit == 0 || opening->visit != kiosk->visits.current.id;
    bool later = opening->decided ||
                 opening->gain_ms - opening->opened_ms > kiosk->site->timing.visit_idle_ms;
    bool foreign = left_open && is_over && later && !opening->interrupted && !decision->fell_late;
    bool is_gone = decision->fell_late && visits_find(&kiosk->visits, opening->visit) == NULL;
    return decision->verdict == BIN_STEP || foreign || is_gone;
}

/* The person at the kiosk, if any, is taken for who brought it: who stood there when it came, where
 * that was seen, even if they have left since. */
static void adopt(struct step *step, const struct bin_decision *decision,
                  struct bin_opening *opening)
{
    struct kiosk *kiosk = step->kiosk;
    if (decision->verdict != BIN_STEP) {
        opening_decided(step, opening);
    }
    /* Who opened the lid may have taken long to throw: nobody else was here since. */
    bool is_theirs =
        opening->visit != 0 && opening->visit + 1 == kiosk->visits.next_id && !opening->has_brought;
    /* A visit that was over and recorded before anything came to rest is followed by another. */
    struct visit *visit =
        decision->verdict == BIN_STEP ? visits_find(&kiosk->visits, opening->visit) : NULL;
    if (visit == NULL) {
        visit = visits_touch(&kiosk->visits, kiosk->now_ms);
    }
    visit->openings++;
    opening->visit = visit->id;
    if (decision->verdict != BIN_STEP && !decision->fell_late && !is_theirs) {
        opening->chosen = visit->choice;
        opening->choice_ms = visit->choice_ms;
        copy_text(opening->item, ITEM_NAME_MAX, visit->item);
    }
    opening->decided = false;
    opening->meant_it = false;
}

static void on_deposit(struct step *step, int index, struct bin_decision *decision)
{
    struct kiosk *kiosk = step->kiosk;
    if (has_no_lid(kiosk, index, decision)) {
        adopt(step, decision, &decision->opening);
    }
    struct visit *visit = visits_find(&kiosk->visits, decision->opening.visit);
    enum outcome outcome = outcome_of(&kiosk->bins[index], decision,
                                      near_miss_happened(kiosk, visit, &decision->opening));
    struct event_deposit deposit = deposit_of(kiosk, index, decision, outcome);
    struct kiosk_event event = {.kind = EVENT_DEPOSIT, .body.deposit = deposit};
    uint32_t token = step_record(step, &event);
    if (visit != NULL) {
        visit->choice_unused = false;
        visit->deposits++;
        visit->grams += deposit.weight_g;
        if (outcome == OUTCOME_CORRECTED) {
            near_miss_spend(kiosk, visit, &decision->opening);
        }
        visit->last_ms = kiosk->now_ms;
    }
    /* Nobody sees the receipt of another, or answers for it. */
    int64_t current = kiosk->visits.current.id;
    if (outcome != OUTCOME_INTERRUPTED && (current == 0 || current == deposit.visit)) {
        show_receipt(step, index, &deposit, token);
        if (decision->opening.meant_it) {
            declare(step, deposit.bin_class);
        }
    }
    opening_decided(step, &decision->opening);
}

static void on_no_gain(struct step *step, int index, const struct bin_decision *decision)
{
    struct kiosk *kiosk = step->kiosk;
    const struct bin *bin = &kiosk->bins[index];
    struct visit *visit = visits_find(&kiosk->visits, decision->opening.visit);
    bool wrong_lid = bin_was_warned(bin, &decision->opening);
    if (visit != NULL && wrong_lid) {
        visit->near_misses++;
        if (!decision->opening.is_spent) {
            near_miss_tell(kiosk, visit, &decision->opening);
        }
    }
    struct kiosk_event event = {
        .kind = EVENT_CLOSING,
        .body.closing =
            {
                .visit = decision->opening.visit,
                .bin = bin->site->number,
                .wrong_lid = wrong_lid,
                .change_g = decision->weight_g,
            },
    };
    step_record(step, &event);
    opening_decided(step, &decision->opening);
}

void deposits_adjust(struct step *step, int index, const struct bin_decision *decision)
{
    struct kiosk_event event = {
        .kind = EVENT_ADJUSTMENT,
        .body.adjustment =
            {
                .bin = step->kiosk->site->bins[index].number,
                .change_g = decision->weight_g,
                .base_g = decision->base_g,
                .final_g = decision->final_g,
                .cause = decision->cause,
                .peak_g = decision->peak_g,
            },
    };
    step_record(step, &event);
}

/* The scale hung, or the lid was stuck: the visit has counted what was told then, and nobody waits
 * for a receipt. */
static void tell_hindsight(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin_decision decision;
    while (bin_hindsight(&kiosk->bins[index], kiosk->visits.current.id, &decision)) {
        struct visit *visit = visits_find(&kiosk->visits, decision.opening.visit);
        /* Nobody had touched anything: it was a visit of its own. */
        struct visit own = {.started_ms = decision.opening.opened_ms};
        if (decision.opening.visit == 0) {
            decision.opening.visit = own.id = kiosk->visits.next_id++;
            visit = &own;
        }
        struct kiosk_event event = {.kind = EVENT_DEPOSIT,
                                    .body.deposit =
                                        deposit_of(kiosk, index, &decision, OUTCOME_UNWEIGHED)};
        step_record(step, &event);
        if (visit != NULL) {
            visit->deposits++;
        }
        if (own.id != 0) {
            deposits_record_visit(step, &own);
        }
    }
}

static void judge_decision(struct step *step, int index, const struct bin_decision *decision)
{
    struct bin_decision copy = *decision;
    tell_hindsight(step, index);
    switch (decision->verdict) {
    case BIN_GAIN:
    case BIN_UNKNOWN:
    case BIN_STEP:
        on_deposit(step, index, &copy);
        break;
    case BIN_NO_GAIN:
        on_no_gain(step, index, decision);
        break;
    case BIN_ADDITION:
        corrections_add(step, index, decision);
        break;
    case BIN_ADJUSTMENT:
        deposits_adjust(step, index, decision);
        corrections_retract(step, index, decision);
        break;
    }
}

void deposits_decide(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin *bin = &kiosk->bins[index];
    claims_watch(step, bin);
    struct bin_decision decision;
    while (bin_decide(bin, kiosk->now_ms, &decision)) {
        judge_decision(step, index, &decision);
    }
    tell_hindsight(step, index);
    claims_settle(step, bin);
}

/* Somebody chooses a class: what rests under its open lid was brought before, and so was what rests
 * anywhere under a lid that tells nothing. */
static void conclude_turn(struct step *step, enum waste_class class)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin *bin = &kiosk->bins[i];
        struct bin_decision decision;
        bool is_next = bin->site->class == class;
        if ((is_next && bin_conclude(bin, kiosk->now_ms, &decision)) ||
            bin_conclude_unseen(bin, kiosk->now_ms, class, &decision)) {
            judge_decision(step, i, &decision);
        }
    }
}

void deposits_close_books(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin *bin = &kiosk->bins[i];
        struct bin_decision decision;
        if (bin->has_base && bin_rebook(bin, kiosk->now_ms, bin->base_g, &decision)) {
            deposits_adjust(step, i, &decision);
        }
    }
}

void deposits_stored(struct step *step, const struct pending_event *pending, int64_t seq)
{
    struct receipt *receipt = &step->kiosk->receipt;
    if (receipt->token == pending->token) {
        receipt->token = 0;
        receipt->recorded = true;
        receipt->seq = seq;
    }
    if (pending->answered) {
        record_declared(step, pending->event.body.deposit.visit, seq, pending->answer);
    }
}
