/* From noisy readings to one weight that stands still.
 *
 * A weight is settled when the spread of all readings in a window is small, not when one step is: a
 * slow ramp passes any step test. Where a scale flickers and a larger spread is allowed, the older
 * and the newer half of the window must still agree. The scale's own stable flag is not needed.
 * Pure; the caller owns the struct.
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
    int32_t window_ms;
    int32_t
        tolerance_g; /* the largest spread that still counts as standing still; may be changed */
    int32_t trend_g; /* the largest difference between the halves of the window, on average */
};

typedef struct settled_t {
    bool settled;
    bool has_estimate; /* grams and spread_g hold at least one reading */
    int32_t grams;     /* median of the window */
    int32_t spread_g;  /* largest minus smallest */
} settled_t;

/* `tolerance_g` is that of a quiet scale, and the trend that is allowed. */
void settle_init(struct settle *settle, int32_t window_ms, int32_t tolerance_g);
void settle_reset(struct settle *settle); /* forgets the samples */
void settle_push(struct settle *settle, int64_t t_ms, int32_t grams);

/* What the newest samples say, using none from before `since_ms`. */
settled_t settle_read(const struct settle *settle, int64_t since_ms);

#endif
