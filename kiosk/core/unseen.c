/* What came or went at a bin without an opening of its lid: leaning, drift, bags under lids that
 * are missing or lie, bags that fall late, bins that are taken away. */
#include "kiosk/core/decide.h"

#include <string.h>

enum {
    /* Below an empty bin by so much, there is no bin. */
    TAKEN_AWAY_G = 2000
};

static bool lid_says_nothing(const struct bin *bin, int64_t now_ms)
{
    return bin->phase == BIN_OPEN || bin->lid_doubtful || bin_lid_state(bin, now_ms) != SENSOR_OK;
}

static bool moves_unwatched(const struct bin *bin)
{
    return bin->phase == BIN_RESTING || (bin->phase == BIN_OPEN && bin->opening.decided);
}

bool bin_leaves(const struct bin *bin, int64_t now_ms)
{
    return moves_unwatched(bin) && bin->lean.since_ms == now_ms;
}

void bin_claimed(struct bin *bin, const struct bin_claim *claim)
{
    bin->claim = *claim;
    bin->claim.since_ms = bin->lean.since_ms;
    bin->claim.first_g = bin->grams;
    bin->claim.stood_ms = bin->frozen.stood_ms;
}

void bin_present(struct bin *bin, int64_t visit)
{
    bin->claim.present = visit != 0 && visit == bin->claim.visit;
}

bool bin_claim_is_over(const struct bin *bin)
{
    return !moves_unwatched(bin) || bin->claim.since_ms != bin->lean.since_ms ||
           bin->lean.since_ms == BIN_NEVER;
}

/* Whose movement this is. */
static struct bin_claim claim_of(const struct bin *bin)
{
    bool is_this = bin->lean.since_ms != BIN_NEVER && bin->claim.since_ms == bin->lean.since_ms;
    return is_this ? bin->claim : (struct bin_claim){.chosen = WASTE_NONE};
}

bool bin_moves_unseen(const struct bin *bin, int64_t now_ms)
{
    return moves_unwatched(bin) && bin->away.since_ms == now_ms && bin->away.grams > bin->base_g &&
           (claim_of(bin).expected || lid_says_nothing(bin, now_ms));
}

/* When what rests off the base began to move there. */
static int64_t left_ms(const struct bin *bin)
{
    bool is_known = bin->lean.since_ms != BIN_NEVER && bin->lean.since_ms < bin->away.since_ms;
    return is_known ? bin->lean.since_ms : bin->away.since_ms;
}

/* A bag that hung on the rim, of an opening that had brought nothing or the rest of it. */
static bool falls_late(const struct bin *bin)
{
    bool is_likely = bin->late.has_brought || bin->late.chosen == bin->site->class;
    return bin->late.closed_ms != BIN_NEVER && bin->away.since_ms != BIN_NEVER &&
           left_ms(bin) - bin->late.closed_ms <= (is_likely ? BIN_LATE_MS : BIN_LATE_OTHER_MS);
}

/* Nobody else is here, nor has the same person chosen this class again: it is of the bag that was
 * told. */
static bool completes(const struct bin *bin, const struct bin_claim *claim)
{
    bool is_theirs = claim->visit == 0 || claim->visit == bin->late.visit;
    return falls_late(bin) && bin->late.has_brought && is_theirs && !claim->expected &&
           bin->phase == BIN_RESTING;
}

static bool falls_whole(const struct bin *bin)
{
    return falls_late(bin) && !bin->late.has_brought;
}

/* No bag comes to rest within one reading: a scale that hung shows what came meanwhile. */
static bool came_at_once(const struct bin *bin, const struct bin_claim *claim,
                         const struct bin_decision *decision)
{
    const struct settle_terms *terms = &bin->learn.terms;
    int32_t alike_g = 2 * terms->division_g + 3 * terms->noise_mg / 1000;
    return claim->stood_ms != 0 && decide_distance(claim->first_g, decision->final_g) <= alike_g;
}

/* What else a gain may be that nobody brought: laid on the lid, thrown in under a lid that is
 * stuck, or swallowed before by a scale that hung. */
static void doubt_gain(struct bin *bin, const struct bin_claim *claim,
                       const struct bin_decision *decision)
{
    bin->laid_g = decision->weight_g;
    hindsight_hidden(bin, &decision->opening);
    if (came_at_once(bin, claim, decision)) {
        hindsight_thawed(bin, claim->stood_ms);
    }
}

static void leave_base(struct bin *bin)
{
    old_bases_leave(&bin->old, bin->base_ms, bin->base_g);
}

static void keep_step(struct bin *bin, int64_t now_ms, const struct bin_decision *decision)
{
    const struct old_step step = {
        .told_ms = now_ms,
        .opened_ms = decision->opening.opened_ms,
        .is_chosen = decision->opening.chosen == bin->site->class,
    };
    leave_base(bin);
    old_bases_step(&bin->old, &step);
}

/* How near it is to where it was before, to have come back there from a change of so much: nearer
 * than to where it went, and what hangs on a hand is not let go without a trace. */
static int32_t nearness(const struct bin *bin, int32_t change_g)
{
    int32_t moved_g = decide_distance(change_g, 0);
    int32_t near_g = bin_min_deposit(bin) + moved_g / 32;
    return near_g < moved_g / 2 ? near_g : moved_g / 2;
}

/* Back to where the weight had been before: somebody had leaned on the bin, or pulled at it, since
 * `left_ms`. */
static bool comes_back(struct bin *bin, int64_t now_ms, const struct bin_decision *decision,
                       int64_t *left_ms)
{
    return old_bases_return(&bin->old, now_ms, decision->final_g, nearness(bin, decision->weight_g),
                            left_ms);
}

/* What was told as a step since then was none. */
static void retract_steps(struct bin *bin, int64_t left_ms, struct bin_decision *decision)
{
    decision->retracted = old_bases_retract(&bin->old, left_ms, decision->retracted_ms);
}

/* From below zero to nothing: the zero key, pressed too near to it to be seen at once. */
static bool is_zeroed(const struct bin *bin, const struct bin_decision *decision)
{
    return decide_distance(decision->final_g, 0) <= bin->learn.terms.division_g;
}

/* There are two witnesses for a bag: a choice, and a lid that cannot deny it. Where not both speak,
 * weight that is easily explained is none. */
static bool is_no_bag(struct bin *bin, int64_t now_ms, bool chosen, bool blind,
                      struct bin_decision *decision)
{
    int64_t left_ms;
    bool is_back = comes_back(bin, now_ms, decision, &left_ms);
    if (chosen && blind) {
        return false;
    }
    if (is_back) {
        retract_steps(bin, left_ms, decision);
    }
    return is_back || (blind && is_zeroed(bin, decision));
}

/* Weight that came without an opening, and is of none before. */
static void explain_step(struct bin *bin, int64_t now_ms, const struct bin_claim *claim,
                         struct bin_decision *decision)
{
    bool expected = claim->expected && bin->phase == BIN_RESTING;
    bool blind = lid_says_nothing(bin, now_ms);
    decision->verdict = blind || expected ? BIN_STEP : BIN_ADJUSTMENT;
    decision->cause = ADJUST_GAIN;
    bin->laid_g = 0;
    if (is_no_bag(bin, now_ms, claim->expected, blind, decision)) {
        decision->verdict = BIN_ADJUSTMENT;
    } else if (decision->verdict == BIN_ADJUSTMENT) {
        leave_base(bin);
        doubt_gain(bin, claim, decision);
    } else {
        keep_step(bin, now_ms, decision);
    }
    /* Only a person's choice is witness against a lid: leaning and swaps have none. */
    bin->lid_doubtful = bin->lid_doubtful || (!blind && expected);
}

static void explain_gain(struct bin *bin, int64_t now_ms, const struct bin_claim *claim,
                         struct bin_decision *decision)
{
    if (decide_is_put_back(bin, now_ms, decision->weight_g)) {
        decision->verdict = BIN_ADJUSTMENT;
        decision->cause = ADJUST_SWAPPED;
        bin->taken_away_ms = BIN_NEVER;
        return;
    }
    if (completes(bin, claim)) {
        decision->verdict = BIN_ADDITION;
        decision->cause = ADJUST_GAIN;
        decision->opening = bin->late;
        bin->laid_g = decision->weight_g;
        return;
    }
    if (falls_whole(bin)) {
        int32_t base_g = decision->opening.base_g;
        decision->verdict = BIN_GAIN;
        decision->fell_late = true;
        decision->opening = bin->late;
        decision->opening.base_g = base_g;
        decision->opening.gain_ms = bin->away.since_ms;
        keep_step(bin, now_ms, decision);
        return;
    }
    explain_step(bin, now_ms, claim, decision);
}

static void explain_removal(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    decision->verdict = BIN_ADJUSTMENT;
    decision->cause = ADJUST_REMOVAL;
    int64_t left_ms;
    if (comes_back(bin, now_ms, decision, &left_ms)) {
        retract_steps(bin, left_ms, decision); /* what had come with one may come again */
    } else {
        leave_base(bin);
    }
    bin->laid_g = 0;
    hindsight_unhide(bin);
    /* What is taken away weighs something, whatever the scale calls zero. */
    if (decision->final_g < bin->site->tare_g - TAKEN_AWAY_G &&
        decision->weight_g <= -TAKEN_AWAY_G) {
        bin->taken_away_ms = now_ms;
    }
}

/* Nobody else waits for it: it is told as soon as it is known. */
static int32_t chosen_wait(const struct bin *bin, int64_t now_ms)
{
    const settled_t weight = bin_settled(bin, now_ms, BIN_NEVER);
    bool is_known = weight.settled && weight.doubt_g <= bin->learn.terms.division_g;
    return is_known ? 0 : BIN_STEP_CHOSEN_MS;
}

/* A lid that only fell silent may speak again when it moves: somebody who leans on the bin must not
 * become a deposit meanwhile. */
static int32_t resting_wait(const struct bin *bin, int64_t now_ms)
{
    struct bin_claim claim = claim_of(bin);
    enum sensor_state lid = bin_lid_state(bin, now_ms);
    bool is_missing = lid == SENSOR_NONE || lid == SENSOR_LOST || lid == SENSOR_ERROR ||
                      bin->lid_doubtful || bin->phase == BIN_OPEN || falls_whole(bin);
    bool is_chosen = claim.expected && bin->away.grams > bin->base_g;
    if (is_chosen && (is_missing || lid != SENSOR_OK)) {
        return chosen_wait(bin, now_ms);
    }
    if (is_missing) {
        return BIN_STEP_MS;
    }
    return !is_chosen ? BIN_ADJUST_MS : claim.present ? INT32_MAX : BIN_BELIEVE_MS;
}

static struct bin_opening unseen_opening(const struct bin *bin, const struct bin_claim *claim,
                                         int64_t rested_ms)
{
    struct bin_opening opening = {
        .visit = claim->visit,
        .chosen = claim->chosen,
        .choice_ms = claim->choice_ms,
        .opened_ms = bin->base_ms,
        .closed_ms = rested_ms,
        .first_closed_ms = rested_ms,
        .gain_ms = rested_ms,
        .has_base = true,
        .base_g = bin->base_g,
    };
    memcpy(opening.item, claim->item, sizeof opening.item);
    return opening;
}

/* The weight has come to rest off the base, as `weight` says, since `rested_ms`; it is of `claim`.
 */
static void tell_unseen(struct bin *bin, int64_t now_ms, const struct bin_claim *claim,
                        int64_t rested_ms, const settled_t *weight, struct bin_decision *decision)
{
    *decision = (struct bin_decision){
        .opening = unseen_opening(bin, claim, rested_ms),
        .quality = QUALITY_SETTLED,
        .weight_g = weight->grams - bin->base_g,
        .base_g = bin->base_g,
        .final_g = weight->grams,
        .spread_g = weight->spread_g,
    };
    if (decision->weight_g > 0) {
        explain_gain(bin, now_ms, claim, decision);
    } else {
        explain_removal(bin, now_ms, decision);
    }
    bin->booked_g += decision->weight_g;
    bin->late.closed_ms = BIN_NEVER;
}

/* A second bag fell on the first before that was told: each is told, now that both stay. But who
 * pulled and lets go in two parts has brought neither. */
static bool decide_passed(struct bin *bin, int64_t now_ms, int32_t final_g,
                          struct bin_decision *decision)
{
    int32_t near_g = nearness(bin, final_g - bin->base_g);
    bool is_back = old_bases_has(&bin->old, now_ms, final_g, near_g);
    const struct bin_away passed = bin->passed;
    const struct bin_claim *claim = &bin->passed_claim;
    bin->passed.since_ms = BIN_NEVER;
    bool is_bag = claim->expected || (lid_says_nothing(bin, now_ms) && !is_back);
    if (passed.since_ms == BIN_NEVER || !is_bag) {
        return false;
    }
    const settled_t weight = {.settled = true, .has_estimate = true, .grams = passed.grams};
    tell_unseen(bin, now_ms, claim, passed.since_ms, &weight, decision);
    bin->base_g = passed.grams;
    bin->base_ms = passed.until_ms;
    return true;
}

static bool decide_away(struct bin *bin, int64_t now_ms, int32_t wait_ms,
                        struct bin_decision *decision)
{
    if (bin->away.since_ms == BIN_NEVER || now_ms - bin->away.since_ms < wait_ms) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, BIN_NEVER);
    int32_t least_g = bin_min_deposit(bin);
    bool stays = decide_distance(weight.grams, bin->away.grams) < least_g &&
                 decide_distance(bin->grams, bin->away.grams) < least_g;
    if (!weight.settled || !stays) {
        return false;
    }
    if (decide_passed(bin, now_ms, weight.grams, decision)) {
        return true;
    }
    bin_average(bin, bin->away.since_ms, &weight);
    const struct bin_claim claim = claim_of(bin);
    tell_unseen(bin, now_ms, &claim, bin->away.since_ms, &weight, decision);
    bin_rest_at(bin, weight.grams, now_ms);
    return true;
}

bool bin_conclude_unseen(struct bin *bin, int64_t now_ms, enum waste_class next,
                         struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    if (!moves_unwatched(bin) || bin->away.since_ms == BIN_NEVER ||
        bin->away.grams <= bin->base_g) {
        return false;
    }
    /* Who chooses the same class again has thrown that bag, whatever the lid says; who chooses
     * another may have it on the lid still. */
    struct bin_claim claim = claim_of(bin);
    bool is_thrown = claim.expected && claim.chosen == next;
    if (!is_thrown && !falls_late(bin) && !lid_says_nothing(bin, now_ms)) {
        return false;
    }
    bool is_soon = is_thrown || resting_wait(bin, now_ms) <= BIN_STEP_MS;
    int32_t wait_ms = is_soon ? BIN_STEP_NEXT_MS : BIN_STEP_MS;
    return decide_away(bin, now_ms, wait_ms, decision);
}

/* The base crept, or came to light again after an opening that nobody could weigh; or who leaned
 * went so slowly, or from so coarse a scale, that the base went along. */
static bool decide_drift(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    if (!bin->has_base || !bin->has_booked) {
        return false;
    }
    int32_t change = bin->base_g - bin->booked_g;
    bool was_unseen = bin->unseen;
    bool is_back =
        change < 0 && old_bases_explain(&bin->old, now_ms, bin->base_g, nearness(bin, change));
    bin->unseen = false;
    if (!decide_matters(bin, change) && !is_back) {
        return false;
    }
    enum adjust_cause cause = !was_unseen  ? ADJUST_DRIFT
                              : change > 0 ? ADJUST_GAIN
                                           : ADJUST_REMOVAL;
    decide_adjust(bin, cause, bin->booked_g, bin->base_g, decision);
    int64_t left_ms;
    if (is_back && comes_back(bin, now_ms, decision, &left_ms)) {
        retract_steps(bin, left_ms, decision);
    }
    return true;
}

static bool decide_lean(struct bin *bin, struct bin_decision *decision)
{
    if (!bin->lean_ended) {
        return false;
    }
    bin->lean_ended = false;
    decide_adjust(bin, ADJUST_LEANING, bin->base_g, bin->base_g, decision);
    decision->peak_g = bin->lean.peak_g;
    return true;
}

bool decide_unseen(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    return decide_lean(bin, decision) || decide_drift(bin, now_ms, decision) ||
           decide_away(bin, now_ms, resting_wait(bin, now_ms), decision);
}
