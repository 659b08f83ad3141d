/* What a scale is like, learnt from what it sends: its division, its noise at rest, and how long it
 * must stand still before its weight can be believed.
 *
 * Division: the smallest step that came and went again often enough. Noise: the mean distance
 * of readings from their mean, over seconds in which nothing moved. Window: a verdict is compared
 * with what rests two seconds later; a scale whose verdicts were too early (a slow filter, a soft
 * platform) gets a longer window, one whose verdicts all held a shorter one.
 *
 * Pure; part of struct bin. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_LEARN_H
#define KIOSK_CORE_LEARN_H

#include "kiosk/core/settle.h"

enum {
    LEARN_WATCH_MS = 3000, /* how long a scale at rest is watched for its noise */
    LEARN_PROOF_MS = 2000, /* so long after a verdict its weight must still be the same */
    LEARN_WINDOW_MS = 850, /* the short window to begin with */
    LEARN_WINDOW_LEAST_MS = 600,
    LEARN_STEPS = 16 /* so many steps of one size prove a division */
};

struct learn {
    struct settle_terms terms;
    bool knows_division, knows_noise;

    int32_t division_most_g; /* no larger step is one */
    int32_t last_g;          /* the reading before, with has_last */
    bool has_last;
    int32_t change_g; /* the latest step */
    int32_t step_g;   /* the smallest that was taken back so far; 0 = none */
    uint8_t steps;    /* how often it came, up to LEARN_STEPS */

    int64_t since_ms; /* of the watch that goes on; INT64_MIN */
    int32_t low_g, high_g, spread_g;
    int64_t noise_sum_mg;
    int32_t noise_count;

    uint8_t proofs; /* verdicts in a row that held */
};

void learn_init(struct learn *learn, int32_t division_g, int32_t window_ms);

/* A reading, of whatever is going on. */
void learn_value(struct learn *learn, int32_t grams);

/* A gap, or something is going on: the watch begins anew. */
void learn_break(struct learn *learn);

/* What the newest window says while nothing is going on. True at the end of a watch at rest;
 * `flickered` tells whether it moved at all. */
bool learn_rest(struct learn *learn, int64_t now_ms, const settled_t *weight, bool *flickered);

/* A verdict, seen again later, was `off_g` from what rests. */
void learn_proof(struct learn *learn, int32_t off_g);

#endif
