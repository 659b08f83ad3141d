/* What happens besides: leaning, trucks, wind, cleaners, and sensors that fail. */
#include "tests/corpus/plan.h"

#include <stdio.h>

static int64_t alone_with(struct plan *plan, int bin, int64_t t_ms)
{
    int64_t from_ms = plan->free_ms[bin] + 6000;
    return from_ms > t_ms ? from_ms : t_ms;
}

static bool is_too_late(const struct plan *plan, int64_t t_ms)
{
    return t_ms > plan->scene->duration_ms - 60000;
}

static void lean(struct plan *plan, int bin, int64_t t_ms)
{
    bool idle = plan->scene->level == LEVEL_IDLE;
    bool overlaps = draw_chance(&plan->draw, plan->scene->habits.lean_overlap);
    t_ms = overlaps ? t_ms : alone_with(plan, bin, t_ms);
    if (is_too_late(plan, t_ms)) {
        return;
    }
    double unit = draw_unit(&plan->draw);
    double grams = 300 + 25000 * unit * unit;
    grams = draw_chance(&plan->draw, 0.15) ? -grams * 0.05 : grams;
    struct scene_action *action = plan_action(plan, ACTION_FORCE, t_ms, bin, grams);
    action->extra = draw_between(&plan->draw, 100, 1000);
    action->wobble = draw_between(&plan->draw, 0.02, 0.12);
    double longest = idle ? 120 : 20;
    double share = draw_unit(&plan->draw);
    int64_t end_ms = t_ms + 500 + (int64_t)(longest * 1000 * share * share);
    plan_action(plan, ACTION_FORCE, end_ms, bin, 0)->extra = draw_between(&plan->draw, 80, 500);
    if (!overlaps) {
        plan_rest(plan, bin, end_ms + 1000);
    }
    plan->scene->counts.leans++;
}

static void shake(struct plan *plan, int bin, int64_t t_ms, double amplitude_d, double hz,
                  int64_t last_ms)
{
    double grams = amplitude_d * plan->scene->scales[bin].division_g;
    struct scene_action *action = plan_action(plan, ACTION_SHAKE, t_ms, bin, grams);
    action->extra = (double)last_ms;
    action->rate_hz = hz;
}

/* Rattles the lid, and presses on it. */
static void wind(struct plan *plan, int bin, int64_t t_ms)
{
    t_ms = alone_with(plan, bin, t_ms);
    int64_t gusts = draw_integer(&plan->draw, 1, 5);
    for (int64_t i = 0; i < gusts && !is_too_late(plan, t_ms); i++) {
        struct scene_opening *opening = plan_open(plan, bin, t_ms, "wind");
        struct scene_action *action =
            plan_action(plan, ACTION_FORCE, t_ms, bin, draw_between(&plan->draw, -150, 150));
        action->extra = 50;
        action->wobble = 0.4;
        t_ms += plan_ms(plan, 0.06, 0.5);
        plan_close(plan, opening, t_ms);
        plan_action(plan, ACTION_FORCE, t_ms, bin, 0)->extra = 50;
        t_ms += plan_ms(plan, 0.2, 2);
    }
    plan->scene->counts.winds++;
}

/* The bin is rolled away, and the same or another one comes back empty. Returns when it stands. */
static int64_t roll_away(struct plan *plan, int bin, int64_t t_ms, int64_t away_ms)
{
    double tare_g = draw_between(&plan->draw, 6000, 14000);
    double contents_g = plan->contents_g[bin];
    plan_action(plan, ACTION_LOAD, t_ms, bin, -contents_g * 0.4 - tare_g * 0.3);
    plan_action(plan, ACTION_LOAD, t_ms + plan_ms(plan, 0.2, 1), bin,
                -contents_g * 0.6 - tare_g * 0.7);
    int64_t back_ms = t_ms + 1000 + away_ms;
    double other_g = draw_between(&plan->draw, -300, 300);
    plan_action(plan, ACTION_LOAD, back_ms, bin, tare_g * 0.6);
    int64_t stands_ms = back_ms + plan_ms(plan, 0.3, 1.5);
    plan_action(plan, ACTION_LOAD, stands_ms, bin, tare_g * 0.4 + other_g);
    plan->contents_g[bin] = 0;
    plan_rest(plan, bin, stands_ms + 6000);
    return stands_ms;
}

static void empty_by_hand(struct plan *plan, int bin, int64_t t_ms)
{
    t_ms = alone_with(plan, bin, t_ms);
    if (is_too_late(plan, t_ms) || plan->contents_g[bin] < 100) {
        return;
    }
    struct scene_opening *opening = plan_open(plan, bin, t_ms, "emptied by hand");
    int64_t parts = draw_integer(&plan->draw, 1, 4);
    double part_g = plan->contents_g[bin] / (double)parts;
    for (int64_t i = 0; i < parts; i++) {
        t_ms += plan_ms(plan, 1, 4);
        plan_move(plan, opening, t_ms, -part_g);
    }
    plan_close(plan, opening, t_ms + plan_ms(plan, 0.5, 3));
    plan->scene->counts.removals++;
}

/* With the cleaner's PIN: the whole point belongs to the cleaner meanwhile. */
static void collect(struct plan *plan, int bin, int64_t t_ms)
{
    struct scene *scene = plan->scene;
    for (int i = 0; i < scene->bin_count; i++) {
        int64_t free_ms = plan->free_ms[i] + 15000;
        t_ms = free_ms > t_ms ? free_ms : t_ms;
    }
    if (is_too_late(plan, t_ms)) {
        return;
    }
    char collect_bin[24];
    snprintf(collect_bin, sizeof collect_bin, "collect %d", bin + 1);
    plan_ui(plan, t_ms, "tap", "service");
    plan_ui(plan, t_ms + 2500, "pin", "*");
    plan_ui(plan, t_ms + 5000, "tap", collect_bin);
    int64_t stands_ms =
        roll_away(plan, bin, t_ms + 5000 + plan_ms(plan, 10, 20), plan_ms(plan, 4, 40));
    int64_t done_ms = stands_ms + plan_ms(plan, 3, 8);
    plan_ui(plan, done_ms, "tap", "collect_done");
    plan_ui(plan, done_ms + 12000, "tap", "leave");
    for (int i = 0; i < scene->bin_count; i++) {
        plan->free_ms[i] = done_ms + 12000 + 15000;
    }
    scene->counts.collections++;
}

static void swap(struct plan *plan, int bin, int64_t t_ms)
{
    t_ms = alone_with(plan, bin, t_ms);
    if (!is_too_late(plan, t_ms)) {
        roll_away(plan, bin, t_ms, plan_ms(plan, 3, 200));
        plan->scene->counts.removals++;
    }
}

static void press_zero(struct plan *plan, int bin, int64_t t_ms)
{
    t_ms = alone_with(plan, bin, t_ms);
    plan_action(plan, ACTION_ZERO, t_ms, bin, 0);
    plan_rest(plan, bin, t_ms + 4000);
}

static void pass_by(struct plan *plan, int64_t t_ms)
{
    double hz = draw_between(&plan->draw, 2, 8);
    int64_t last_ms = plan_ms(plan, 2, 6);
    for (int bin = 0; bin < plan->scene->bin_count; bin++) {
        double amplitude_d = plan->scene->habits.truck_g * draw_between(&plan->draw, 0.2, 1);
        shake(plan, bin, t_ms, amplitude_d, hz, last_ms);
    }
    plan->scene->counts.trucks++;
}

void plan_event(struct plan *plan, enum plan_event event, int64_t t_ms)
{
    int bin = (int)draw_integer(&plan->draw, 0, plan->scene->bin_count - 1);
    switch (event) {
    case PLAN_LEAN:
        lean(plan, bin, t_ms);
        break;
    case PLAN_TRUCK:
        pass_by(plan, t_ms);
        break;
    case PLAN_WIND:
        wind(plan, bin, t_ms);
        break;
    case PLAN_VIBRATION:
        shake(plan, bin, t_ms, plan->scene->habits.truck_g * draw_between(&plan->draw, 0.2, 0.6),
              draw_between(&plan->draw, 6, 25), plan_ms(plan, 3, 30));
        break;
    case PLAN_SWAP:
        swap(plan, bin, t_ms);
        break;
    case PLAN_EMPTYING:
        empty_by_hand(plan, bin, t_ms);
        break;
    case PLAN_ZERO:
    case PLAN_TARE:
        press_zero(plan, bin, t_ms);
        break;
    case PLAN_COLLECTION:
        collect(plan, bin, t_ms);
        break;
    case PLAN_PERSON:
    case PLAN_EVENTS:
        break;
    }
}

/* ---- faults ---------------------------------------------------------------------------------- */

static void add_fault(struct scene *scene, enum fault_kind kind, int bin, int64_t from_ms,
                      int64_t to_ms)
{
    if (scene->fault_count < SCENE_FAULTS_MAX) {
        scene->faults[scene->fault_count++] = (struct scene_fault){kind, bin, from_ms, to_ms};
    }
}

/* A wire with a loose contact: away again and again, also in the middle of a deposit. */
static void loose_contact(struct plan *plan, enum fault_kind kind, int bin, double most_s)
{
    int64_t t_ms = plan_ms(plan, 40, 120);
    while (t_ms < plan->scene->duration_ms) {
        int64_t to_ms = t_ms + plan_ms(plan, 1, most_s);
        add_fault(plan->scene, kind, bin, t_ms, to_ms);
        t_ms = to_ms + plan_ms(plan, 20, 200);
    }
}

void plan_faults(struct plan *plan)
{
    static const enum fault_kind kinds[] = {
        FAULT_LID_MISSING, FAULT_LID_MISSING, FAULT_LID_STUCK_OPEN, FAULT_LID_STUCK_CLOSED,
        FAULT_LID_SILENT,  FAULT_LID_BROKEN,  FAULT_SILENT,         FAULT_SILENT,
        FAULT_OVERLOAD,    FAULT_FROZEN,      FAULT_GARBAGE,        FAULT_LOST,
    };
    struct scene *scene = plan->scene;
    enum fault_kind kind = kinds[draw_integer(&plan->draw, 0, sizeof kinds / sizeof kinds[0] - 1)];
    int bin = (int)draw_integer(&plan->draw, 0, scene->bin_count - 1);
    plan->favourite = bin;
    scene->on_bus = false;
    scene->lids.on_bus = false;
    int64_t from_ms = plan_ms(plan, 30, 200);
    switch (kind) {
    case FAULT_LID_MISSING:
        scene->scales[bin].has_lid = false;
        add_fault(scene, kind, bin, 0, INT64_MAX);
        break;
    case FAULT_SILENT:
    case FAULT_GARBAGE:
        loose_contact(plan, kind, bin, 300);
        break;
    case FAULT_LOST:
        loose_contact(plan, kind, bin, 60);
        break;
    case FAULT_OVERLOAD:
        scene->scales[bin].wire = 1; /* one that can say so */
        loose_contact(plan, kind, bin, 120);
        break;
    default:
        add_fault(scene, kind, bin, from_ms, INT64_MAX);
        break;
    }
}
