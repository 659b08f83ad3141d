#include "kiosk/core/settle.h"

#include <string.h>

void settle_init(struct settle *settle, int32_t window_ms, int32_t tolerance_g)
{
    *settle =
        (struct settle){.window_ms = window_ms, .tolerance_g = tolerance_g, .trend_g = tolerance_g};
}

void settle_reset(struct settle *settle)
{
    settle->count = 0;
}

void settle_push(struct settle *settle, int64_t t_ms, int32_t grams)
{
    settle->newest = (uint8_t)((settle->newest + 1) % SETTLE_SAMPLES_MAX);
    settle->t_ms[settle->newest] = t_ms;
    settle->grams[settle->newest] = grams;
    if (settle->count < SETTLE_SAMPLES_MAX) {
        settle->count++;
    }
}

static int sample_index(const struct settle *settle, int back)
{
    return (settle->newest - back + SETTLE_SAMPLES_MAX) % SETTLE_SAMPLES_MAX;
}

static void insert_sorted(int32_t *sorted, int count, int32_t value)
{
    int at = count;
    while (at > 0 && sorted[at - 1] > value) {
        sorted[at] = sorted[at - 1];
        at--;
    }
    sorted[at] = value;
}

static int64_t sum_of(const struct settle *settle, int from_back, int count)
{
    int64_t sum = 0;
    for (int back = from_back; back < from_back + count; back++) {
        sum += settle->grams[sample_index(settle, back)];
    }
    return sum;
}

/* Whether the newer and the older half of the newest `count` samples agree on average. */
static bool halves_agree(const struct settle *settle, int count)
{
    int half = count / 2;
    int64_t difference = sum_of(settle, 0, half) - sum_of(settle, count - half, half);
    int64_t limit = (int64_t)settle->trend_g * half;
    return difference <= limit && difference >= -limit;
}

settled_t settle_read(const struct settle *settle, int64_t since_ms)
{
    int32_t sorted[SETTLE_SAMPLES_MAX];
    int count = 0;
    int64_t newest_ms = 0, oldest_ms = 0;
    for (int back = 0; back < settle->count; back++) {
        int at = sample_index(settle, back);
        int64_t t_ms = settle->t_ms[at];
        if (back == 0) {
            newest_ms = t_ms;
        }
        /* A slow scale gets a longer window rather than a verdict on two readings. */
        bool in_window = newest_ms - t_ms <= settle->window_ms || count < SETTLE_SAMPLES_MIN;
        if (t_ms < since_ms || !in_window) {
            break;
        }
        insert_sorted(sorted, count++, settle->grams[at]);
        oldest_ms = t_ms;
    }
    if (count == 0) {
        return (settled_t){0};
    }
    int32_t spread = sorted[count - 1] - sorted[0];
    /* Readings do not arrive on the window's edges: three quarters of it must be covered. */
    bool covered = (newest_ms - oldest_ms) * 4 >= (int64_t)settle->window_ms * 3 ||
                   count == SETTLE_SAMPLES_MAX;
    return (settled_t){
        .settled = count >= SETTLE_SAMPLES_MIN && covered && spread <= settle->tolerance_g &&
                   halves_agree(settle, count),
        .has_estimate = true,
        .grams = sorted[count / 2],
        .spread_g = spread,
    };
}
