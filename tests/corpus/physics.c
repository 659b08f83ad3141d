#include "tests/corpus/physics.h"

#include <string.h>

enum { STEP_US = 2000 };
static const double step_s = STEP_US / 1e6;
static const double two_pi = 6.283185307179586;

/* Newton's method: sqrt() of libm is exact as well, but this needs no libm at all. */
static double square_root(double value)
{
    if (value <= 0) {
        return 0;
    }
    double root = value > 1 ? value : 1;
    for (int i = 0; i < 40; i++) {
        root = 0.5 * (root + value / root);
    }
    return root;
}

void platform_begin(struct platform *platform, const struct scale_character *scale,
                    struct draw draw)
{
    *platform = (struct platform){.scale = scale, .draw = draw, .still = true};
    platform->shown_us[0] = -1;
    platform->age_s = draw_between(&platform->draw, 0, scale->swing_h * 3600);
}

static double absolute(double value)
{
    return value < 0 ? -value : value;
}

static double applied(struct platform *platform)
{
    double g = platform->load_g;
    struct body_force *force = &platform->force;
    if (force->now_g != force->target_g) {
        double step = force->ramp_ms > 0 ? (STEP_US / 1000.0) / force->ramp_ms : 1;
        double whole = absolute(force->target_g - force->now_g);
        double most = whole * step > 2 ? whole * step * 2 : 2;
        double way = force->target_g - force->now_g;
        force->now_g =
            absolute(way) <= most ? force->target_g : force->now_g + (way > 0 ? most : -most);
    }
    if (force->now_g != 0) {
        /* A body sways: an Ornstein-Uhlenbeck process of half a second. */
        force->sway += -force->sway * step_s / 0.5 +
                       draw_normal(&platform->draw) * 2 * 0.044721359549995794; /* sqrt(step_s) */
        g += force->now_g * (1 + force->wobble * force->sway);
    } else {
        force->sway = 0;
    }
    if (platform->t_us < platform->shake_until_us) {
        /* Nothing that shakes a platform keeps its pitch: half a second later the phase is another.
         */
        platform->shake_phase += platform->shake_hz * step_s + 0.02 * draw_normal(&platform->draw);
        double left_s = (double)(platform->shake_until_us - platform->t_us) / 1e6;
        double fade = left_s < 0.5 ? left_s * 2 : 1;
        g += platform->shake_g * fade * draw_wave(platform->shake_phase);
    }
    return g;
}

static bool is_driven(const struct platform *platform)
{
    return platform->force.now_g != 0 || platform->force.target_g != 0 ||
           platform->t_us < platform->shake_until_us;
}

static void integrate(struct platform *platform)
{
    const struct scale_character *scale = platform->scale;
    double omega = two_pi * scale->frequency_hz;
    double g = applied(platform);
    platform->speed += step_s * omega *
                       (omega * (g - platform->position_g) - 2 * scale->damping * platform->speed);
    platform->position_g += step_s * platform->speed;
    double share = scale->filter_ms <= 2 ? 1 : 2 / scale->filter_ms;
    platform->filtered_g += share * (platform->position_g - platform->filtered_g);
    if (!is_driven(platform) && absolute(platform->position_g - g) < 0.01 &&
        absolute(platform->speed) < 0.01 * omega && absolute(platform->filtered_g - g) < 0.01) {
        platform->still = true;
        platform->position_g = platform->filtered_g = g;
        platform->speed = 0;
    }
}

void platform_run(struct platform *platform, int64_t t_us)
{
    if (platform->still && !is_driven(platform)) {
        platform->t_us = t_us > platform->t_us ? t_us : platform->t_us;
        return;
    }
    platform->still = false;
    while (platform->t_us < t_us) {
        integrate(platform);
        platform->t_us += STEP_US;
        if (platform->still && platform->t_us < t_us) {
            platform->t_us = t_us;
        }
    }
}

void platform_load(struct platform *platform, double grams)
{
    platform->load_g += grams;
    if (grams > 0) {
        platform->speed += platform->scale->bounce * grams * two_pi * platform->scale->frequency_hz;
    }
    platform->still = false;
}

void platform_force(struct platform *platform, double grams, double ramp_ms, double wobble)
{
    platform->force.target_g = grams;
    platform->force.ramp_ms = ramp_ms;
    platform->force.wobble = grams != 0 ? wobble : platform->force.wobble;
    platform->still = false;
}

void platform_shake(struct platform *platform, double grams, double hz, int64_t until_us)
{
    platform->shake_g = grams;
    platform->shake_hz = hz;
    platform->shake_until_us = until_us;
    platform->still = false;
}

double platform_swing(const struct platform *platform)
{
    return platform->still ? 0 : platform->speed / (two_pi * platform->scale->frequency_hz);
}

/* ---- the indicator --------------------------------------------------------------------------- */

static double analogue(struct platform *platform, double passed_s, double neighbours_g)
{
    const struct scale_character *scale = platform->scale;
    double root = passed_s < 0.02 ? 0.14 : square_root(passed_s);
    platform->age_s += passed_s;
    if (scale->walk_g > 0) {
        platform->walk_g += scale->walk_g * root * draw_normal(&platform->draw);
    }
    double share = passed_s < scale->creep_s ? passed_s / scale->creep_s : 1;
    platform->creep_g += share * (scale->creep * platform->load_g - platform->creep_g);
    double hours = platform->age_s / 3600;
    return platform->filtered_g + neighbours_g + platform->walk_g + platform->creep_g +
           scale->drift_g_per_h * hours + scale->swing_g * draw_wave(hours / scale->swing_h);
}

static int32_t rounded(double grams, int32_t division_g)
{
    double counts = grams / division_g;
    return (int32_t)(counts < 0 ? counts - 0.5 : counts + 0.5) * division_g;
}

/* At rest near zero an indicator follows, half a division a second at most. */
static void track_zero(struct platform *platform, double off_g, double passed_s)
{
    double division_g = platform->scale->division_g;
    if (platform->scale->tracks_zero && absolute(off_g) < 2 * division_g && !platform->moving) {
        double most = 0.5 * division_g * passed_s;
        platform->zero_g += off_g > most ? most : off_g < -most ? -most : off_g;
    }
}

static bool is_moving(struct platform *platform, int64_t t_us)
{
    platform->shown_at = (platform->shown_at + 1) % PHYSICS_STABLE_MAX;
    platform->shown[platform->shown_at] = platform->grams;
    platform->shown_us[platform->shown_at] = t_us;
    int64_t since_us = t_us - (int64_t)(platform->scale->stable_ms * 1000);
    int32_t low = platform->grams, high = platform->grams;
    for (int back = 1; back < PHYSICS_STABLE_MAX; back++) {
        int at = (platform->shown_at - back + PHYSICS_STABLE_MAX) % PHYSICS_STABLE_MAX;
        if (platform->shown_us[at] < since_us) {
            break;
        }
        low = platform->shown[at] < low ? platform->shown[at] : low;
        high = platform->shown[at] > high ? platform->shown[at] : high;
    }
    return high - low > platform->scale->division_g;
}

void platform_sample(struct platform *platform, int64_t t_us, double neighbours_g)
{
    const struct scale_character *scale = platform->scale;
    platform_run(platform, t_us);
    double passed_s = (double)(t_us - platform->sampled_us) / 1e6;
    platform->sampled_us = t_us;
    double g = analogue(platform, passed_s, neighbours_g) - platform->zero_g;
    double noisy = g + scale->white_g * draw_normal(&platform->draw);
    if (scale->spike_chance > 0 && draw_chance(&platform->draw, scale->spike_chance)) {
        noisy += draw_chance(&platform->draw, 0.5) ? scale->spike_g : -scale->spike_g;
    }
    platform->grams = rounded(noisy, scale->division_g);
    platform->moving = is_moving(platform, t_us) && scale->tells_stable;
    track_zero(platform, g, passed_s);
}

void platform_zero(struct platform *platform)
{
    platform->zero_g += platform->grams;
}
