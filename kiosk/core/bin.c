#include "kiosk/core/bin.h"

#include <assert.h>

/* No scale under a bin shows 10 t, either way: such digits are a fault, not a weight. */
enum { GRAMS_LIMIT = 10 * 1000 * 1000 };

/* No bin is 100 m deep. */
enum { LEVEL_LIMIT_MM = 100 * 1000 };

enum {
    /* A quiet scale flickers by one division, and a spread of two is still the same weight. */
    QUIET_DIVISIONS = 2,
    /* A scale that flickers by more at rest is shaken or broken, and does not settle. */
    NOISY_DIVISIONS = 20,
    /* The windows of a scale that only flickers have the same median, give or take. */
    RESTING_DIVISIONS = 3
};

static int32_t distance(int32_t a, int32_t b)
{
    return a > b ? a - b : b - a;
}

void bin_init(struct bin *bin, const struct site_bin *site, const struct site_timing *timing)
{
    *bin = (struct bin){
        .site = site,
        .timing = timing,
        .value_ms = BIN_NEVER,
        .scale_port_up = true,
        .lid_port_up = true,
        .lid_ms = BIN_NEVER,
        .level_ms = BIN_NEVER,
        .away_since_ms = BIN_NEVER,
        .base_ms = BIN_NEVER,
        .rest_since_ms = BIN_NEVER,
    };
    bin->flicker.since_ms = BIN_NEVER;
    frozen_init(&bin->frozen);
    settle_init(&bin->settle, timing->settle_ms, QUIET_DIVISIONS * site->division_g);
}

int32_t bin_min_deposit(const struct bin *bin)
{
    /* Base and final weight may each be off by one division: two could be nothing at all. */
    int32_t least = 3 * bin->site->division_g;
    /* By half of what it flickers a noisy scale may be off. */
    int32_t half_flicker = bin->settle.tolerance_g / 2;
    least = least > half_flicker ? least : half_flicker;
    int32_t configured = bin->timing->min_deposit_g;
    return configured > least ? configured : least;
}

bool bin_is_busy(const struct bin *bin)
{
    bool watched = bin->phase == BIN_OPEN || bin->phase == BIN_WEIGHING;
    return watched && !bin->opening.decided;
}

static bool is_fresh(const struct bin *bin, int64_t t_ms, int64_t now_ms)
{
    return t_ms != BIN_NEVER && now_ms - t_ms <= bin->timing->reading_age_ms;
}

enum sensor_state bin_scale_state(const struct bin *bin, int64_t now_ms)
{
    if (bin->site->scale.port < 0) {
        return SENSOR_NONE;
    }
    if (!bin->scale_port_up) {
        return SENSOR_LOST;
    }
    if (bin->scale_status == READING_OVERLOAD || bin->scale_status == READING_UNDERLOAD) {
        return SENSOR_OVERLOAD;
    }
    if (bin->scale_status == READING_ERROR) {
        return SENSOR_ERROR;
    }
    if (bin->value_ms == BIN_NEVER) {
        return SENSOR_WAITING;
    }
    if (!is_fresh(bin, bin->value_ms, now_ms)) {
        return SENSOR_SILENT;
    }
    return bin->frozen.frozen ? SENSOR_FROZEN : SENSOR_OK;
}

enum sensor_state bin_lid_state(const struct bin *bin, int64_t now_ms)
{
    if (bin->site->lid.port < 0) {
        return SENSOR_NONE;
    }
    if (!bin->lid_port_up) {
        return SENSOR_LOST;
    }
    if (bin->lid_fault) {
        return SENSOR_ERROR;
    }
    if (bin->lid_ms == BIN_NEVER) {
        return SENSOR_WAITING;
    }
    return is_fresh(bin, bin->lid_ms, now_ms) ? SENSOR_OK : SENSOR_SILENT;
}

settled_t bin_settled(const struct bin *bin, int64_t now_ms, int64_t since_ms)
{
    if (bin_scale_state(bin, now_ms) != SENSOR_OK) {
        return (settled_t){0};
    }
    return settle_read(&bin->settle, since_ms);
}

/* ---- what comes in --------------------------------------------------------------------------- */

/* A lid that stays open is watched for a weight that stands still. */
static void watch_rest(struct bin *bin, int64_t now_ms)
{
    settled_t now = bin_settled(bin, now_ms, bin->opening.opened_ms);
    if (!now.settled) {
        bin->rest_since_ms = BIN_NEVER;
        return;
    }
    if (bin->opening.late_base) {
        bin->opening.late_base = false;
        bin->opening.has_base = true;
        bin->opening.base_g = now.grams;
    }
    if (bin->rest_since_ms == BIN_NEVER ||
        distance(now.grams, bin->rest_g) > bin->settle.tolerance_g) {
        bin->rest_since_ms = now_ms;
        bin->rest_g = now.grams;
    }
}

static void learn_flicker(struct bin *bin, int64_t now_ms, const settled_t *now)
{
    struct bin_flicker *flicker = &bin->flicker;
    if (!now->has_estimate) {
        flicker->since_ms = BIN_NEVER;
        return;
    }
    if (flicker->since_ms == BIN_NEVER) {
        *flicker = (struct bin_flicker){now_ms, now->spread_g, now->grams, now->grams};
        return;
    }
    flicker->spread_g = now->spread_g > flicker->spread_g ? now->spread_g : flicker->spread_g;
    flicker->low_g = now->grams < flicker->low_g ? now->grams : flicker->low_g;
    flicker->high_g = now->grams > flicker->high_g ? now->grams : flicker->high_g;
    if (now_ms - flicker->since_ms < BIN_FLICKER_MS) {
        return;
    }
    int32_t division_g = bin->site->division_g;
    bool rested = flicker->high_g - flicker->low_g <= RESTING_DIVISIONS * division_g;
    if (rested && flicker->spread_g <= NOISY_DIVISIONS * division_g) {
        int32_t quiet_g = QUIET_DIVISIONS * division_g;
        bin->settle.tolerance_g = flicker->spread_g > quiet_g ? flicker->spread_g : quiet_g;
        frozen_rested(&bin->frozen, flicker->spread_g > 0);
    }
    flicker->since_ms = BIN_NEVER;
}

static void watch_base(struct bin *bin, int64_t now_ms)
{
    settled_t now = bin_settled(bin, now_ms, BIN_NEVER);
    learn_flicker(bin, now_ms, &now);
    if (!now.settled) {
        bin->away_since_ms = BIN_NEVER;
    } else if (!bin->has_base || distance(now.grams, bin->base_g) < bin_min_deposit(bin)) {
        bin->has_base = true;
        bin->base_g = now.grams;
        bin->base_ms = now_ms;
        bin->away_since_ms = BIN_NEVER;
    } else if (bin->away_since_ms == BIN_NEVER) {
        bin->away_since_ms = now_ms;
    }
}

static bool is_possible(int32_t grams)
{
    return grams >= -GRAMS_LIMIT && grams <= GRAMS_LIMIT;
}

void bin_weigh(struct bin *bin, const reading_t *reading)
{
    if (reading->status == READING_BUSY) {
        return;
    }
    bin->scale_status = (enum reading_status)reading->status;
    bool weighs = reading->status == READING_OK || reading->status == READING_MOVING;
    if (weighs && reading->has_value && !is_possible(reading->grams)) {
        bin->scale_status = READING_ERROR;
        weighs = false;
    }
    if (!weighs) {
        settle_reset(&bin->settle);
        frozen_other(&bin->frozen, reading->t_ms);
    } else if (reading->has_value) {
        /* After a gap the samples before it say nothing about now. */
        if (!is_fresh(bin, bin->value_ms, reading->t_ms)) {
            settle_reset(&bin->settle);
            frozen_gap(&bin->frozen);
        }
        bool moving = reading->status == READING_MOVING;
        if (frozen_weigh(&bin->frozen, reading->t_ms, reading->grams, moving)) {
            settle_reset(&bin->settle); /* what it repeated was no weight */
        }
        bin->grams = reading->grams;
        bin->value_ms = reading->t_ms;
        settle_push(&bin->settle, reading->t_ms, reading->grams);
    }
    if (bin->phase == BIN_OPEN) {
        watch_rest(bin, reading->t_ms);
    } else if (bin->phase == BIN_RESTING) {
        watch_base(bin, reading->t_ms);
    }
}

/* A lid that opens again before the scale could say anything goes on with its opening: a switch
 * that chatters, or a second bag at once. So does one that a restart interrupted. */
static bool goes_on(const struct bin *bin, int64_t now_ms)
{
    if (bin->phase != BIN_WEIGHING) {
        return false;
    }
    bool weighed = bin_settled(bin, now_ms, bin->opening.closed_ms).has_estimate;
    return bin->opening.interrupted || (!weighed && bin_scale_state(bin, now_ms) == SENSOR_OK);
}

enum lid_edge bin_lid(struct bin *bin, const reading_t *reading)
{
    bool first_news = bin->lid_ms == BIN_NEVER;
    bin->lid_fault = !reading->has_value;
    bin->lid_ms = reading->t_ms;
    if (bin->lid_fault) {
        return LID_SAME;
    }
    bin->lid_open = reading->lid_open;
    if (bin->phase == BIN_SERVICE) {
        return LID_SAME;
    }
    /* The phase, not the reading before, tells an edge: readings may have been missed. */
    if (reading->lid_open && goes_on(bin, reading->t_ms)) {
        bin->phase = BIN_OPEN;
        bin->rest_since_ms = BIN_NEVER;
        return LID_SAME;
    }
    if (reading->lid_open && bin->phase != BIN_OPEN) {
        bin->opening.late_base = first_news; /* for bin_open() */
        return LID_OPENED;
    }
    return !reading->lid_open && bin->phase == BIN_OPEN ? LID_CLOSED : LID_SAME;
}

void bin_scale_port(struct bin *bin, bool up)
{
    bin->scale_port_up = up;
    bin->scale_status = READING_OK;
    bin->value_ms = BIN_NEVER;
    settle_reset(&bin->settle);
    frozen_gap(&bin->frozen);
}

void bin_level(struct bin *bin, const reading_t *reading)
{
    bool is_possible_mm = reading->level_mm >= 0 && reading->level_mm <= LEVEL_LIMIT_MM;
    if (reading->has_value && reading->status == READING_OK && is_possible_mm) {
        bin->level_mm = reading->level_mm;
        bin->level_ms = reading->t_ms;
    }
}

bool bin_level_is_fresh(const struct bin *bin, int64_t now_ms)
{
    return bin->level_ms != BIN_NEVER && now_ms - bin->level_ms <= bin->timing->level_age_ms;
}

void bin_lid_port(struct bin *bin, bool up)
{
    bin->lid_port_up = up;
    bin->lid_fault = false;
    bin->lid_ms = BIN_NEVER;
}

/* ---- openings -------------------------------------------------------------------------------- */

void bin_open(struct bin *bin, int64_t now_ms, int64_t visit, enum waste_class chosen)
{
    assert(bin->phase == BIN_RESTING);
    /* Found open at the start, the scale may still be to speak; seen to open before a scale that
     * never spoke, nothing is known of what came meanwhile. */
    bool speaks = bin->opening.late_base || bin_scale_state(bin, now_ms) == SENSOR_OK;
    /* Just woken up, it has not yet said what there is to begin with. */
    bool blind = bin->frozen.frozen || bin->base_ms < bin->frozen.woke_ms;
    bin->phase = BIN_OPEN;
    bin->rest_since_ms = BIN_NEVER;
    bin->flicker.since_ms = BIN_NEVER;
    bin->opening = (struct bin_opening){
        .visit = visit,
        .chosen = chosen,
        .opened_ms = now_ms,
        .has_base = bin->has_base && !blind,
        .base_g = bin->base_g,
        .late_base = bin->base_ms == BIN_NEVER && speaks && !blind,
        .blind = blind,
    };
}

void bin_close(struct bin *bin, int64_t now_ms)
{
    assert(bin->phase == BIN_OPEN);
    bin->phase = BIN_WEIGHING;
    bin->opening.closed_ms = now_ms;
}

void bin_restore(struct bin *bin, int64_t now_ms, const struct bin_opening *opening)
{
    bin->phase = BIN_WEIGHING;
    bin->opening = *opening;
    bin->opening.interrupted = true;
    /* The old boot's clock is gone: the opening begins and ends now. */
    bin->opening.opened_ms = now_ms;
    bin->opening.closed_ms = now_ms;
}

/* ---- decisions ------------------------------------------------------------------------------- */

static void rest_at(struct bin *bin, bool known, int32_t grams, int64_t now_ms)
{
    bin->has_base = known;
    bin->base_g = grams;
    bin->base_ms = now_ms;
    bin->away_since_ms = BIN_NEVER;
}

static void judge(const struct bin *bin, const settled_t *weight, struct bin_decision *decision)
{
    decision->opening = bin->opening;
    decision->spread_g = weight->spread_g;
    decision->final_g = weight->grams;
    if (!weight->has_estimate || !bin->opening.has_base) {
        decision->verdict = BIN_UNKNOWN;
        decision->quality = QUALITY_NONE;
        return;
    }
    decision->quality = weight->settled ? QUALITY_SETTLED : QUALITY_UNSETTLED;
    decision->weight_g = weight->grams - bin->opening.base_g;
    decision->verdict = decision->weight_g >= bin_min_deposit(bin) ? BIN_GAIN : BIN_NO_GAIN;
}

static bool decide_opening(struct bin *bin, int64_t now_ms, const settled_t *weight,
                           struct bin_decision *decision)
{
    judge(bin, weight, decision);
    if (weight->has_estimate && !bin->opening.interrupted) {
        frozen_opening(&bin->frozen, bin->opening.opened_ms, bin->opening.closed_ms);
    }
    bin->phase = BIN_RESTING;
    if (bin->opening.blind) {
        /* Against the old base, all that came while it was frozen shows once it lives again. */
        bin->away_since_ms = BIN_NEVER;
    } else {
        rest_at(bin, weight->has_estimate, weight->grams, now_ms);
    }
    if (!bin->opening.decided || decision->verdict == BIN_GAIN) {
        return true;
    }
    /* What was said once is not said again: after its deposit, an opening speaks only of what
     * came or went since. */
    bool known = decision->verdict == BIN_NO_GAIN;
    decision->verdict = BIN_ADJUSTMENT;
    return known && distance(decision->weight_g, 0) >= bin_min_deposit(bin);
}

/* After a power cut the scale may take a while to start, too. */
static int32_t silence_limit(const struct bin *bin)
{
    return bin->opening.interrupted ? bin->timing->settle_limit_ms : bin->timing->reading_age_ms;
}

static bool decide_weighing(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    settled_t weight = bin_settled(bin, now_ms, bin->opening.closed_ms);
    bool silent = bin_scale_state(bin, now_ms) != SENSOR_OK &&
                  now_ms - bin->opening.closed_ms > silence_limit(bin);
    bool late = now_ms - bin->opening.closed_ms >= bin->timing->settle_limit_ms;
    if (!weight.settled && !silent && !late) {
        return false;
    }
    /* A spread as large as the change could hide a bag, or feign one: then nothing is known. */
    int32_t change = weight.grams - bin->opening.base_g;
    if (!weight.settled && weight.has_estimate && weight.spread_g >= distance(change, 0)) {
        weight.has_estimate = false;
    }
    return decide_opening(bin, now_ms, &weight, decision);
}

static bool decide_left_open(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    bool rested = bin->rest_since_ms != BIN_NEVER &&
                  now_ms - bin->rest_since_ms >= bin->timing->lid_left_open_ms;
    if (!rested || !bin->opening.has_base ||
        bin->rest_g - bin->opening.base_g < bin_min_deposit(bin)) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, bin->opening.opened_ms);
    if (!weight.settled) {
        return false; /* the scale went away since */
    }
    judge(bin, &weight, decision);
    if (decision->verdict != BIN_GAIN) {
        return false; /* it crept below the least deposit: the lid's closing decides */
    }
    decision->opening.closed_ms = now_ms;
    bin->opening.base_g = weight.grams;
    bin->opening.decided = true;
    rest_at(bin, true, weight.grams, now_ms);
    bin->rest_since_ms = BIN_NEVER;
    return true;
}

static bool decide_resting(struct bin *bin, int64_t now_ms, int32_t after_ms,
                           struct bin_decision *decision)
{
    if (bin->away_since_ms == BIN_NEVER || now_ms - bin->away_since_ms < after_ms) {
        return false;
    }
    settled_t weight = bin_settled(bin, now_ms, BIN_NEVER);
    if (!weight.settled) {
        return false;
    }
    int32_t change = weight.grams - bin->base_g;
    bool lid_blind = bin_lid_state(bin, now_ms) != SENSOR_OK;
    *decision = (struct bin_decision){
        .verdict = lid_blind && change > 0 ? BIN_STEP : BIN_ADJUSTMENT,
        .opening = {.opened_ms = bin->base_ms,
                    .closed_ms = now_ms,
                    .has_base = true,
                    .base_g = bin->base_g},
        .quality = QUALITY_SETTLED,
        .weight_g = change,
        .final_g = weight.grams,
        .spread_g = weight.spread_g,
    };
    rest_at(bin, true, weight.grams, now_ms);
    return true;
}

/* A lid that only fell silent may speak again when it moves: somebody who leans on the bin must not
 * become a deposit meanwhile. */
static int32_t resting_wait(const struct bin *bin, int64_t now_ms)
{
    enum sensor_state lid = bin_lid_state(bin, now_ms);
    bool is_missing = lid == SENSOR_NONE || lid == SENSOR_LOST || lid == SENSOR_ERROR;
    return is_missing ? BIN_STEP_MS : BIN_ADJUST_MS;
}

bool bin_decide(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    switch (bin->phase) {
    case BIN_WEIGHING:
        return decide_weighing(bin, now_ms, decision);
    case BIN_OPEN:
        return decide_left_open(bin, now_ms, decision);
    case BIN_RESTING:
        return decide_resting(bin, now_ms, resting_wait(bin, now_ms), decision);
    case BIN_SERVICE:
        break;
    }
    return false;
}

bool bin_interrupt(struct bin *bin, int64_t now_ms, struct bin_decision *decision)
{
    *decision = (struct bin_decision){0};
    if (bin->phase == BIN_WEIGHING) {
        settled_t weight = bin_settled(bin, now_ms, bin->opening.closed_ms);
        return decide_opening(bin, now_ms, &weight, decision);
    }
    /* Weight that came before the lid opened does not belong to this opening. */
    return bin->phase == BIN_RESTING && decide_resting(bin, now_ms, 1000, decision);
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

/* ---- service --------------------------------------------------------------------------------- */

void bin_service_begin(struct bin *bin)
{
    bin->phase = BIN_SERVICE;
}

void bin_service_end(struct bin *bin, int64_t now_ms, const settled_t *after)
{
    rest_at(bin, after->has_estimate, after->grams, now_ms);
    bin->phase = BIN_RESTING;
    if (bin->lid_open) {
        bin_open(bin, now_ms, 0, WASTE_NONE);
        bin->opening.decided = true;
    }
}
