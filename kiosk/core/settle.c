#include "kiosk/core/settle.h"

enum {
    MG_PER_G = 1000,
    SPAN_MOST_MS = 4000,  /* whoever waits for a slow and noisy scale waits no longer */
    SPIKE_SAMPLES_MIN = 8 /* among fewer, one that lies apart may be the beginning of a movement */
};

void settle_init(struct settle *settle)
{
    *settle = (struct settle){0};
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

/* The newest `count` samples, without at most one spike. */
struct window {
    int count, kept;
    int64_t span_ms;
    int64_t sum_g, newer_sum_g, older_sum_g; /* the halves leave out the middle of an odd count */
    int newer_count, older_count;
    int32_t low_g, high_g;
};

static int sample_index(const struct settle *settle, int back)
{
    return (settle->newest - back + SETTLE_SAMPLES_MAX) % SETTLE_SAMPLES_MAX;
}

static int samples_in(const struct settle *settle, int64_t since_ms, int32_t window_ms,
                      int32_t least, int64_t *span_ms)
{
    int64_t newest_ms = settle->t_ms[settle->newest];
    int count = 0;
    *span_ms = 0;
    for (int back = 0; back < settle->count; back++) {
        int64_t t_ms = settle->t_ms[sample_index(settle, back)];
        /* A slow scale gets a longer window rather than a verdict on two readings. */
        bool is_in = newest_ms - t_ms <= window_ms ||
                     (count < least && newest_ms - t_ms <= SPAN_MOST_MS) ||
                     count < SETTLE_SAMPLES_MIN;
        if (t_ms < since_ms || !is_in) {
            break;
        }
        *span_ms = newest_ms - t_ms;
        count++;
    }
    return count;
}

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

/* Leaves out the sample that lies farthest from the others, where they are many. */
static void drop_spike(struct window *window, int low_back, int high_back, int32_t second_low_g,
                       int32_t second_high_g)
{
    int64_t above = (int64_t)window->high_g * window->count - window->sum_g;
    int64_t below = window->sum_g - (int64_t)window->low_g * window->count;
    bool is_high = above > below;
    int back = is_high ? high_back : low_back;
    int32_t grams = is_high ? window->high_g : window->low_g;
    window->kept--;
    window->sum_g -= grams;
    if (back < window->count / 2) {
        window->newer_sum_g -= grams;
        window->newer_count--;
    } else if (back >= window->count - window->count / 2) {
        window->older_sum_g -= grams;
        window->older_count--;
    }
    window->high_g = is_high ? second_high_g : window->high_g;
    window->low_g = is_high ? window->low_g : second_low_g;
}

static struct window look_at(const struct settle *settle, int64_t since_ms, int32_t window_ms,
                             int32_t least)
{
    struct window window = {.low_g = INT32_MAX, .high_g = INT32_MIN};
    window.count = samples_in(settle, since_ms, window_ms, least, &window.span_ms);
    window.kept = window.count;
    window.newer_count = window.older_count = window.count / 2;
    int low_back = 0, high_back = 0;
    int32_t second_low_g = INT32_MAX, second_high_g = INT32_MIN;
    for (int back = 0; back < window.count; back++) {
        int32_t grams = settle->grams[sample_index(settle, back)];
        window.sum_g += grams;
        window.newer_sum_g += back < window.newer_count ? grams : 0;
        window.older_sum_g += back >= window.count - window.older_count ? grams : 0;
        if (grams < window.low_g) {
            second_low_g = window.low_g;
            window.low_g = grams;
            low_back = back;
        } else if (grams < second_low_g) {
            second_low_g = grams;
        }
        if (grams > window.high_g) {
            second_high_g = window.high_g;
            window.high_g = grams;
            high_back = back;
        } else if (grams > second_high_g) {
            second_high_g = grams;
        }
    }
    if (window.count >= SPIKE_SAMPLES_MIN) {
        drop_spike(&window, low_back, high_back, second_low_g, second_high_g);
    }
    return window;
}

static int64_t mean_mg(int64_t sum_g, int count)
{
    return count > 0 ? sum_g * MG_PER_G / count : 0;
}

static int32_t noise_mg(const struct settle *settle, const struct window *window)
{
    int64_t mean = mean_mg(window->sum_g, window->kept);
    int64_t sum = 0;
    for (int back = 0; back < window->count; back++) {
        int32_t grams = settle->grams[sample_index(settle, back)];
        if (grams >= window->low_g && grams <= window->high_g) {
            sum += magnitude((int64_t)grams * MG_PER_G - mean);
        }
    }
    /* The mean lies among its own few readings, nearer to them than to the weight itself. */
    int kept = window->kept;
    return kept < 2 ? 0 : (int32_t)(sum / kept * (2 * kept - 1) / (2 * kept - 2));
}

static int square_root(int value)
{
    int root = 1;
    while ((root + 1) * (root + 1) <= value) {
        root++;
    }
    return root;
}

static int32_t rounded_g(int64_t mg)
{
    return (int32_t)((mg + (mg < 0 ? -MG_PER_G : MG_PER_G) / 2) / MG_PER_G);
}

static int64_t trend_mg(const struct window *window)
{
    if (window->newer_count == 0 || window->older_count == 0) {
        return 0;
    }
    return magnitude(mean_mg(window->newer_sum_g, window->newer_count) -
                     mean_mg(window->older_sum_g, window->older_count));
}

static settled_t weigh(const struct settle *settle, const struct window *window)
{
    if (window->count == 0) {
        return (settled_t){0};
    }
    settled_t weight = {
        .has_estimate = true,
        .grams = rounded_g(mean_mg(window->sum_g, window->kept)),
        .spread_g = window->high_g - window->low_g,
        .noise_mg = noise_mg(settle, window),
    };
    /* Three standard errors of the mean; a deviation is 1.25 mean distances. */
    int64_t error_mg = (int64_t)weight.noise_mg * 15 / 4 / square_root(window->kept);
    weight.doubt_g = (int32_t)((error_mg + trend_mg(window)) / MG_PER_G);
    return weight;
}

static bool stands_still(const struct window *window, const settled_t *weight, int32_t window_ms,
                         const struct settle_terms *terms)
{
    /* Readings do not arrive on the window's edges: three quarters of it must be covered. */
    bool covered =
        window->span_ms * 4 >= (int64_t)window_ms * 3 || window->count == SETTLE_SAMPLES_MAX;
    /* A reading that is a little late must not cost all of them. */
    bool enough = window->count >= terms->samples || window->span_ms * 4 >= SPAN_MOST_MS * 3;
    if (!enough || window->count < SETTLE_SAMPLES_MIN || !covered) {
        return false;
    }
    int64_t division_mg = (int64_t)terms->division_g * MG_PER_G;
    int64_t noise = terms->noise_mg;
    /* A quiet scale flickers by one division, and a spread of two is still the same weight. Of
     * normal noise 1 reading in 10 000 lies six mean distances apart on either side. */
    bool is_narrow = (int64_t)weight->spread_g * MG_PER_G <= 2 * division_mg + 7 * noise;
    bool is_calm = weight->noise_mg <= division_mg * 3 / 4 + noise * 3 / 2;
    /* A slow filter creeps up to the weight; but one digit of one reading is no trend. */
    int64_t creep_mg = window->newer_count > 2 ? division_mg * 2 / 5 : division_mg / 2;
    int64_t trend_limit = creep_mg + noise * 5 / square_root(window->kept);
    return is_narrow && is_calm && trend_mg(window) <= trend_limit;
}

settled_t settle_read(const struct settle *settle, int64_t since_ms,
                      const struct settle_terms *terms)
{
    const int32_t windows_ms[] = {terms->short_ms, terms->long_ms};
    settled_t weight = {0};
    for (int i = 0; i < 2; i++) {
        struct window window = look_at(settle, since_ms, windows_ms[i], terms->samples);
        weight = weigh(settle, &window);
        weight.settled = stands_still(&window, &weight, windows_ms[i], terms);
        if (weight.settled) {
            break;
        }
    }
    return weight;
}

settled_t settle_estimate(const struct settle *settle, int64_t since_ms, int32_t window_ms)
{
    struct window window = look_at(settle, since_ms, window_ms, SETTLE_SAMPLES_MIN);
    return weigh(settle, &window);
}

bool settle_visits(const struct settle *settle, int64_t since_ms, int32_t grams, int32_t within_g)
{
    for (int back = 0; back < settle->count; back++) {
        int index = sample_index(settle, back);
        if (settle->t_ms[index] < since_ms) {
            break;
        }
        if (magnitude((int64_t)settle->grams[index] - grams) <= within_g) {
            return true;
        }
    }
    return false;
}
