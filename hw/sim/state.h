/* What struct sim holds; for the files of this folder only. */
#ifndef HW_SIM_STATE_H
#define HW_SIM_STATE_H

#include "hw/sim/scale.h"
#include "hw/sim/scenario.h"
#include "hw/sim/truth.h"
#include "hw/sim/wire.h"

enum {
    SIM_BIN_FULL_G = 51000 /* 85 % of 60 kg: the cleaner comes */
};

struct sim_line {
    bool up;
    int64_t due_ms; /* of the next frame */
    uint8_t frame[SIM_FRAME_MAX];
    size_t frame_length; /* 0 before the first */
    struct sim_ear ear;
};

struct sim_people {
    int visits_per_hour;
    int64_t arrival_ms; /* since the site's beginning: when the next person comes by chance */
    int64_t free_ms;    /* from then on the next visit can be told from the last */
    bool follower;      /* the next person stands right behind the last */
    struct sim_random random;
};

struct sim {
    int64_t start_ms, now_ms;
    struct sim_scale scales[SIM_BINS];
    struct sim_line lines[SIM_PORT_COUNT];
    bool lid_open[SIM_BINS];
    uint8_t lid_sequence;
    struct sim_random garbage;
    struct sim_judge judge;
    struct sim_truth finished[SIM_BINS]; /* deposits to be told, by bin */
    bool has_finished[SIM_BINS];
    struct sim_people people;
    struct sim_step steps[SIM_SCENARIO_STEPS];
    int step_count, next_step;
};

/* Replaces the steps, all done, with those of the next visit. Nothing where nobody comes. */
void sim_people_plan(struct sim *sim);

#endif
