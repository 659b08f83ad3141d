#include "hw/sim/scale.h"

enum {
    TICK_MS = 10,
    TICKS_PER_SECOND = 1000 / TICK_MS,
    MG_PER_G = 1000,

    /* A platform with a bin on it: 2.5 Hz, damping ratio 0.3. In thousandths for one tick:
     * omega^2 * dt and 2 * damping * omega * dt. */
    STIFFNESS = 2467,
    DAMPING = 94,

    /* The indicator's low pass: 1/8 of the difference each tick, a time constant of 75 ms. */
    FILTER = 8,

    /* A hand leaves the lid with a time constant of 120 ms. */
    HAND_DECAY = 12,
    HAND_LOWEST_G = 250,
    HAND_HIGHEST_G = 700,

    /* The impact of a bag that falls on what lies there: it adds about half of its weight to the
     * first swing. */
    IMPACT_MG_S_PER_G = 8000,

    /* An eighth of a division: the last digit flickers where the weight lies between two. */
    NOISE_MG = 1250,
    SWAY_PER_CENT = 4, /* how much a leaning person sways */

    STEADY_SAMPLES = 5, /* half a second within one division makes an indicator say stable */
    STEADY_MG_S = 40 * MG_PER_G
};

void sim_scale_init(struct sim_scale *scale, int64_t t_ms, int32_t grams, uint64_t seed,
                    uint64_t stream)
{
    *scale = (struct sim_scale){.ticked_ms = t_ms, .lean_until_ms = t_ms, .swap_until_ms = t_ms};
    sim_random_seed(&scale->noise, seed, stream);
    sim_scale_settle(scale, grams);
}

void sim_scale_settle(struct sim_scale *scale, int32_t grams)
{
    scale->grams = grams;
    scale->position_mg = (int64_t)grams * MG_PER_G;
    scale->filtered_mg = scale->position_mg;
    scale->velocity_mg_s = 0;
}

static int64_t load_mg(struct sim_scale *scale)
{
    bool away = scale->ticked_ms < scale->swap_until_ms;
    int64_t load = (int64_t)(away ? -SIM_EMPTY_BIN_G : scale->grams) * MG_PER_G;
    if (scale->ticked_ms < scale->lean_until_ms) {
        load += (int64_t)scale->lean_g * MG_PER_G +
                sim_random_noise(&scale->noise, scale->lean_g * (SWAY_PER_CENT * MG_PER_G / 100));
    }
    return load + scale->hand_mg;
}

static void tick(struct sim_scale *scale)
{
    scale->hand_mg -= scale->hand_mg / HAND_DECAY;
    if (scale->hand_mg / HAND_DECAY == 0) {
        scale->hand_mg = 0;
    }
    int64_t pull = (load_mg(scale) - scale->position_mg) * STIFFNESS / 1000;
    int64_t drag = scale->velocity_mg_s * DAMPING / 1000;
    scale->velocity_mg_s += pull - drag;
    scale->position_mg += scale->velocity_mg_s / TICKS_PER_SECOND;
    scale->filtered_mg += (scale->position_mg - scale->filtered_mg) / FILTER;
    scale->ticked_ms += TICK_MS;
}

void sim_scale_run(struct sim_scale *scale, int64_t t_ms)
{
    while (scale->ticked_ms + TICK_MS <= t_ms) {
        tick(scale);
    }
}

static int32_t round_to_divisions(int64_t mg)
{
    const int64_t division = SIM_DIVISION_G * MG_PER_G;
    int64_t half = mg < 0 ? -division / 2 : division / 2;
    return (int32_t)((mg + half) / division);
}

static int64_t gross_of(const struct sim_scale *scale)
{
    return scale->filtered_mg - scale->zero_mg;
}

struct sim_display sim_scale_sample(struct sim_scale *scale)
{
    const int64_t gross_mg = gross_of(scale) + sim_random_noise(&scale->noise, NOISE_MG);
    struct sim_display display = {
        .divisions = round_to_divisions(gross_mg - scale->tare_mg),
        .overload = round_to_divisions(gross_mg) > SIM_CAPACITY_G / SIM_DIVISION_G + 9,
        .net = scale->has_tare,
    };

    int32_t moved = display.divisions - scale->reference_divisions;
    bool swinging = scale->velocity_mg_s > STEADY_MG_S || scale->velocity_mg_s < -STEADY_MG_S;
    if (moved > 1 || moved < -1 || swinging) {
        scale->reference_divisions = display.divisions;
        scale->steady_samples = 0;
    } else if (scale->steady_samples < STEADY_SAMPLES) {
        scale->steady_samples++;
    }
    display.stable = scale->steady_samples == STEADY_SAMPLES;
    return display;
}

void sim_scale_obey(struct sim_scale *scale, enum sim_order order)
{
    static const int64_t range_mg = (int64_t)SIM_ZERO_RANGE_G * MG_PER_G;
    if (scale->frozen || scale->steady_samples < STEADY_SAMPLES) {
        return;
    }
    if (order == SIM_ORDER_ZERO && scale->filtered_mg <= range_mg &&
        scale->filtered_mg >= -range_mg && !scale->has_tare) {
        scale->zero_mg = scale->filtered_mg;
    } else if (order == SIM_ORDER_TARE && gross_of(scale) > 0) {
        scale->tare_mg = gross_of(scale);
        scale->has_tare = true;
    } else if (order == SIM_ORDER_CLEAR_TARE) {
        scale->tare_mg = 0;
        scale->has_tare = false;
    }
}

void sim_scale_throw(struct sim_scale *scale, int32_t grams)
{
    scale->grams += grams;
    scale->velocity_mg_s += (int64_t)grams * IMPACT_MG_S_PER_G;
}

void sim_scale_hand(struct sim_scale *scale, bool opening)
{
    int32_t force = sim_random_range(&scale->noise, HAND_LOWEST_G, HAND_HIGHEST_G);
    scale->hand_mg += (int64_t)(opening ? -force : force) * MG_PER_G;
}

void sim_scale_lean(struct sim_scale *scale, int32_t grams, int64_t until_ms)
{
    scale->lean_g = grams;
    scale->lean_until_ms = until_ms;
}

void sim_scale_swap(struct sim_scale *scale, int32_t grams_after)
{
    scale->grams = grams_after;
    scale->swap_until_ms = scale->ticked_ms + SIM_SWAP_MS;
}
