/* A bin on a weighing platform with its indicator: forces in, displayed weights out.
 *
 * The platform is a mass on a damped spring, integrated in steps of 2 ms; the indicator is a low
 * pass, noise, random walk, creep, drift, temperature, zero tracking and rounding to the division.
 */
#ifndef TESTS_CORPUS_PHYSICS_H
#define TESTS_CORPUS_PHYSICS_H

#include "tests/corpus/scene.h"

enum { PHYSICS_STABLE_MAX = 64 };

struct body_force { /* somebody or something that presses without being waste */
    double target_g, ramp_ms, wobble;
    double now_g, sway;
};

struct platform {
    const struct scale_character *scale;
    struct draw draw;
    int64_t t_us; /* integrated up to here */
    double load_g;
    struct body_force force;
    double shake_g, shake_hz, shake_phase;
    int64_t shake_until_us;
    double position_g, speed, filtered_g; /* of the spring; what the low pass shows */
    bool still;
    /* indicator */
    double walk_g, creep_g, zero_g, age_s;
    int64_t sampled_us;
    int32_t shown[PHYSICS_STABLE_MAX];
    int64_t shown_us[PHYSICS_STABLE_MAX];
    int shown_at;
    int32_t grams;
    bool moving;
};

void platform_begin(struct platform *platform, const struct scale_character *scale,
                    struct draw draw);

/* Moves on to `t_us`. */
void platform_run(struct platform *platform, int64_t t_us);

void platform_load(struct platform *platform, double grams);
void platform_force(struct platform *platform, double grams, double ramp_ms, double wobble);
void platform_shake(struct platform *platform, double grams, double hz, int64_t until_us);
void platform_zero(struct platform *platform);

/* How hard it swings, g: what neighbours feel a share of. A weight that rests is no swing. */
double platform_swing(const struct platform *platform);

/* One reading at `t_us`: sets grams and moving. `neighbours_g`: what theirs give to it. */
void platform_sample(struct platform *platform, int64_t t_us, double neighbours_g);

#endif
