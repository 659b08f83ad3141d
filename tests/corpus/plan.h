/* Shared by the planner's two halves: people (plan.c) and what happens besides (plan_events.c). */
#ifndef TESTS_CORPUS_PLAN_H
#define TESTS_CORPUS_PLAN_H

#include "tests/corpus/scene.h"

struct plan {
    struct scene *scene;
    struct draw draw;
    int64_t free_ms[SCENE_BINS_MAX]; /* nobody touches the bin from then on */
    double contents_g[SCENE_BINS_MAX];
    int favourite; /* a bin that more people use, or SCENE_NONE */
};

struct scene_action *plan_action(struct plan *plan, enum action_kind kind, int64_t t_ms, int bin,
                                 double value);
void plan_ui(struct plan *plan, int64_t t_ms, const char *verb, const char *argument);
int64_t plan_ms(struct plan *plan, double least_s, double most_s); /* a duration */

/* Opens the lid; NULL where the plan is full. plan_close() ends it. */
struct scene_opening *plan_open(struct plan *plan, int bin, int64_t t_ms, const char *story);
void plan_close(struct plan *plan, struct scene_opening *opening, int64_t t_ms);
/* Weight that belongs to the opening; `grams` may be negative. */
void plan_move(struct plan *plan, struct scene_opening *opening, int64_t t_ms, double grams);

/* The bin is left alone until whatever its scale still does is over. */
void plan_rest(struct plan *plan, int bin, int64_t t_ms);

/* So much later than a lid closed, a scale of this kind can have said something about it. */
int64_t plan_settling_ms(const struct scene *scene, int bin);

/* Leaning, trucks, wind, cleaners: one of each kind, at `t_ms` or as soon as the bin is free. */
enum plan_event {
    PLAN_PERSON,
    PLAN_LEAN,
    PLAN_TRUCK,
    PLAN_WIND,
    PLAN_VIBRATION,
    PLAN_SWAP,
    PLAN_EMPTYING,
    PLAN_ZERO,
    PLAN_TARE,
    PLAN_COLLECTION,
    PLAN_EVENTS
};
void plan_event(struct plan *plan, enum plan_event event, int64_t t_ms);

/* Sensors that are missing or lie, for the level `broken`. */
void plan_faults(struct plan *plan);

#endif
