/* What devices and people are like, drawn per capture from ranges. The `fit` and the `held-out`
 * split have other ranges and other seeds: a rule tuned on one is measured on the other. */
#include "tests/corpus/scene.h"
#include "tests/corpus/wires.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const corpus_level_names[LEVEL_COUNT] = {"calm", "busy", "rough", "broken", "idle"};
const char *const corpus_split_names[SPLIT_COUNT] = {"fit", "held-out"};
const char *const scene_class_names[SCENE_CLASSES] = {"recyclable", "hazardous", "kitchen",
                                                      "residual"};

struct range {
    double least, most;
};

/* Noise in divisions, so that fine and coarse scales are equally restless. */
struct device_ranges {
    struct range period_ms, jitter, late_chance, late_ms, missing, duplicate;
    struct range frequency_hz, damping, bounce, filter_ms;
    struct range white_d, walk_d, creep, creep_s, drift_d_per_h, swing_d, swing_h;
    struct range spike_chance, spike_d, coupling;
    struct range lid_delay_ms;
};

static const struct device_ranges devices[SPLIT_COUNT] = {
    [SPLIT_FIT] =
        {
            .period_ms = {20, 250},
            .jitter = {0.02, 0.25},
            .late_chance = {0, 0.004},
            .late_ms = {30, 250},
            .missing = {0, 0.01},
            .duplicate = {0, 0.01},
            .frequency_hz = {2.5, 8},
            .damping = {0.30, 0.70},
            .bounce = {0, 0.3},
            .filter_ms = {20, 200},
            .white_d = {0.02, 0.5},
            .walk_d = {0, 0.02},
            .creep = {0, 0.0003},
            .creep_s = {40, 300},
            .drift_d_per_h = {-3, 3},
            .swing_d = {0, 15},
            .swing_h = {4, 24},
            .spike_chance = {0, 0.0002},
            .spike_d = {5, 300},
            .coupling = {0, 0.002},
            .lid_delay_ms = {10, 120},
        },
    [SPLIT_HELD_OUT] =
        {
            .period_ms = {25, 500},
            .jitter = {0, 0.35},
            .late_chance = {0, 0.008},
            .late_ms = {20, 400},
            .missing = {0, 0.02},
            .duplicate = {0, 0.02},
            .frequency_hz = {2, 7},
            .damping = {0.28, 0.60},
            .bounce = {0.1, 0.4},
            .filter_ms = {0, 250},
            .white_d = {0, 0.6},
            .walk_d = {0, 0.03},
            .creep = {0, 0.0004},
            .creep_s = {20, 200},
            .drift_d_per_h = {-5, 5},
            .swing_d = {0, 25},
            .swing_h = {2, 24},
            .spike_chance = {0, 0.0004},
            .spike_d = {3, 1000},
            .coupling = {0, 0.004},
            .lid_delay_ms = {5, 180},
        },
};

/* What a level multiplies and adds: chances of a reading, divisions. */
struct level_ranges {
    double white, spike, coupling;
    struct habits habits;
};

static const struct level_ranges levels[LEVEL_COUNT] =
    {
        [LEVEL_CALM] =
            {
                .white = 0.7,
                .spike = 0.3,
                .coupling = 1,
                .habits = {.visits_per_hour = 30,
                           .undeclared = 0.08,
                           .answers = 0.6,
                           .finishes = 0.3,
                           .corrected = 0.06,
                           .wrong_bin = 0.06,
                           .several_lids = 0.10,
                           .second_drop = 0.02,
                           .two_bags = 0.06,
                           .only_looks = 0.03,
                           .left_open = 0.01,
                           .takes_out = 0.01,
                           .small_bag = 0.04,
                           .leans = 2,
                           .trucks = 0.5,
                           .winds = 0.5,
                           .vibrations = 1,
                           .swaps = 0.3,
                           .emptyings = 0.2,
                           .zeros = 0.2,
                           .tares = 0.1,
                           .collections = 0.5,
                           .truck_g = 1},
            },
        [LEVEL_BUSY] =
            {
                .white = 1,
                .spike = 1,
                .coupling = 1,
                .habits = {.visits_per_hour = 120,
                           .overlaps = true,
                           .undeclared = 0.10,
                           .answers = 0.5,
                           .finishes = 0.2,
                           .corrected = 0.06,
                           .wrong_bin = 0.06,
                           .several_lids = 0.20,
                           .second_drop = 0.06,
                           .two_bags = 0.10,
                           .only_looks = 0.03,
                           .left_open = 0.02,
                           .found_open = 0.3,
                           .rim = 0.02,
                           .takes_out = 0.01,
                           .small_bag = 0.05,
                           .hand_force = 0.05,
                           .leans = 4,
                           .trucks = 1,
                           .winds = 1,
                           .vibrations = 4,
                           .swaps = 0.5,
                           .emptyings = 0.5,
                           .zeros = 0.5,
                           .tares = 0.2,
                           .collections = 1,
                           .truck_g = 1},
            },
        [LEVEL_ROUGH] =
            {
                .white = 2,
                .spike = 5,
                .coupling = 4,
                .habits = {.visits_per_hour = 60,
                           .overlaps = true,
                           .undeclared = 0.12,
                           .answers = 0.5,
                           .finishes = 0.2,
                           .corrected = 0.06,
                           .wrong_bin = 0.06,
                           .several_lids = 0.15,
                           .second_drop = 0.06,
                           .two_bags = 0.10,
                           .only_looks = 0.04,
                           .left_open = 0.03,
                           .found_open = 0.3,
                           .rim = 0.03,
                           .rim_late = 0.01,
                           .takes_out = 0.02,
                           .small_bag = 0.05,
                           .hand_force = 0.25,
                           .leans = 20,
                           .lean_overlap = 0.05,
                           .trucks = 6,
                           .winds = 6,
                           .vibrations = 20,
                           .swaps = 1,
                           .emptyings = 1,
                           .zeros = 1,
                           .tares = 0.5,
                           .collections = 1,
                           .truck_g = 6},
            },
        [LEVEL_BROKEN] =
            {
                .white = 1,
                .spike = 1,
                .coupling = 1,
                .habits = {.visits_per_hour = 40,
                           .undeclared = 0.10,
                           .answers = 0.3,
                           .finishes = 0.2,
                           .wrong_bin = 0.08,
                           .several_lids = 0.10,
                           .two_bags = 0.05,
                           .small_bag = 0.03,
                           .leans = 2,
                           .trucks = 1,
                           .winds = 1,
                           .vibrations = 2,
                           .truck_g = 1},
            },
        [LEVEL_IDLE] =
            {
                .white = 1,
                .spike = 1,
                .coupling = 1,
                .habits = {.leans = 2,
                           .trucks = 1,
                           .winds = 0.5,
                           .vibrations = 2,
                           .zeros = 0.1,
                           .tares = 0.05,
                           .collections = 0.15,
                           .swaps = 0.02,
                           .emptyings = 0.02,
                           .truck_g = 3},
            },
};

static double draw_range(struct draw *draw, struct range range)
{
    return draw_between(draw, range.least, range.most);
}

/* Fast and slow scales alike: by rate, not by period. */
static double draw_period(struct draw *draw, struct range range)
{
    double rate = draw_between(draw, 1000 / range.most, 1000 / range.least);
    /* Half of all indicators send 10 a second or less. */
    return draw_chance(draw, 0.5)
               ? draw_between(draw, 100 > range.least ? 100 : range.least, range.most)
               : 1000 / rate;
}

static void draw_scale(struct draw *draw, const struct device_ranges *ranges,
                       const struct level_ranges *level, struct scale_character *scale)
{
    static const int32_t divisions_g[] = {1, 2, 5, 10, 10, 10, 20, 20, 50, 100};
    int32_t division_g =
        divisions_g[draw_integer(draw, 0, sizeof divisions_g / sizeof divisions_g[0] - 1)];
    double period_ms = draw_period(draw, ranges->period_ms);
    /* An indicator averages over a good part of the time between two readings. */
    double filter_ms = draw_range(draw, ranges->filter_ms);
    *scale = (struct scale_character){
        .wire = (int)draw_integer(draw, 0, wire_count - 1),
        .division_g = division_g,
        .period_ms = period_ms,
        .jitter_ms = period_ms * draw_range(draw, ranges->jitter),
        .late_chance = draw_range(draw, ranges->late_chance),
        .late_ms = draw_range(draw, ranges->late_ms),
        .missing_chance = draw_range(draw, ranges->missing),
        .duplicate_chance = draw_range(draw, ranges->duplicate),
        .frequency_hz = draw_range(draw, ranges->frequency_hz),
        .damping = draw_range(draw, ranges->damping),
        .bounce = draw_range(draw, ranges->bounce),
        .filter_ms = filter_ms > period_ms / 4 ? filter_ms : period_ms / 4,
        .white_g = draw_range(draw, ranges->white_d) * level->white * division_g,
        .walk_g = draw_range(draw, ranges->walk_d) * division_g,
        .creep = draw_range(draw, ranges->creep),
        .creep_s = draw_range(draw, ranges->creep_s),
        .drift_g_per_h = draw_range(draw, ranges->drift_d_per_h) * division_g,
        .swing_g = draw_range(draw, ranges->swing_d) * division_g,
        .swing_h = draw_range(draw, ranges->swing_h),
        .tracks_zero = draw_chance(draw, 0.6),
        .tells_stable = draw_chance(draw, 0.7),
        .stable_ms = draw_between(draw, 300, 1000),
        .spike_chance = draw_range(draw, ranges->spike_chance) * level->spike,
        .spike_g = draw_range(draw, ranges->spike_d) * division_g,
        .coupling = draw_range(draw, ranges->coupling) * level->coupling,
        .equal_frames = draw_chance(draw, 0.7) ? 1 : 2,
        .has_lid = true,
    };
}

struct scene *scene_new(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL) {
        return NULL;
    }
    scene->actions = calloc(SCENE_ACTIONS_MAX, sizeof *scene->actions);
    scene->openings = calloc(SCENE_OPENINGS_MAX, sizeof *scene->openings);
    if (scene->actions == NULL || scene->openings == NULL) {
        scene_free(scene);
        return NULL;
    }
    return scene;
}

void scene_free(struct scene *scene)
{
    if (scene != NULL) {
        free(scene->actions);
        free(scene->openings);
        free(scene);
    }
}

uint64_t scene_stream(const struct scene *scene, int stream)
{
    uint64_t kind = (uint64_t)scene->level * SPLIT_COUNT + (uint64_t)scene->split;
    return kind * STREAM_COUNT + (uint64_t)stream;
}

void scene_begin(struct scene *scene, enum corpus_level level, enum corpus_split split,
                 uint64_t seed, int64_t duration_ms)
{
    struct scene_action *actions = scene->actions;
    struct scene_opening *openings = scene->openings;
    *scene = (struct scene){
        .level = level,
        .split = split,
        .seed = seed,
        .duration_ms = duration_ms,
        .habits = levels[level].habits,
        .actions = actions,
        .openings = openings,
    };
    struct draw draw = draw_begin(seed, scene_stream(scene, STREAM_PARAMETERS));
    const struct device_ranges *ranges = &devices[split];
    scene->bin_count = (int)draw_integer(&draw, SCENE_CLASSES, SCENE_BINS_MAX);
    for (int bin = 0; bin < scene->bin_count; bin++) {
        scene->classes[bin] =
            bin < SCENE_CLASSES ? bin : (int)draw_integer(&draw, 0, SCENE_CLASSES - 1);
        draw_scale(&draw, ranges, &levels[level], &scene->scales[bin]);
    }
    for (int bin = 0; level == LEVEL_IDLE && bin < scene->bin_count; bin++) {
        scene->scales[bin].has_lid = !draw_chance(&draw, 0.1);
    }
    scene->on_bus = draw_chance(&draw, 0.15);
    scene->lids = (struct lid_character){
        .on_bus = scene->on_bus,
        .delay_least_ms = 5,
        .delay_most_ms = (int)draw_range(&draw, ranges->lid_delay_ms),
        .bounce_chance = level == LEVEL_CALM ? 0 : draw_between(&draw, 0, 0.05),
    };
    if (level == LEVEL_ROUGH) {
        scene->lids.late_chance = draw_between(&draw, 0, 0.02);
        scene->lids.late_ms = (int)draw_integer(&draw, 100, 1000);
    }
}
