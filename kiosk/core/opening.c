/* Decisions about a bin: what an opening of its lid brought. */
#include "kiosk/core/decide.h"
#include "kiosk/core/visit.h"

bool bin_is_wrong_lid(const struct bin *bin, const struct bin_opening *opening)
{
    return opening->chosen != WASTE_NONE && opening->chosen != bin->site->class;
}

bool bin_was_warned(const struct bin *bin, const struct bin_opening *opening)
{
    return bin_is_wrong_lid(bin, opening) && !opening->meant_it;
}

bool bin_same_choice(const struct bin_opening *a, const struct bin_opening *b)
{
    return a->visit == b->visit && a->chosen == b->chosen && a->choice_ms == b->choice_ms;
}

bool bin_rebook(struct bin *bin, int64_t now_ms, int32_t grams, struct bin_decision *decision)
{
    if (!bin->has_booked || bin->booked_g == grams) {
        bin_rest_at(bin, grams, now_ms);
        return false;
    }
    int32_t change = grams - bin->booked_g;
    enum adjust_cause cause = !decide_matters(bin, change) ? ADJUST_DRIFT
                              : change > 0                 ? ADJUST_GAIN
                                                           : ADJUST_REMOVAL;
    decide_adjust(bin, cause, bin->booked_g, grams, decision);
    bin_rest_at(bin, grams, now_ms);
    return true;
}

/* ---- the end of an opening ------------------------------------------------------------------- */

/* Nobody throws a bag through a lid that only rattles. */
static bool has_rattled(const struct bin_opening *opening)
{
    return opening->closed_ms - opening->opened_ms < BIN_RATTLE_MS && !opening->interrupted;
}

static void judge(const struct bin *bin, const settled_t *weight, struct bin_decision *decision)
{
    decision->opening = bin->opening;
    decision->spread_g = weight->spread_g;
    decision->base_g = bin->opening.base_g;
    decision->final_g = weight->grams;
    if (!weight->has_estimate || !bin->opening.has_base) {
        decision->verdict = has_rattled(&bin->opening) ? BIN_NO_GAIN : BIN_UNKNOWN;
        decision->quality = QUALITY_NONE;
        return;
    }
    decision->quality = weight->settled ? QUALITY_SETTLED : QUALITY_UNSETTLED;
    decision->weight_g = weight->grams - bin->opening.base_g;
    bool is_bin = decide_is_put_back(bin, decision->opening.opened_ms, decision->weight_g) &&
                  decision->opening.chosen != bin->site->class;
    bool is_gain = decision->weight_g >= bin_min_deposit(bin) && !is_bin;
    decision->verdict = is_gain ? BIN_GAIN : BIN_NO_GAIN;
}

static void begin_proof(struct bin *bin, const settled_t *weight, int64_t now_ms)
{
    bin->proof_ms = weight->settled ? now_ms + LEARN_PROOF_MS : BIN_NEVER;
    bin->proof_g = weight->grams;
}

static void remember_late(struct bin *bin, const struct bin_decision *decision)
{
    const struct bin_opening *opening = &decision->opening;
    bool brought = decision->verdict == BIN_GAIN;
    bool was_thrown_into = decision->verdict == BIN_NO_GAIN && !opening->decided &&
                           decision->weight_g > -bin_min_deposit(bin) &&
                           opening->closed_ms - opening->opened_ms >= BIN_THROW_MS;
    bin->late.closed_ms = BIN_NEVER;
    if ((brought || was_thrown_into) && !opening->interrupted) {
        bin->late = *opening;
        bin->late.decided = true;
        bin->late.has_brought = brought;
    }
}

/* What the bin knows from here on. */
static void rest_after(struct bin *bin, int64_t now_ms, const settled_t *weight)
{
    if (bin->opening.blind) {
        /* Against the old base, all that came while it was frozen shows once it lives again. */
        bin_forget_away(bin);
    } else if (weight->has_estimate) {
        bin_rest_at(bin, weight->grams, now_ms);
    } else {
        bin->has_base = false;
        bin->unseen = true;
    }
}

/* The scale may turn out to be frozen, and its weight to be none. */
static void doubt_answer(struct bin *bin, int64_t now_ms, settled_t *weight)
{
    struct bin_opening *opening = &bin->opening;
    bool unanswered = weight->has_estimate && !opening->interrupted &&
                      frozen_opening(&bin->frozen, now_ms, opening->opened_ms, opening->closed_ms);
    if (unanswered && bin->frozen.frozen && !opening->decided) {
        opening->blind = true;
        opening->has_base = false;
        *weight = (settled_t){0};
    } else if (unanswered) {
        hindsight_unanswered(bin);
    }
}

static bool decide_opening(struct bin *bin, int64_t now_ms, settled_t *weight,
                           struct bin_decision *decision)
{
    doubt_answer(bin, now_ms, weight);
    judge(bin, weight, decision);
    bin->phase = BIN_RESTING;
    begin_proof(bin, weight, now_ms);
    remember_late(bin, decision);
    bool was_decided = bin->opening.decided;
    bool known = decision->quality != QUALITY_NONE;
    if (was_decided && decision->verdict != BIN_GAIN) {
        /* What was said once is not said again: after its deposit, an opening speaks only of what
         * came or went since. */
        decision->verdict = BIN_ADJUSTMENT;
        decision->cause = decision->weight_g < 0 ? ADJUST_REMOVAL : ADJUST_GAIN;
        known = known && decide_matters(bin, decision->weight_g);
    }
    if (known) {
        bin->booked_g += decision->weight_g;
    }
    if (decision->weight_g >= DECIDE_SWAP_LEAST_G) {
        bin->taken_away_ms = BIN_NEVER;
    }
    bin->laid_g = 0;
    rest_after(bin, now_ms, weight);
    return known || !was_decided;
}

/* After a power cut the scale may take a while to start, too. */
static int32_t silence_limit(const struct bin *bin)
{
    return bin->opening.interrupted ? bin->timing->settle_limit_ms : bin->timing->reading_age_ms;
}

/* The weight had left the base before the lid opened, and is still where it had gone. */
static bool stays_away(const struct bin *bin, int32_t grams)
{
    const struct bin_opening *opening = &bin->opening;
    if (!opening->was_away || opening->came_back || !opening->has_base) {
        return false;
    }
    return opening->away_g < opening->base_g || grams > opening->away_g - bin_min_deposit(bin);
}

/* What had rested for longer than people wait before the lid opened is no part of what came through
 * it. Where it had not, or was laid there by who then opened the lid, the opening keeps it. */
static bool decide_brought_before(struct bin *bin, struct bin_decision *decision)
{
    struct bin_opening *opening = &bin->opening;
    opening->was_away = false;
    bool was_laid = opening->is_theirs && opening->away_g > opening->base_g;
    if (opening->away_ms < BIN_AWAIT_MS || was_laid) {
        return false;
    }
    enum adjust_cause cause = opening->away_g > opening->base_g ? ADJUST_GAIN : ADJUST_REMOVAL;
    decide_adjust(bin, cause, opening->base_g, opening->away_g, decision);
    bin->base_g = opening->base_g = opening->away_g;
    return true;
}

static bool decide_weighing(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    struct bin_opening *opening = &bin->opening;
    settled_t weight = bin_settled(bin, now_ms, opening->closed_ms);
    int64_t waited_ms = now_ms - opening->closed_ms;
    bool silent = bin_scale_state(bin, now_ms) != SENSOR_OK && waited_ms > silence_limit(bin);
    bool late = waited_ms >= bin->timing->settle_limit_ms;
    if (opening->interrupted && !late && bin_lid_state(bin, now_ms) == SENSOR_WAITING) {
        return false; /* its lid may still be open */
    }
    if (!weight.settled && !silent && !late) {
        return false;
    }
    if (weight.settled) {
        bin_average(bin, opening->opened_ms, &weight);
    } else {
        weight = bin_estimate(bin, now_ms, opening->closed_ms);
        /* A doubt as large as the change could hide a bag, or feign one: nothing is known, but
         * where both together are less than a deposit. */
        int32_t change_g = decide_distance(weight.grams, opening->base_g);
        bool is_clear =
            weight.doubt_g < change_g || weight.doubt_g + change_g < bin_min_deposit(bin);
        weight.has_estimate = weight.has_estimate && is_clear;
    }
    if (weight.has_estimate && stays_away(bin, weight.grams)) {
        if (!late && waited_ms < BIN_AWAIT_MS) {
            return false; /* who leans may yet go */
        }
        if (decide_brought_before(bin, decision)) {
            return true;
        }
    }
    return decide_opening(bin, now_ms, &weight, decision);
}

/* ---- an open lid ----------------------------------------------------------------------------- */

/* What was laid on the lid was no part of the bin, and is in a hand now. */
static bool decide_lifted(struct bin *bin, struct bin_decision *decision)
{
    struct bin_opening *opening = &bin->opening;
    if (!opening->lifted) {
        return false;
    }
    opening->lifted = false;
    opening->was_away = false;
    int32_t before_g = opening->base_g;
    bin->base_g = opening->base_g = before_g - bin->laid_g;
    bin->laid_g = 0;
    bin->rest_since_ms = BIN_NEVER;
    bin->gained = false;
    decide_adjust(bin, ADJUST_REMOVAL, before_g, opening->base_g, decision);
    return true;
}

/* `vain_ms`: an opening that brought nothing for so long is over. */
static bool decide_open(struct bin *bin, int64_t now_ms, int64_t rest_ms, int64_t vain_ms,
                        struct bin_decision *decision)
{
    bool rested = bin->rest_since_ms != BIN_NEVER && now_ms - bin->rest_since_ms >= rest_ms;
    if (!rested || !bin->opening.has_base) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, bin->opening.opened_ms);
    if (!weight.settled) {
        return false; /* the scale went away since */
    }
    bin_average(bin, bin->opening.opened_ms, &weight);
    if (stays_away(bin, weight.grams) && decide_brought_before(bin, decision)) {
        return true;
    }
    judge(bin, &weight, decision);
    /* Where next to nothing came, the lid's closing decides; but nobody holds it for ever. */
    bool is_over = now_ms - bin->opening.opened_ms >= vain_ms;
    if (decision->verdict != BIN_GAIN && !is_over) {
        return false;
    }
    decision->opening.closed_ms = now_ms;
    bin->booked_g += decision->weight_g;
    bin->opening.decided = true;
    bin->opening.has_brought = decision->verdict == BIN_GAIN;
    bin->opening.was_away = false;
    bin->rest_since_ms = BIN_NEVER;
    bin_rest_at(bin, weight.grams, now_ms);
    return true;
}

bool bin_conclude(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    return bin->phase == BIN_OPEN && !bin->opening.decided &&
           decide_open(bin, now_ms, BIN_CONCLUDE_MS, BIN_VAIN_MS, decision);
}

/* ---- the zero key ---------------------------------------------------------------------------- */

/* Who leaned on a bin that weighs nothing. */
static bool lets_go(const struct bin *bin, int64_t now_ms)
{
    return bin->zero.by_hand &&
           old_bases_explain(&bin->old, now_ms, bin->grams, bin_min_deposit(bin));
}

static bool decide_zero(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    if (!bin->zero.confirmed) {
        return false;
    }
    int32_t shift_g = bin->zero.from_g;
    bool is_hand = lets_go(bin, now_ms);
    bin->zero = (struct bin_zero){0};
    if (bin->phase == BIN_SERVICE || !bin->has_base || is_hand) {
        return false;
    }
    /* All levels move together; nothing came and nothing went. */
    decide_adjust(bin, ADJUST_ZEROED, shift_g, 0, decision);
    bin->base_g -= shift_g;
    bin->opening.base_g -= shift_g;
    bin->opening.away_g -= shift_g;
    old_bases_shift(&bin->old, shift_g);
    bin_forget_away(bin);
    bin->lean.since_ms = BIN_NEVER;
    bin->rest_since_ms = BIN_NEVER;
    bin->proof_ms = BIN_NEVER;
    settle_reset(&bin->settle);
    return true;
}

/* ---- all of them ----------------------------------------------------------------------------- */

bool bin_decide(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    if (decide_zero(bin, now_ms, decision)) {
        return true;
    }
    switch (bin->phase) {
    case BIN_WEIGHING:
        return decide_lifted(bin, decision) || decide_weighing(bin, now_ms, decision);
    case BIN_OPEN:
        if (decide_lifted(bin, decision)) {
            return true;
        }
        return bin->opening.decided ? decide_unseen(bin, now_ms, decision)
                                    : decide_open(bin, now_ms, bin->timing->lid_left_open_ms,
                                                  VISIT_OPEN_LIMIT_MS, decision);
    case BIN_RESTING:
        return decide_unseen(bin, now_ms, decision);
    case BIN_SERVICE:
        break;
    }
    return false;
}

bool bin_interrupt(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    if (bin->phase != BIN_WEIGHING) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, bin->opening.closed_ms);
    if (!weight.settled) {
        /* Too soon after the lid closed, but the bag may have come to rest before. */
        weight = bin_settled_soon(bin, now_ms, bin->opening.opened_ms);
    }
    if (!weight.settled) {
        weight = bin_estimate(bin, now_ms, bin->opening.closed_ms);
        /* The next opening judges what moves meanwhile. */
        bool is_unclear = weight.doubt_g >= decide_distance(weight.grams, bin->opening.base_g);
        if (weight.has_estimate && (has_rattled(&bin->opening) || is_unclear)) {
            weight.grams = bin->opening.base_g;
        }
    }
    return decide_opening(bin, now_ms, &weight, decision);
}

int64_t bin_deadline(const struct bin *bin)
{
    if (bin->phase != BIN_WEIGHING) {
        return INT64_MAX;
    }
    int64_t limit = bin->opening.closed_ms + bin->timing->settle_limit_ms;
    int64_t heard = bin->opening.closed_ms;
    if (bin->value_ms != BIN_NEVER && bin->value_ms > heard) {
        heard = bin->value_ms;
    }
    int64_t silent = heard + silence_limit(bin) + 1;
    return silent < limit ? silent : limit;
}
