#include "tests/corpus/peers.h"

#include <string.h>

enum { STALE_MS = 5000, NO_DEPOSIT_G = 20 };

static const int doors_ms[PEER_DOORS] = {4000, 6000, 8000, 10000, 15000, 25000};
static const int closes_ms[PEER_CLOSES] = {1000, 2000, 3000, 4000, 6000, 10000};
static const int step_thresholds_d[] = {3, 5, 10};
static const int step_pauses_ms[] = {0, 500, 1000, 2000};
enum { PAUSES = sizeof step_pauses_ms / sizeof step_pauses_ms[0] };
_Static_assert(PEER_STEPS == PAUSES * sizeof step_thresholds_d / sizeof step_thresholds_d[0],
               "each threshold with each pause");

static int threshold_d(int rule)
{
    return step_thresholds_d[(rule - PEER_FIRST_STEP) / PAUSES];
}

static int pause_ms(int rule)
{
    return step_pauses_ms[(rule - PEER_FIRST_STEP) % PAUSES];
}

static bool is_step(int rule)
{
    return rule >= PEER_FIRST_STEP && rule < PEER_FIRST_CLOSE;
}

void peers_name(int rule, char text[32])
{
    if (is_step(rule)) {
        snprintf(text, 32, "step %d d, %.1f s", threshold_d(rule), pause_ms(rule) / 1000.0);
    } else if (rule < PEER_DOORS) {
        snprintf(text, 32, "door %.1f s", doors_ms[rule] / 1000.0);
    } else {
        snprintf(text, 32, "close %.1f s", closes_ms[rule - PEER_FIRST_CLOSE] / 1000.0);
    }
}

void peers_begin(struct peers *peers, const struct scene *scene)
{
    peers->scene = scene;
    peers->service = false;
    memset(peers->bins, 0, sizeof peers->bins);
    memset(peers->count, 0, sizeof peers->count);
    for (int bin = 0; bin < scene->bin_count; bin++) {
        for (int rule = 0; rule < PEER_RULES; rule++) {
            peers->bins[bin].due_ms[rule] = INT64_MAX;
        }
    }
}

static double least_g(const struct peers *peers, int bin, int divisions)
{
    double grams = (double)divisions * peers->scene->scales[bin].division_g;
    return grams > NO_DEPOSIT_G ? grams : NO_DEPOSIT_G;
}

static void report(struct peers *peers, int rule, int bin, int64_t t_ms, bool weighed, double grams)
{
    if (peers->count[rule] < PEER_FOUND) {
        peers->found[rule][peers->count[rule]++] = (struct peer_found){
            bin, t_ms, weighed, (int32_t)(grams < 0 ? grams - 0.5 : grams + 0.5)};
    }
}

static bool is_fresh(const struct peer_bin *bin, int64_t t_ms)
{
    return bin->known && t_ms - bin->heard_ms <= STALE_MS;
}

static void end_timers(struct peers *peers, int index, int64_t t_ms)
{
    struct peer_bin *bin = &peers->bins[index];
    for (int rule = 0; rule < PEER_RULES; rule++) {
        if (is_step(rule) || bin->due_ms[rule] > t_ms) {
            continue;
        }
        int64_t due_ms = bin->due_ms[rule];
        bin->due_ms[rule] = INT64_MAX;
        if (peers->service) {
            continue;
        }
        bool weighed = is_fresh(bin, due_ms) && bin->has_base[rule];
        double gain_g = bin->grams - bin->base_g[rule];
        if (!weighed || gain_g >= least_g(peers, index, 3)) {
            report(peers, rule, index, due_ms, weighed, gain_g);
        }
    }
}

static void lid(struct peers *peers, int index, int64_t t_ms, bool open)
{
    struct peer_bin *bin = &peers->bins[index];
    if (open == bin->lid_open) {
        return;
    }
    bin->lid_open = open;
    for (int rule = 0; rule < PEER_RULES; rule++) {
        bool pends = bin->due_ms[rule] != INT64_MAX;
        if (is_step(rule)) {
            continue;
        }
        if (open && !pends) {
            bin->has_base[rule] = is_fresh(bin, t_ms);
            bin->base_g[rule] = bin->grams;
        }
        if (rule < PEER_DOORS) {
            bin->due_ms[rule] = open && !pends ? t_ms + doors_ms[rule] : bin->due_ms[rule];
        } else {
            /* A lid that opens again before its time was up goes on with its base. */
            bin->due_ms[rule] = open ? INT64_MAX : t_ms + closes_ms[rule - PEER_FIRST_CLOSE];
        }
    }
}

static void step(struct peers *peers, int index, int rule, int64_t t_ms)
{
    struct peer_bin *bin = &peers->bins[index];
    double limit_g = least_g(peers, index, threshold_d(rule));
    double change_g = bin->grams - bin->base_g[rule];
    if (!bin->has_base[rule] || peers->service) {
        bin->has_base[rule] = true;
        bin->base_g[rule] = bin->grams;
        bin->due_ms[rule] = INT64_MAX;
        return;
    }
    bool beyond = change_g >= limit_g || change_g <= -limit_g;
    if (bin->due_ms[rule] == INT64_MAX) {
        if (!beyond) {
            bin->base_g[rule] += change_g / 16; /* follows drift */
            return;
        }
        bin->due_ms[rule] = t_ms + pause_ms(rule);
    }
    if (t_ms < bin->due_ms[rule]) {
        return;
    }
    bin->due_ms[rule] = INT64_MAX;
    if (beyond) {
        if (change_g > 0) {
            report(peers, rule, index, t_ms, true, change_g);
        }
        bin->base_g[rule] = bin->grams;
    }
}

void peers_hear(struct peers *peers, const struct display *display)
{
    for (int bin = 0; bin < peers->scene->bin_count; bin++) {
        end_timers(peers, bin, display->t_ms);
    }
    if (display->kind == DISPLAY_UI) {
        if (strcmp(display->argument, "service") == 0) {
            peers->service = true;
        } else if (strcmp(display->argument, "leave") == 0) {
            peers->service = false;
        }
    } else if (display->kind == DISPLAY_LID) {
        for (int bin = 0; bin < peers->scene->bin_count; bin++) {
            if (peers->scene->scales[bin].has_lid && display->lids[bin] != '?') {
                lid(peers, bin, display->t_ms, display->lids[bin] == 'O');
            }
        }
    } else if (display->kind == DISPLAY_WEIGHT) {
        struct peer_bin *bin = &peers->bins[display->bin];
        bin->known = !display->overload;
        bin->heard_ms = display->t_ms;
        if (display->overload) {
            return;
        }
        bin->grams = display->grams;
        for (int rule = PEER_FIRST_STEP; rule < PEER_FIRST_CLOSE; rule++) {
            step(peers, display->bin, rule, display->t_ms);
        }
    }
}

void peers_end(struct peers *peers, int64_t t_ms)
{
    for (int bin = 0; bin < peers->scene->bin_count; bin++) {
        end_timers(peers, bin, t_ms + 60000);
    }
}
