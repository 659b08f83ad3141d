#include "kiosk/core/bin.h"

#include <assert.h>

/* No scale under a bin shows 10 t, either way: such digits are a fault, not a weight. */
enum { GRAMS_LIMIT = 10 * 1000 * 1000 };

/* No bin is 100 m deep. */
enum { LEVEL_LIMIT_MM = 100 * 1000 };

enum {
    MG_PER_G = 1000,
    ZERO_READINGS = 4, /* so many in a row at zero prove that the key was pressed */
    ZERO_LEAST = 6,    /* least deposits above or below zero: nearer, noise could feign the key */
    REST_MS = 2000,    /* over which a weight at rest is averaged, ... */
    REST_SAMPLES = 16, /* ... and longer where these are more */
    NEARLY_MS = 800,   /* after the lid closed, what it stirred up itself is over */
    LIFT_MS = 2000,    /* a bag is taken up from the lid so long before the lid opens */
    LET_GO_MS = 150, /* a hand lets go in less: a scale that sends so seldom shows nothing of it */
    ESTIMATE_MS = 3000 /* over which a weight that never settled is averaged */
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
        .base_ms = BIN_NEVER,
        .taken_away_ms = BIN_NEVER,
        .hung_ms = BIN_NEVER,
        .rest_since_ms = BIN_NEVER,
        .proof_ms = BIN_NEVER,
        .away.since_ms = BIN_NEVER,
        .passed.since_ms = BIN_NEVER,
        .lean.since_ms = BIN_NEVER,
        .late.closed_ms = BIN_NEVER,
    };
    frozen_init(&bin->frozen);
    settle_init(&bin->settle);
    learn_init(&bin->learn, site->division_g, timing->settle_ms);
}

int32_t bin_min_deposit(const struct bin *bin)
{
    const struct settle_terms *terms = &bin->learn.terms;
    /* Base and final weight may each be off by one division: two could be nothing at all. */
    int32_t least = 3 * terms->division_g;
    /* Of a noisy scale, each mean of a window may be off by the mean distance. */
    int32_t noise_g = 2 * terms->noise_mg / MG_PER_G;
    least = least > noise_g ? least : noise_g;
    /* What weighs just enough may be weighed a division too light. */
    int32_t configured = bin->timing->min_deposit_g - terms->division_g;
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
    return settle_read(&bin->settle, since_ms, &bin->learn.terms);
}

settled_t bin_settled_soon(const struct bin *bin, int64_t now_ms, int64_t since_ms)
{
    if (bin_scale_state(bin, now_ms) != SENSOR_OK) {
        return (settled_t){0};
    }
    struct settle_terms terms = bin->learn.terms;
    terms.samples = SETTLE_SAMPLES_MIN;
    return settle_read(&bin->settle, since_ms, &terms);
}

void bin_average(const struct bin *bin, int64_t since_ms, settled_t *weight)
{
    struct settle_terms terms = bin->learn.terms;
    terms.short_ms = terms.long_ms = REST_MS;
    terms.samples = terms.samples > REST_SAMPLES ? terms.samples : REST_SAMPLES;
    settled_t calm = settle_read(&bin->settle, since_ms, &terms);
    if (calm.settled) {
        *weight = calm;
    }
}

settled_t bin_estimate(const struct bin *bin, int64_t now_ms, int64_t since_ms)
{
    if (bin_scale_state(bin, now_ms) != SENSOR_OK) {
        return (settled_t){0};
    }
    return settle_estimate(&bin->settle, since_ms, ESTIMATE_MS);
}

/* ---- at rest --------------------------------------------------------------------------------- */

void bin_forget_away(struct bin *bin)
{
    bin->away.since_ms = BIN_NEVER;
    bin->passed.since_ms = BIN_NEVER;
}

void bin_rest_at(struct bin *bin, int32_t grams, int64_t now_ms)
{
    bin->has_base = true;
    bin->base_g = grams;
    bin->base_ms = now_ms;
    bin_forget_away(bin);
    bin->lean.since_ms = BIN_NEVER;
    if (!bin->has_booked) {
        bin->has_booked = true;
        bin->booked_g = grams;
    }
}

static void prove(struct bin *bin, int64_t now_ms, const settled_t *now)
{
    if (bin->proof_ms == BIN_NEVER || now_ms < bin->proof_ms || !now->settled) {
        return;
    }
    int32_t off_g = distance(now->grams, bin->proof_g);
    if (off_g < bin_min_deposit(bin)) { /* more is another event */
        learn_proof(&bin->learn, off_g);
    }
    bin->proof_ms = BIN_NEVER;
}

/* What everybody sees who leans: the readings leave the base for a while, and come back. */
static void watch_lean(struct bin *bin, int64_t now_ms, const settled_t *now)
{
    int32_t off_g = bin->grams - bin->base_g;
    bool is_off = distance(bin->grams, bin->base_g) >= bin_min_deposit(bin);
    if (is_off && bin->lean.since_ms == BIN_NEVER) {
        bin->lean = (struct bin_lean){now_ms, off_g};
    } else if (is_off && distance(off_g, 0) > distance(bin->lean.peak_g, 0)) {
        bin->lean.peak_g = off_g;
    } else if (!is_off && bin->lean.since_ms != BIN_NEVER && now->settled) {
        bool long_enough = now_ms - bin->lean.since_ms >= BIN_LEAN_MS;
        bin->lean_ended = long_enough && distance(bin->lean.peak_g, 0) >= BIN_LEAN_G;
        bin->lean.since_ms = BIN_NEVER;
    }
}

/* From rest to rest, and higher: another bag. Whoever is here now may be another, too. */
static void watch_away(struct bin *bin, int64_t now_ms, int32_t grams)
{
    struct bin_away *away = &bin->away;
    if (away->since_ms != BIN_NEVER && distance(grams, away->grams) < bin_min_deposit(bin)) {
        away->until_ms = now_ms;
        return;
    }
    bool rises = away->since_ms != BIN_NEVER && away->grams > bin->base_g && grams > away->grams;
    bool is_first = bin->passed.since_ms == BIN_NEVER && !bin->passed_claim.holds;
    if (rises && is_first && away->until_ms - away->since_ms >= BIN_PASS_MS) {
        bin->passed = *away;
        bool is_claimed = bin->claim.since_ms == bin->lean.since_ms;
        bin->passed_claim = is_claimed ? bin->claim : (struct bin_claim){.chosen = WASTE_NONE};
        bin->claim.holds = bin->claim.holds && !is_claimed;
        bin->lean = (struct bin_lean){now_ms, grams - bin->base_g};
    }
    /* What fell on it did not stay. */
    if (bin->passed.since_ms != BIN_NEVER && grams - bin->passed.grams < bin_min_deposit(bin)) {
        bin->passed.since_ms = BIN_NEVER;
    }
    *away = (struct bin_away){now_ms, now_ms, grams};
}

static void watch_base(struct bin *bin, int64_t now_ms)
{
    settled_t now = bin_settled(bin, now_ms, BIN_NEVER);
    bool flickered = false;
    if (learn_rest(&bin->learn, now_ms, &now, &flickered)) {
        frozen_rested(&bin->frozen, flickered);
    }
    prove(bin, now_ms, &now);
    if (bin->has_base) {
        watch_lean(bin, now_ms, &now);
    }
    if (!now.settled) {
        return;
    }
    if (!bin->has_base || distance(now.grams, bin->base_g) < bin_min_deposit(bin)) {
        struct bin_lean lean = bin->lean;
        bin_average(bin, BIN_NEVER, &now);
        old_bases_rest(&bin->old, now_ms, now.grams, bin_min_deposit(bin) / 4);
        bin_rest_at(bin, now.grams, now_ms);
        bin->lean = lean;
    } else {
        watch_away(bin, now_ms, now.grams);
    }
}

/* What had been laid on the lid is in a hand before the lid is opened: for a moment the weight is
 * what it was before. Wind may pull at the lid as much, but wind chooses no class. */
static bool was_lifted(const struct bin *bin, int64_t since_ms)
{
    return bin->laid_g > 0 && bin->has_base &&
           settle_visits(&bin->settle, since_ms, bin->base_g - bin->laid_g,
                         bin_min_deposit(bin) / 2);
}

/* A lid that stays open is watched for a weight that stands still. */
static void watch_open(struct bin *bin, int64_t now_ms)
{
    /* A bag may be taken up as the lid is pushed. */
    if (bin->opening.chosen != WASTE_NONE && was_lifted(bin, bin->opening.opened_ms)) {
        bin->opening.lifted = true;
    }
    settled_t now = bin_settled(bin, now_ms, bin->opening.opened_ms);
    if (!now.settled) {
        return;
    }
    if (bin->opening.late_base) {
        bin->opening.late_base = false;
        bin->opening.has_base = true;
        bin->opening.base_g = now.grams;
        if (!bin->has_booked) {
            bin->has_booked = true;
            bin->booked_g = now.grams;
        }
    }
    if (bin->rest_since_ms == BIN_NEVER ||
        distance(now.grams, bin->rest_g) >= bin_min_deposit(bin)) {
        bin->rest_since_ms = now_ms;
        bin->rest_g = now.grams;
    }
}

/* ---- what comes in --------------------------------------------------------------------------- */

static bool is_possible(int32_t grams)
{
    return grams >= -GRAMS_LIMIT && grams <= GRAMS_LIMIT;
}

/* From a weight that stood still to nothing in one reading, and nothing it stays: no hand is so
 * quick, and no platform so calm after it. */
static void watch_zero(struct bin *bin, int64_t now_ms, int32_t grams)
{
    struct bin_zero *zero = &bin->zero;
    int32_t division_g = bin->learn.terms.division_g;
    bool is_zero = distance(grams, 0) <= division_g + 3 * bin->learn.terms.noise_mg / MG_PER_G;
    if (zero->suspected) {
        zero->suspected = is_zero && !zero->confirmed;
        zero->confirmed = zero->suspected && ++zero->readings >= ZERO_READINGS;
        return;
    }
    if (!is_zero || zero->confirmed ||
        distance(bin->grams, 0) < ZERO_LEAST * bin_min_deposit(bin)) {
        return;
    }
    if (bin->grams < 0 && bin->phase != BIN_RESTING) {
        return; /* a bag as heavy as the scale was below zero */
    }
    settled_t before = bin_settled(bin, now_ms, BIN_NEVER);
    bool stood =
        before.settled && distance(before.grams, bin->grams) <= 2 * division_g + before.spread_g;
    if (stood) {
        *zero = (struct bin_zero){.suspected = true,
                                  .by_hand = now_ms - bin->value_ms >= LET_GO_MS,
                                  .readings = 1,
                                  .from_g = before.grams};
    }
}

static void take_weight(struct bin *bin, const reading_t *reading)
{
    /* After a gap the samples before it say nothing about now. */
    if (!is_fresh(bin, bin->value_ms, reading->t_ms)) {
        settle_reset(&bin->settle);
        learn_break(&bin->learn);
        frozen_gap(&bin->frozen);
        bin->zero = (struct bin_zero){0};
    }
    bool moving = reading->status == READING_MOVING;
    const struct frozen_sample sample = {reading->t_ms, reading->grams, moving};
    if (frozen_weigh(&bin->frozen, &sample, 2 * bin->learn.terms.division_g)) {
        settle_reset(&bin->settle); /* what it repeated was no weight */
    }
    watch_zero(bin, reading->t_ms, reading->grams);
    learn_value(&bin->learn, reading->grams);
    int64_t before_ms = bin->value_ms;
    bin->grams = reading->grams;
    bin->value_ms = reading->t_ms;
    settle_push(&bin->settle, reading->t_ms, reading->grams);
    struct bin_opening *opening = &bin->opening;
    bool begins = before_ms == BIN_NEVER && bin->base_ms == BIN_NEVER && bin->phase == BIN_OPEN &&
                  reading->t_ms - opening->opened_ms <= bin->timing->reading_age_ms;
    opening->late_base = opening->late_base || (begins && !opening->has_base);
    if (opening->was_away && distance(reading->grams, opening->base_g) < bin_min_deposit(bin)) {
        opening->came_back = true;
    }
    bool gained = reading->grams - opening->base_g >= bin_min_deposit(bin);
    if (gained && !bin->gained) {
        /* It landed after the reading before, at the earliest: what happened since may be later. */
        bool was_heard = is_fresh(bin, before_ms, reading->t_ms) && before_ms > opening->opened_ms;
        opening->gain_ms = was_heard ? before_ms : reading->t_ms;
    }
    bin->gained = gained;
}

/* With its deposit out, an open lid says no more than none: as at rest, steps decide. */
static bool is_at_rest(const struct bin *bin)
{
    return bin->phase == BIN_RESTING || (bin->phase == BIN_OPEN && bin->opening.decided);
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
        learn_break(&bin->learn);
        frozen_other(&bin->frozen, reading->t_ms);
    } else if (reading->has_value) {
        take_weight(bin, reading);
    }
    if (is_at_rest(bin)) {
        watch_base(bin, reading->t_ms);
    } else if (bin->phase == BIN_OPEN) {
        watch_open(bin, reading->t_ms);
    }
}

/* A bag lies there already: it came to rest, or beyond doubt will where it nearly is. */
static bool has_brought(const struct bin *bin, int64_t now_ms)
{
    const struct bin_opening *opening = &bin->opening;
    settled_t weight = bin_settled_soon(bin, now_ms, opening->opened_ms);
    int32_t doubt_g = weight.doubt_g; /* wind at the lid of a noisy scale looks like a light bag */
    if (!weight.settled) {
        weight = bin_estimate(bin, now_ms, opening->closed_ms + NEARLY_MS);
        doubt_g = 2 * weight.doubt_g;
    }
    return weight.has_estimate && opening->has_base &&
           weight.grams - opening->base_g - doubt_g >= bin_min_deposit(bin);
}

/* A lid that opens again before anything stood still goes on with its opening: a switch that
 * chatters, or a second bag at once, which nobody could tell from the first. So does one that a
 * restart interrupted. A bag that had come to rest is a deposit of its own. */
static bool goes_on(const struct bin *bin, int64_t now_ms, bool same_turn)
{
    const struct bin_opening *opening = &bin->opening;
    if (bin->phase != BIN_WEIGHING) {
        return false;
    }
    bool chatters = now_ms - opening->closed_ms <= BIN_CHATTER_MS;
    if (opening->interrupted || chatters) {
        return opening->interrupted || bin_scale_state(bin, now_ms) == SENSOR_OK;
    }
    return same_turn && !has_brought(bin, now_ms) && bin_scale_state(bin, now_ms) == SENSOR_OK;
}

enum lid_edge bin_lid(struct bin *bin, const reading_t *reading, bool same_turn)
{
    bool first_news = bin->lid_ms == BIN_NEVER;
    bin->lid_fault = !reading->has_value;
    bin->lid_ms = reading->t_ms;
    if (bin->lid_fault) {
        return LID_SAME;
    }
    bin->lid_open = reading->lid_open;
    if (reading->lid_open) {
        bin->lid_doubtful = false;
        bin->hidden_count = 0;
    }
    if (bin->phase == BIN_SERVICE) {
        return LID_SAME;
    }
    /* The phase, not the reading before, tells an edge: readings may have been missed. */
    if (reading->lid_open && goes_on(bin, reading->t_ms, same_turn)) {
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
    learn_break(&bin->learn);
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

/* ---- phases ---------------------------------------------------------------------------------- */

/* Off the base for long, and shaken all the while: where it is, on average, is not the base. */
static void note_restless_away(struct bin *bin, int64_t now_ms)
{
    int64_t since_ms = bin->lean.since_ms;
    if (bin->away.since_ms != BIN_NEVER || since_ms == BIN_NEVER ||
        now_ms - since_ms < BIN_AWAIT_MS) {
        return;
    }
    settled_t off = bin_estimate(bin, now_ms, since_ms + BIN_AWAIT_MS / 2);
    int32_t off_g = distance(off.grams, bin->base_g);
    if (off.has_estimate && off_g >= bin_min_deposit(bin) && off_g > 2 * off.doubt_g) {
        bin->away = (struct bin_away){since_ms, now_ms, off.grams};
    }
}

void bin_open(struct bin *bin, int64_t now_ms, int64_t visit, enum waste_class chosen)
{
    assert(bin->phase == BIN_RESTING);
    /* Found open at the start, the scale may still be to speak; seen to open before a scale that
     * never spoke, nothing is known of what came meanwhile. */
    bool speaks = bin->opening.late_base || bin_scale_state(bin, now_ms) == SENSOR_OK;
    /* Just woken up, it has not yet said what there is to begin with. */
    bool blind = bin->frozen.frozen || bin->base_ms < bin->frozen.woke_ms;
    note_restless_away(bin, now_ms);
    bool was_away = bin->away.since_ms != BIN_NEVER;
    bool lifted = !blind && chosen != WASTE_NONE && was_lifted(bin, now_ms - LIFT_MS);
    old_bases_forget(&bin->old);
    frozen_opens(&bin->frozen, now_ms);
    bin->phase = BIN_OPEN;
    bin->rest_since_ms = BIN_NEVER;
    bin->proof_ms = BIN_NEVER;
    bin->late.closed_ms = BIN_NEVER;
    learn_break(&bin->learn);
    bin->opening = (struct bin_opening){
        .visit = visit,
        .chosen = chosen,
        .lifted = lifted,
        .opened_ms = now_ms,
        .first_closed_ms = BIN_NEVER,
        .gain_ms = now_ms,
        .has_base = bin->has_base && !blind,
        .base_g = bin->base_g,
        .late_base = bin->base_ms == BIN_NEVER && speaks && !blind,
        .blind = blind,
        .was_away = was_away,
        .is_theirs = visit != 0 && bin->claim.visit == visit && bin->claim.chosen == chosen &&
                     bin->claim.since_ms == bin->lean.since_ms,
        .away_g = bin->away.grams,
        .away_ms = was_away ? now_ms - bin->away.since_ms : 0,
    };
}

void bin_close(struct bin *bin, int64_t now_ms)
{
    assert(bin->phase == BIN_OPEN);
    bin->phase = BIN_WEIGHING;
    bin->opening.closed_ms = now_ms;
    if (bin->opening.first_closed_ms == BIN_NEVER) {
        bin->opening.first_closed_ms = now_ms;
    }
    if (bin->opening.decided) {
        bin->opening.base_g = bin->base_g; /* followed since */
    }
}

void bin_restore(struct bin *bin, int64_t now_ms, const struct bin_opening *opening)
{
    bin->phase = BIN_WEIGHING;
    bin->opening = *opening;
    bin->opening.interrupted = true;
    /* The old boot's clock is gone: the opening begins and ends now. */
    bin->opening.opened_ms = now_ms;
    bin->opening.closed_ms = now_ms;
    bin->opening.first_closed_ms = now_ms;
    bin->opening.gain_ms = now_ms;
    bin->has_booked = opening->has_base;
    bin->booked_g = opening->base_g;
}

/* ---- service --------------------------------------------------------------------------------- */

void bin_service_begin(struct bin *bin)
{
    bin->phase = BIN_SERVICE;
    bin->hidden_count = 0;
    old_bases_forget(&bin->old);
    bin->proof_ms = BIN_NEVER;
    bin->late.closed_ms = BIN_NEVER;
}

void bin_cleared(struct bin *bin)
{
    bin->has_booked = false;
    bin->unseen = false;
}

void bin_service_end(struct bin *bin, int64_t now_ms, const settled_t *after)
{
    bin->has_base = false;
    bin->taken_away_ms = BIN_NEVER;
    bin->laid_g = 0;
    if (after->has_estimate) {
        bin_rest_at(bin, after->grams, now_ms);
    }
    bin->phase = BIN_RESTING;
    if (bin->lid_open) {
        bin_open(bin, now_ms, 0, WASTE_NONE);
        bin->opening.decided = true;
    }
}
