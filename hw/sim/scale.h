/* One simulated scale: a platform that swings when weight comes, an indicator that filters, rounds
 * to its division and says whether the weight is stable.
 *
 * Fixed-point milligrams on a grid of 10 ms: no floating point, the same result on every machine
 * and for every way of cutting time into steps. Pure; one thread at a time.
 */
#ifndef HW_SIM_SCALE_H
#define HW_SIM_SCALE_H

#include "hw/sim/random.h"

#include <stdbool.h>

enum {
    SIM_DIVISION_G = 10,     /* of every scale of the site */
    SIM_CAPACITY_G = 150000, /* beyond it plus 9 divisions the indicator says overload */
    SIM_ZERO_RANGE_G = SIM_CAPACITY_G / 100 * 4, /* nothing heavier is made the zero (OIML R 76) */
    SIM_EMPTY_BIN_G = 9500, /* what is missing on the scale while the bin is away */
    SIM_SWAP_MS = 4000      /* how long a bin is away when it is emptied */
};

struct sim_scale {
    int64_t ticked_ms; /* modelled until then */
    int32_t grams;     /* true mass, above the empty bin */

    int64_t position_mg, velocity_mg_s; /* of the platform */
    int64_t filtered_mg;                /* what the indicator has made of it */

    int64_t hand_mg; /* a hand on the lid; decays */
    int32_t lean_g;  /* somebody leaning, until lean_until_ms */
    int64_t lean_until_ms;
    int64_t swap_until_ms; /* the bin is away until then */

    int64_t zero_mg; /* what the indicator takes for nothing */
    int64_t tare_mg; /* and, above it, for the bin; shown is the net weight while there is one */
    bool has_tare;

    int32_t reference_divisions; /* what the stable flag compares with */
    int32_t steady_samples;
    bool frozen;
    struct sim_random noise;
};

/* What the indicator shows at one sample. */
struct sim_display {
    int32_t divisions;
    bool stable, overload;
    bool net; /* a tare is taken off */
};

/* What a host may tell an indicator. */
enum sim_order { SIM_ORDER_NONE, SIM_ORDER_ZERO, SIM_ORDER_TARE, SIM_ORDER_CLEAR_TARE };

/* At rest at t_ms with `grams` in the bin. */
void sim_scale_init(struct sim_scale *scale, int64_t t_ms, int32_t grams, uint64_t seed,
                    uint64_t stream);

/* Lets the platform swing until t_ms. */
void sim_scale_run(struct sim_scale *scale, int64_t t_ms);

/* One sample of the indicator; call it once for each frame. */
struct sim_display sim_scale_sample(struct sim_scale *scale);

/* The mass as it is now, with no swinging: a bin that has always stood like this. */
void sim_scale_settle(struct sim_scale *scale, int32_t grams);

void sim_scale_throw(struct sim_scale *scale, int32_t grams);
void sim_scale_hand(struct sim_scale *scale, bool opening);
void sim_scale_lean(struct sim_scale *scale, int32_t grams, int64_t until_ms);
/* The indicator obeys as real ones do: only while it says stable, a zero only within its range, a
 * tare only of a weight. */
void sim_scale_obey(struct sim_scale *scale, enum sim_order order);
void sim_scale_swap(struct sim_scale *scale, int32_t grams_after);

#endif
