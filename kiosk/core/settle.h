/* From noisy readings to one weight that stands still.
 *
 * A weight is settled when a whole window of readings scatters no more than the scale does at rest,
 * and its older and newer half agree on average: a slow ramp passes any test of steps, an
 * oscillation any test of two readings. One reading that lies apart from seven or more others is a
 * spike and does not count. Two windows are tried: a short one first, which a quiet scale passes at
 * once, then a long one, over which noise averages out. The scale's own stable flag is not needed.
 *
 * Pure; the caller owns the struct. Integers only: grams, and milligrams where averages need them.
 */
#ifndef KIOSK_CORE_SETTLE_H
#define KIOSK_CORE_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SETTLE_SAMPLES_MAX = 64, /* at 50 Hz: 1.28 s; so many prove enough, however long the window */
    SETTLE_SAMPLES_MIN = 4   /* fewer prove nothing, however slow the scale */
};

struct settle {
    int64_t t_ms[SETTLE_SAMPLES_MAX];
    int32_t grams[SETTLE_SAMPLES_MAX];
    uint8_t count, newest;
};

/* What standing still means for this scale (learn.h). */
struct settle_terms {
    int32_t short_ms, long_ms; /* the two windows */
    int32_t division_g;
    int32_t samples;  /* at least so many must agree; SETTLE_SAMPLES_MIN or more */
    int32_t noise_mg; /* at rest, on average: distance of a reading from the mean */
};

typedef struct settled_t {
    bool settled;
    bool has_estimate; /* the rest holds what at least one reading says */
    int32_t grams;     /* mean of the window, without a spike */
    int32_t spread_g;  /* largest minus smallest, without a spike */
    int32_t doubt_g;   /* how far the estimate may be off, as far as these readings can tell */
    int32_t noise_mg;  /* mean distance from the mean */
} settled_t;

void settle_init(struct settle *settle);
void settle_reset(struct settle *settle); /* forgets the samples */
void settle_push(struct settle *settle, int64_t t_ms, int32_t grams);

/* What the newest samples say, using none from before `since_ms`. */
settled_t settle_read(const struct settle *settle, int64_t since_ms,
                      const struct settle_terms *terms);

/* A reading since `since_ms` lay within `within_g` of `grams`. */
bool settle_visits(const struct settle *settle, int64_t since_ms, int32_t grams, int32_t within_g);

/* The best estimate over up to `window_ms`, whether it stands still or not. */
settled_t settle_estimate(const struct settle *settle, int64_t since_ms, int32_t window_ms);

#endif
