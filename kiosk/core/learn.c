#include "kiosk/core/learn.h"

enum {
    MG_PER_G = 1000,
    /* The windows of a scale that only flickers have the same mean, give or take. */
    RESTING_DIVISIONS = 3,
    /* A scale that scatters more at rest is shaken or broken: that is not its character. */
    NOISY_DIVISIONS = 5,
    SAMPLES_MOST = 24,
    /* A site file may be wrong about the division, but not by so much more, ... */
    DIVISION_TIMES = 4,
    DIVISION_MOST_G = 200, /* ... or at so coarse a scale */
    PROOFS = 8             /* so many verdicts in a row that held make the window shorter */
};

void learn_init(struct learn *learn, int32_t division_g, int32_t window_ms)
{
    int32_t short_ms = window_ms < LEARN_WINDOW_MS ? window_ms : LEARN_WINDOW_MS;
    int32_t most_g = DIVISION_TIMES * division_g;
    *learn = (struct learn){
        .terms = {.short_ms = short_ms,
                  .long_ms = window_ms,
                  .division_g = division_g,
                  .samples = SETTLE_SAMPLES_MIN},
        .division_most_g = most_g > DIVISION_MOST_G ? most_g : DIVISION_MOST_G,
        .since_ms = INT64_MIN,
    };
}

void learn_value(struct learn *learn, int32_t grams)
{
    int32_t change_g = learn->has_last ? grams - learn->last_g : 0;
    learn->last_g = grams;
    learn->has_last = true;
    if (change_g == 0) {
        return;
    }
    /* Forth and back again is the last digit; forth alone may be any load, and far forth and back a
     * digit that the wire turned. */
    bool is_back = change_g == -learn->change_g;
    learn->change_g = change_g;
    int32_t step_g = change_g < 0 ? -change_g : change_g;
    if (!is_back || step_g > learn->division_most_g ||
        (learn->step_g != 0 && step_g > learn->step_g)) {
        return;
    }
    if (step_g != learn->step_g) {
        learn->step_g = step_g;
        learn->steps = 0;
    }
    if (learn->steps < LEARN_STEPS && ++learn->steps == LEARN_STEPS) {
        learn->terms.division_g = step_g;
        learn->knows_division = true;
    }
}

void learn_break(struct learn *learn)
{
    learn->since_ms = INT64_MIN;
    learn->has_last = false;
}

static void begin_watch(struct learn *learn, int64_t now_ms, const settled_t *weight)
{
    learn->since_ms = now_ms;
    learn->low_g = learn->high_g = weight->grams;
    learn->spread_g = 0;
    learn->noise_sum_mg = 0;
    learn->noise_count = 0;
}

/* Quick to believe in more noise, slow to believe in less: a window that is too strict only waits,
 * one that is too lax weighs wrong, but a scale that never settles weighs nothing. */
static void take_noise(struct learn *learn, int32_t noise_mg)
{
    int32_t change = noise_mg - learn->terms.noise_mg;
    if (!learn->knows_noise) {
        learn->terms.noise_mg = noise_mg;
        learn->knows_noise = true;
    } else {
        learn->terms.noise_mg += change > 0 ? change / 2 : change / 4;
    }
}

/* So many that the mean of this noise is off by more than 0.54 of a division once in 100 times: 2.6
 * standard errors, a deviation being 1.25 mean distances. Base and weight are both such means, and
 * their difference shall be right to one division. */
static int32_t samples_for(const struct settle_terms *terms)
{
    int64_t ratio = (int64_t)terms->noise_mg * 60 / ((int64_t)terms->division_g * 10);
    int64_t samples = ratio * ratio / (MG_PER_G * MG_PER_G);
    return samples < SETTLE_SAMPLES_MIN ? SETTLE_SAMPLES_MIN
           : samples > SAMPLES_MOST     ? SAMPLES_MOST
                                        : (int32_t)samples;
}

bool learn_rest(struct learn *learn, int64_t now_ms, const settled_t *weight, bool *flickered)
{
    if (!weight->has_estimate) {
        learn->since_ms = INT64_MIN;
        return false;
    }
    if (learn->since_ms == INT64_MIN) {
        begin_watch(learn, now_ms, weight);
    }
    learn->low_g = weight->grams < learn->low_g ? weight->grams : learn->low_g;
    learn->high_g = weight->grams > learn->high_g ? weight->grams : learn->high_g;
    learn->spread_g = weight->spread_g > learn->spread_g ? weight->spread_g : learn->spread_g;
    learn->noise_sum_mg += weight->noise_mg;
    learn->noise_count++;
    if (now_ms - learn->since_ms < LEARN_WATCH_MS) {
        return false;
    }
    int32_t division_g = learn->terms.division_g;
    int32_t noise_mg = (int32_t)(learn->noise_sum_mg / learn->noise_count);
    bool rested = learn->high_g - learn->low_g <= RESTING_DIVISIONS * division_g &&
                  noise_mg <= NOISY_DIVISIONS * division_g * MG_PER_G;
    learn->since_ms = INT64_MIN;
    if (rested) {
        take_noise(learn, noise_mg);
        learn->terms.samples = samples_for(&learn->terms);
        *flickered = learn->spread_g > 0;
    }
    return rested;
}

void learn_proof(struct learn *learn, int32_t off_g)
{
    struct settle_terms *terms = &learn->terms;
    int64_t off_mg = (int64_t)(off_g < 0 ? -off_g : off_g) * MG_PER_G;
    if (off_mg > (int64_t)terms->division_g * MG_PER_G * 3 / 4 + 2 * terms->noise_mg) {
        learn->proofs = 0;
        terms->short_ms += terms->short_ms / 2;
    } else if (++learn->proofs == PROOFS) {
        learn->proofs = 0;
        terms->short_ms -= terms->short_ms / 8;
    }
    if (terms->short_ms < LEARN_WINDOW_LEAST_MS) {
        terms->short_ms = LEARN_WINDOW_LEAST_MS;
    }
    if (terms->short_ms > terms->long_ms) {
        terms->short_ms = terms->long_ms;
    }
}
