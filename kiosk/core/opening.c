/* Decisions about a bin: what an opening of its lid brought, and what changed without one. */
#include "kiosk/core/bin.h"
#include "kiosk/core/visit.h"

#include <string.h>

enum {
    /* A bin that is put back weighs more than most bags. */
    SWAP_LEAST_G = 3000,
    /* Below the emptiest bin by so much, there is no bin. */
    TAKEN_AWAY_G = 2000
};

static int32_t distance(int32_t a, int32_t b)
{
    return a > b ? a - b : b - a;
}

static bool matters(const struct bin *bin, int32_t change_g)
{
    return distance(change_g, 0) >= bin_min_deposit(bin);
}

/* A row of the ledger moves the books from one level to another. */
static void adjust(struct bin *bin, enum adjust_cause cause, int32_t base_g, int32_t final_g,
                   struct bin_decision *decision)
{
    *decision = (struct bin_decision){
        .verdict = BIN_ADJUSTMENT,
        .cause = cause,
        .quality = QUALITY_SETTLED,
        .base_g = base_g,
        .final_g = final_g,
        .weight_g = final_g - base_g,
    };
    bin->booked_g += final_g - base_g;
}

bool bin_rebook(struct bin *bin, int64_t now_ms, int32_t grams, struct bin_decision *decision)
{
    if (!bin->has_booked || bin->booked_g == grams) {
        bin_rest_at(bin, grams, now_ms);
        return false;
    }
    int32_t change = grams - bin->booked_g;
    enum adjust_cause cause = !matters(bin, change) ? ADJUST_DRIFT
                              : change > 0          ? ADJUST_GAIN
                                                    : ADJUST_REMOVAL;
    adjust(bin, cause, bin->booked_g, grams, decision);
    bin_rest_at(bin, grams, now_ms);
    return true;
}

/* ---- the end of an opening ------------------------------------------------------------------- */

/* Nobody throws a bag through a lid that only rattles. */
static bool has_rattled(const struct bin_opening *opening)
{
    return opening->closed_ms - opening->opened_ms < BIN_RATTLE_MS && !opening->interrupted;
}

/* A bin that had been taken away, and not just emptied. */
static bool is_put_back(const struct bin *bin, int64_t now_ms, int32_t gain_g)
{
    return bin->taken_away_ms != BIN_NEVER && now_ms - bin->taken_away_ms <= BIN_SWAP_MS &&
           gain_g >= SWAP_LEAST_G;
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
    bool is_bin = is_put_back(bin, decision->opening.opened_ms, decision->weight_g) &&
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
    bool may_fall = decision->verdict == BIN_NO_GAIN && !opening->interrupted &&
                    !opening->decided && decision->weight_g > -bin_min_deposit(bin) &&
                    opening->closed_ms - opening->opened_ms >= BIN_THROW_MS;
    bin->late.closed_ms = BIN_NEVER;
    if (may_fall) {
        bin->late = *opening;
        bin->late.decided = true;
    }
}

/* What the bin knows from here on. */
static void rest_after(struct bin *bin, int64_t now_ms, const settled_t *weight)
{
    if (bin->opening.blind) {
        /* Against the old base, all that came while it was frozen shows once it lives again. */
        bin->away.since_ms = BIN_NEVER;
    } else if (weight->has_estimate) {
        bin_rest_at(bin, weight->grams, now_ms);
    } else {
        bin->has_base = false;
        bin->unseen = true;
    }
}

static void forget_oldest_unanswered(struct bin *bin)
{
    bin->unanswered_count--;
    memmove(&bin->unanswered[0], &bin->unanswered[1],
            (size_t)bin->unanswered_count * sizeof bin->unanswered[0]);
}

static void remember_unanswered(struct bin *bin)
{
    bool is_cleaners = bin->opening.visit == 0; /* found open at the end of a collection */
    bool rattled = bin->opening.closed_ms - bin->opening.opened_ms < BIN_RATTLE_MS;
    if (is_cleaners || rattled) {
        return;
    }
    if (bin->unanswered_count == BIN_UNANSWERED_MAX) {
        forget_oldest_unanswered(bin);
    }
    bin->unanswered[bin->unanswered_count++] = bin->opening;
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
        remember_unanswered(bin);
    }
}

bool bin_hindsight(struct bin *bin, struct bin_decision *decision)
{
    while (bin->phase == BIN_RESTING && bin->frozen.frozen && bin->unanswered_count > 0) {
        struct bin_opening opening = bin->unanswered[0];
        forget_oldest_unanswered(bin);
        if (opening.opened_ms >= bin->frozen.still_ms) {
            opening.has_base = false;
            *decision = (struct bin_decision){
                .verdict = BIN_UNKNOWN, .opening = opening, .quality = QUALITY_NONE};
            return true;
        }
    }
    return false;
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
        known = known && matters(bin, decision->weight_g);
    }
    if (known) {
        bin->booked_g += decision->weight_g;
    }
    if (decision->weight_g >= SWAP_LEAST_G) {
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
 * it. Where it had not, the opening keeps it. */
static bool decide_brought_before(struct bin *bin, struct bin_decision *decision)
{
    struct bin_opening *opening = &bin->opening;
    opening->was_away = false;
    if (opening->away_ms < BIN_AWAIT_MS) {
        return false;
    }
    enum adjust_cause cause = opening->away_g > opening->base_g ? ADJUST_GAIN : ADJUST_REMOVAL;
    adjust(bin, cause, opening->base_g, opening->away_g, decision);
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
        int32_t change_g = distance(weight.grams, opening->base_g);
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
    adjust(bin, ADJUST_REMOVAL, before_g, opening->base_g, decision);
    return true;
}

static bool decide_open(struct bin *bin, int64_t now_ms, int64_t rest_ms,
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
    bool is_over = now_ms - bin->opening.opened_ms >= VISIT_OPEN_LIMIT_MS;
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
    if (bin->phase != BIN_OPEN || bin->opening.decided ||
        bin->rest_g - bin->opening.base_g < bin_min_deposit(bin)) {
        return false;
    }
    return decide_open(bin, now_ms, BIN_CONCLUDE_MS, decision);
}

/* ---- without an opening ---------------------------------------------------------------------- */

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

/* A bag that hung on the rim of an opening that had brought nothing. */
static bool falls_late(const struct bin *bin)
{
    int32_t limit_ms = bin->late.chosen == bin->site->class ? BIN_LATE_MS : BIN_LATE_OTHER_MS;
    return bin->late.closed_ms != BIN_NEVER && bin->away.since_ms - bin->late.closed_ms <= limit_ms;
}

static void explain_gain(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    bool expected = claim_of(bin).expected && bin->phase == BIN_RESTING;
    if (is_put_back(bin, now_ms, decision->weight_g)) {
        decision->verdict = BIN_ADJUSTMENT;
        decision->cause = ADJUST_SWAPPED;
        bin->taken_away_ms = BIN_NEVER;
        bin->knows_floor = false;
        return;
    }
    if (falls_late(bin)) {
        int32_t base_g = decision->opening.base_g;
        decision->verdict = BIN_GAIN;
        decision->fell_late = true;
        decision->opening = bin->late;
        decision->opening.base_g = base_g;
        decision->opening.gain_ms = bin->away.since_ms;
        return;
    }
    bool blind = lid_says_nothing(bin, now_ms);
    decision->verdict = blind || expected ? BIN_STEP : BIN_ADJUSTMENT;
    decision->cause = ADJUST_GAIN;
    bin->laid_g = decision->verdict == BIN_ADJUSTMENT ? decision->weight_g : 0;
    /* Only a person's choice is witness against a lid: leaning and swaps have none. */
    bin->lid_doubtful = bin->lid_doubtful || (!blind && expected);
}

static void explain_removal(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    /* Where the site says what an empty bin shows, that decides; else what was ever seen. */
    int32_t tare_g = bin->site->tare_g;
    bool knows_empty = tare_g > 0 || bin->knows_floor;
    int32_t empty_g = tare_g > 0 ? tare_g : bin->floor_g;
    decision->verdict = BIN_ADJUSTMENT;
    decision->cause = ADJUST_REMOVAL;
    bin->laid_g = 0;
    if (knows_empty && decision->final_g < empty_g - TAKEN_AWAY_G) {
        bin->taken_away_ms = now_ms;
    }
}

/* A lid that only fell silent may speak again when it moves: somebody who leans on the bin must not
 * become a deposit meanwhile. */
static int32_t resting_wait(const struct bin *bin, int64_t now_ms)
{
    struct bin_claim claim = claim_of(bin);
    enum sensor_state lid = bin_lid_state(bin, now_ms);
    bool is_missing = lid == SENSOR_NONE || lid == SENSOR_LOST || lid == SENSOR_ERROR ||
                      bin->lid_doubtful || bin->phase == BIN_OPEN || falls_late(bin);
    if (is_missing) {
        return BIN_STEP_MS;
    }
    bool contradicts = claim.expected && lid == SENSOR_OK && bin->away.grams > bin->base_g;
    return !contradicts ? BIN_ADJUST_MS : claim.present ? INT32_MAX : BIN_BELIEVE_MS;
}

static struct bin_opening unseen_opening(const struct bin *bin)
{
    struct bin_claim claim = claim_of(bin);
    struct bin_opening opening = {
        .visit = claim.visit,
        .chosen = claim.chosen,
        .choice_ms = claim.choice_ms,
        .opened_ms = bin->base_ms,
        .closed_ms = bin->away.since_ms,
        .first_closed_ms = bin->away.since_ms,
        .gain_ms = bin->away.since_ms,
        .has_base = true,
        .base_g = bin->base_g,
    };
    memcpy(opening.item, claim.item, sizeof opening.item);
    return opening;
}

static bool decide_away(struct bin *bin, int64_t now_ms, int32_t wait_ms,
                        struct bin_decision *decision)
{
    if (bin->away.since_ms == BIN_NEVER || now_ms - bin->away.since_ms < wait_ms) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, BIN_NEVER);
    if (!weight.settled || distance(weight.grams, bin->away.grams) >= bin_min_deposit(bin)) {
        return false;
    }
    bin_average(bin, bin->away.since_ms, &weight);
    *decision = (struct bin_decision){
        .opening = unseen_opening(bin),
        .quality = QUALITY_SETTLED,
        .weight_g = weight.grams - bin->base_g,
        .base_g = bin->base_g,
        .final_g = weight.grams,
        .spread_g = weight.spread_g,
    };
    if (decision->weight_g > 0) {
        explain_gain(bin, now_ms, decision);
    } else {
        explain_removal(bin, now_ms, decision);
    }
    bin->booked_g += decision->weight_g;
    bin->late.closed_ms = BIN_NEVER;
    bin_rest_at(bin, weight.grams, now_ms);
    return true;
}

bool bin_conclude_unseen(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    if (!moves_unwatched(bin) || bin->away.since_ms == BIN_NEVER ||
        bin->away.grams <= bin->base_g || !lid_says_nothing(bin, now_ms)) {
        return false;
    }
    int32_t wait_ms = resting_wait(bin, now_ms) == BIN_STEP_MS ? BIN_STEP_NEXT_MS : BIN_STEP_MS;
    return decide_away(bin, now_ms, wait_ms, decision);
}

/* The base crept, or came to light again after an opening that nobody could weigh. */
static bool decide_drift(struct bin *bin, struct bin_decision *decision)
{
    if (!bin->has_base || !bin->has_booked) {
        return false;
    }
    int32_t change = bin->base_g - bin->booked_g;
    bool was_unseen = bin->unseen;
    bin->unseen = false;
    if (!matters(bin, change)) {
        return false;
    }
    enum adjust_cause cause = !was_unseen  ? ADJUST_DRIFT
                              : change > 0 ? ADJUST_GAIN
                                           : ADJUST_REMOVAL;
    adjust(bin, cause, bin->booked_g, bin->base_g, decision);
    return true;
}

static bool decide_lean(struct bin *bin, struct bin_decision *decision)
{
    if (!bin->lean_ended) {
        return false;
    }
    bin->lean_ended = false;
    adjust(bin, ADJUST_LEANING, bin->base_g, bin->base_g, decision);
    decision->peak_g = bin->lean.peak_g;
    return true;
}

static bool decide_resting(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    return decide_lean(bin, decision) || decide_drift(bin, decision) ||
           decide_away(bin, now_ms, resting_wait(bin, now_ms), decision);
}

/* ---- the zero key ---------------------------------------------------------------------------- */

static bool decide_zero(struct bin *bin, struct bin_decision *decision)
{
    if (!bin->zero.confirmed) {
        return false;
    }
    int32_t shift_g = bin->zero.from_g;
    bin->zero = (struct bin_zero){0};
    if (bin->phase == BIN_SERVICE || !bin->has_base) {
        return false;
    }
    /* All levels move together; nothing came and nothing went. */
    adjust(bin, ADJUST_ZEROED, shift_g, 0, decision);
    bin->base_g -= shift_g;
    bin->floor_g -= shift_g;
    bin->opening.base_g -= shift_g;
    bin->opening.away_g -= shift_g;
    bin->away.since_ms = BIN_NEVER;
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
    if (decide_zero(bin, decision)) {
        return true;
    }
    switch (bin->phase) {
    case BIN_WEIGHING:
        return decide_lifted(bin, decision) || decide_weighing(bin, now_ms, decision);
    case BIN_OPEN:
        if (decide_lifted(bin, decision)) {
            return true;
        }
        return bin->opening.decided
                   ? decide_resting(bin, now_ms, decision)
                   : decide_open(bin, now_ms, bin->timing->lid_left_open_ms, decision);
    case BIN_RESTING:
        return decide_resting(bin, now_ms, decision);
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
        bool is_unclear = weight.doubt_g >= distance(weight.grams, bin->opening.base_g);
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
