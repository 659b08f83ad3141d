/* People: who comes when, says what, opens which lid and throws how much. */
#include "tests/corpus/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { START_MS = 20000, TAIL_MS = 60000, PLANNED_MAX = 4000, GIVES_UP_MS = 60000 };

int64_t plan_ms(struct plan *plan, double least_s, double most_s)
{
    return (int64_t)(draw_between(&plan->draw, least_s, most_s) * 1000);
}

struct scene_action *plan_action(struct plan *plan, enum action_kind kind, int64_t t_ms, int bin,
                                 double value)
{
    static struct scene_action spare;
    struct scene *scene = plan->scene;
    assert(scene->action_count < SCENE_ACTIONS_MAX);
    struct scene_action *action =
        scene->action_count < SCENE_ACTIONS_MAX ? &scene->actions[scene->action_count] : &spare;
    *action = (struct scene_action){
        .t_ms = t_ms,
        .order = scene->action_count++,
        .kind = kind,
        .bin = bin,
        .opening = SCENE_NONE,
        .value = value,
    };
    return action;
}

void plan_ui(struct plan *plan, int64_t t_ms, const char *verb, const char *argument)
{
    struct scene_action *action = plan_action(plan, ACTION_UI, t_ms, SCENE_NONE, 0);
    assert(strlen(verb) < sizeof action->verb && strlen(argument) < sizeof action->argument);
    strcpy(action->verb, verb);
    strcpy(action->argument, argument);
}

struct scene_opening *plan_open(struct plan *plan, int bin, int64_t t_ms, const char *story)
{
    struct scene *scene = plan->scene;
    assert(scene->opening_count < SCENE_OPENINGS_MAX);
    struct scene_opening *opening = &scene->openings[scene->opening_count++];
    *opening = (struct scene_opening){
        .bin = bin,
        .opened_ms = t_ms,
        .closed_ms = scene->duration_ms,
        .first_load_ms = -1,
        .last_move_ms = t_ms,
        .story = story,
        .declared_after = SCENE_NONE,
        .chosen = SCENE_NONE,
        .outcome = "",
    };
    plan_action(plan, ACTION_LID, t_ms, bin, 1)->opening = scene->opening_count - 1;
    return opening;
}

void plan_close(struct plan *plan, struct scene_opening *opening, int64_t t_ms)
{
    opening->closed_ms = t_ms;
    plan_action(plan, ACTION_LID, t_ms, opening->bin, 0)->opening =
        (int)(opening - plan->scene->openings);
    plan_rest(plan, opening->bin, t_ms);
}

void plan_move(struct plan *plan, struct scene_opening *opening, int64_t t_ms, double grams)
{
    plan_action(plan, ACTION_LOAD, t_ms, opening->bin, grams)->opening =
        (int)(opening - plan->scene->openings);
    opening->grams += grams;
    opening->moves++;
    opening->first_load_ms = opening->first_load_ms < 0 ? t_ms : opening->first_load_ms;
    opening->last_move_ms = t_ms > opening->last_move_ms ? t_ms : opening->last_move_ms;
    plan->contents_g[opening->bin] += grams;
    plan_rest(plan, opening->bin, t_ms);
}

int64_t plan_settling_ms(const struct scene *scene, int bin)
{
    const struct scale_character *scale = &scene->scales[bin];
    return 2000 + (int64_t)(scale->filter_ms + 4 * scale->period_ms);
}

void plan_rest(struct plan *plan, int bin, int64_t t_ms)
{
    int64_t free_ms = t_ms + plan_settling_ms(plan->scene, bin) + 1000;
    plan->free_ms[bin] = free_ms > plan->free_ms[bin] ? free_ms : plan->free_ms[bin];
}

/* ---- one person ------------------------------------------------------------------------------ */

static double least_bag(const struct scene *scene, int bin)
{
    double five = 5.0 * scene->scales[bin].division_g;
    return five > 20 ? five : 20;
}

static double draw_bag(struct plan *plan, int bin)
{
    double least = least_bag(plan->scene, bin);
    if (draw_chance(&plan->draw, plan->scene->habits.small_bag)) {
        return (double)draw_integer(&plan->draw, (int64_t)(least * 0.3) + 1, (int64_t)least - 1);
    }
    double most = 3000.0 * plan->scene->scales[bin].division_g;
    most = most > 12000 ? 12000 : most;
    double unit = draw_unit(&plan->draw);
    return (double)(int64_t)(least + 1 + (most - least) * unit * unit * unit);
}

static int other_bin(struct plan *plan, int bin)
{
    const struct scene *scene = plan->scene;
    int other = bin;
    for (int tries = 0; tries < 50 && scene->classes[other] == scene->classes[bin]; tries++) {
        other = (int)draw_integer(&plan->draw, 0, scene->bin_count - 1);
    }
    return other;
}

static void choose(struct plan *plan, int64_t t_ms, int class)
{
    plan_ui(plan, t_ms, "choose", scene_class_names[class]);
}

/* A hand that presses on the rim or carries some of the lid. */
static void press(struct plan *plan, int bin, int64_t from_ms, int64_t to_ms)
{
    double grams = draw_between(&plan->draw, -300, 1500);
    struct scene_action *action = plan_action(plan, ACTION_FORCE, from_ms, bin, grams);
    action->extra = draw_between(&plan->draw, 50, 300);
    action->wobble = 0.1;
    plan_action(plan, ACTION_FORCE, to_ms, bin, 0)->extra = 80;
}

static void touch_of_hand(struct plan *plan, struct scene_opening *opening, int64_t until_ms)
{
    if (draw_chance(&plan->draw, plan->scene->habits.hand_force)) {
        int64_t from_ms = opening->opened_ms + plan_ms(plan, 0, 0.5);
        int64_t to_ms = from_ms + plan_ms(plan, 0.2, 1.5);
        to_ms = to_ms > until_ms + 200 ? until_ms + 200 : to_ms;
        if (to_ms > from_ms) {
            press(plan, opening->bin, from_ms, to_ms);
            opening->last_move_ms = to_ms > opening->last_move_ms ? to_ms : opening->last_move_ms;
        }
    }
}

/* A bag that hangs somewhere and falls later, in or after the lid's closing. */
static int64_t hang_bag(struct plan *plan, struct scene_opening *opening, int64_t t_ms,
                        double grams, bool is_late)
{
    double share = draw_chance(&plan->draw, 0.5) ? 0 : draw_between(&plan->draw, 0.1, 0.6);
    double first = (double)(int64_t)(grams * share);
    if (first > 0) {
        plan_move(plan, opening, t_ms, first);
    }
    int64_t close_ms = t_ms + plan_ms(plan, 0.6, 4);
    int64_t falls_ms =
        is_late ? close_ms + plan_ms(plan, 1.5, 6) : close_ms + plan_ms(plan, -2, 1.5);
    falls_ms = falls_ms < t_ms + 300 ? t_ms + 300 : falls_ms;
    plan_move(plan, opening, falls_ms, grams - first);
    return close_ms;
}

/* The next one finds the lid open, throws and leaves it so. By the words, two gains that settled
 * are two deposits; that they came during one opening makes one of them right as well. */
static void find_open(struct plan *plan, struct scene_opening *first)
{
    struct scene *scene = plan->scene;
    int64_t t_ms = first->last_move_ms + plan_ms(plan, 13, 18);
    if (scene->opening_count == SCENE_OPENINGS_MAX) {
        return;
    }
    struct scene_opening *opening = &scene->openings[scene->opening_count++];
    *opening = *first;
    opening->opened_ms = t_ms;
    opening->first_load_ms = -1;
    opening->grams = 0;
    opening->moves = 0;
    opening->found_open = true;
    opening->story = "found open";
    first->merges = true;
    plan_move(plan, opening, t_ms, draw_bag(plan, first->bin));
}

/* Opens at `t_ms`, throws, closes. Returns when the lid closed. */
static int64_t throw_in(struct plan *plan, int bin, int64_t t_ms, const char *story)
{
    const struct habits *habits = &plan->scene->habits;
    struct scene_opening *opening = plan_open(plan, bin, t_ms, story);
    t_ms += plan_ms(plan, 0.5, 2.5);
    int64_t close_ms;
    double bag = draw_bag(plan, bin);
    if (draw_chance(&plan->draw, habits->rim)) {
        opening->story = "rim";
        close_ms = hang_bag(plan, opening, t_ms, bag, false);
    } else if (draw_chance(&plan->draw, habits->rim_late)) {
        opening->story = "rim late";
        close_ms = hang_bag(plan, opening, t_ms, bag, true);
    } else {
        plan_move(plan, opening, t_ms, bag);
        if (draw_chance(&plan->draw, habits->two_bags)) {
            t_ms += plan_ms(plan, 0.4, 4);
            plan_move(plan, opening, t_ms, draw_bag(plan, bin));
            opening->story = "two bags";
        }
        close_ms = t_ms + plan_ms(plan, 0.3, 2.5);
    }
    if (draw_chance(&plan->draw, habits->left_open)) {
        opening->story = "left open";
        close_ms += plan_ms(plan, 14, 60);
    }
    touch_of_hand(plan, opening, close_ms);
    plan_close(plan, opening, close_ms);
    if (close_ms - opening->last_move_ms > 25000 && draw_chance(&plan->draw, habits->found_open)) {
        find_open(plan, opening);
    }
    return close_ms;
}

/* Opens, sees that it is the wrong one or that there is no room, closes. */
static int64_t look_in(struct plan *plan, int bin, int64_t t_ms, const char *story)
{
    struct scene_opening *opening = plan_open(plan, bin, t_ms, story);
    int64_t close_ms = t_ms + plan_ms(plan, 0.6, 3);
    plan_close(plan, opening, close_ms);
    return close_ms;
}

static int64_t take_out(struct plan *plan, int bin, int64_t t_ms)
{
    double least = least_bag(plan->scene, bin);
    double most = plan->contents_g[bin] / 2;
    if (most < least * 2) {
        return look_in(plan, bin, t_ms, "looks");
    }
    struct scene_opening *opening = plan_open(plan, bin, t_ms, "takes out");
    int64_t move_ms = t_ms + plan_ms(plan, 0.8, 3);
    plan_move(plan, opening, move_ms, -(double)(int64_t)draw_between(&plan->draw, least, most));
    plan->scene->counts.removals++;
    int64_t close_ms = move_ms + plan_ms(plan, 0.4, 2);
    plan_close(plan, opening, close_ms);
    return close_ms;
}

/* Opened again at once: where nothing could settle between, one deposit is right as well as two. */
static int64_t throw_again(struct plan *plan, int bin, int64_t closed_ms)
{
    int first = plan->scene->opening_count - 1;
    int64_t gap_ms = plan_ms(plan, 0.1, 4);
    if (gap_ms < plan_settling_ms(plan->scene, bin)) {
        plan->scene->openings[first].merges = true;
    }
    plan->scene->openings[first].story = "again 1";
    return throw_in(plan, bin, closed_ms + gap_ms, "again 2");
}

static int draw_bin(struct plan *plan)
{
    if (plan->favourite != SCENE_NONE && draw_chance(&plan->draw, 0.5)) {
        return plan->favourite;
    }
    return (int)draw_integer(&plan->draw, 0, plan->scene->bin_count - 1);
}

static int64_t when_free(const struct plan *plan, int bin, int64_t t_ms)
{
    return plan->free_ms[bin] > t_ms ? plan->free_ms[bin] : t_ms;
}

/* A further bag of the same person for another bin. */
static int64_t further_bag(struct plan *plan, int64_t t_ms, bool declared)
{
    int bin = draw_bin(plan);
    bool at_once = draw_chance(&plan->draw, 0.2);
    int64_t open_ms = t_ms + (at_once ? -plan_ms(plan, 0, 1) : plan_ms(plan, 1, 4));
    open_ms = when_free(plan, bin, open_ms);
    if (open_ms > t_ms + 7000) {
        return t_ms;
    }
    if (declared && draw_chance(&plan->draw, 0.8)) {
        choose(plan, open_ms - plan_ms(plan, 0.3, 0.9), plan->scene->classes[bin]);
    }
    return throw_in(plan, bin, open_ms, "further");
}

/* Returns when the person leaves. */
static int64_t person(struct plan *plan, int64_t t_ms)
{
    struct scene *scene = plan->scene;
    const struct habits *habits = &scene->habits;
    int bin = draw_bin(plan);
    int wrong = other_bin(plan, bin);
    t_ms = when_free(plan, bin, t_ms);
    bool is_wrong = draw_chance(&plan->draw, habits->wrong_bin);
    bool corrects = !is_wrong && draw_chance(&plan->draw, habits->corrected);
    if (is_wrong || corrects) {
        t_ms = when_free(plan, wrong, t_ms);
    }
    bool declared = is_wrong || corrects || !draw_chance(&plan->draw, habits->undeclared);
    int64_t open_ms = t_ms;
    if (declared) {
        choose(plan, t_ms, scene->classes[bin]);
        open_ms += plan_ms(plan, 0.6, 3.5);
    }
    if (is_wrong) {
        open_ms = throw_in(plan, wrong, open_ms, "wrong bin");
    } else if (corrects) {
        open_ms = look_in(plan, wrong, open_ms, "wrong lid") + plan_ms(plan, 0.7, 3);
        open_ms = throw_in(plan, bin, open_ms, "corrected");
    } else if (draw_chance(&plan->draw, habits->only_looks)) {
        open_ms = look_in(plan, bin, open_ms, "looks");
    } else if (draw_chance(&plan->draw, habits->takes_out)) {
        open_ms = take_out(plan, bin, open_ms);
    } else {
        open_ms = throw_in(plan, bin, open_ms, declared ? "declared" : "undeclared");
        if (draw_chance(&plan->draw, habits->second_drop)) {
            open_ms = throw_again(plan, bin, open_ms);
        }
    }
    struct scene_opening *last = &scene->openings[scene->opening_count - 1];
    if (!declared && last->grams > 0 && draw_chance(&plan->draw, habits->answers)) {
        last->answered = true;
        last->declared_after = scene->classes[bin];
        int64_t asked_ms = last->last_move_ms > open_ms ? last->last_move_ms : open_ms;
        choose(plan, asked_ms + plan_ms(plan, 3, 7), last->declared_after);
    } else if (draw_chance(&plan->draw, habits->several_lids)) {
        open_ms = further_bag(plan, open_ms, declared);
    }
    if (draw_chance(&plan->draw, habits->finishes)) {
        plan_ui(plan, open_ms + plan_ms(plan, 3, 6), "tap", "finish");
    }
    scene->counts.visits++;
    return open_ms + 7000;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct planned {
    int64_t t_ms;
    enum plan_event event;
};

static int compare_planned(const void *a, const void *b)
{
    const struct planned *left = a, *right = b;
    if (left->t_ms != right->t_ms) {
        return left->t_ms < right->t_ms ? -1 : 1;
    }
    return (int)left->event - (int)right->event;
}

static int compare_actions(const void *a, const void *b)
{
    const struct scene_action *left = a, *right = b;
    if (left->t_ms != right->t_ms) {
        return left->t_ms < right->t_ms ? -1 : 1;
    }
    return left->order - right->order;
}

/* So many in the whole capture as the rate makes probable. */
static int draw_events(struct plan *plan, double per_hour, enum plan_event event,
                       struct planned *planned, int count)
{
    double expected = per_hour * (double)plan->scene->duration_ms / 3.6e6;
    int number = (int)expected + draw_chance(&plan->draw, expected - (int)expected);
    int64_t last_ms = plan->scene->duration_ms - TAIL_MS;
    for (int i = 0; i < number && count < PLANNED_MAX; i++) {
        planned[count++] = (struct planned){draw_integer(&plan->draw, START_MS, last_ms), event};
    }
    return count;
}

void scene_plan(struct scene *scene)
{
    struct plan plan = {.scene = scene,
                        .draw = draw_begin(scene->seed, scene_stream(scene, STREAM_PLAN)),
                        .favourite = SCENE_NONE};
    struct planned *planned = calloc(PLANNED_MAX, sizeof *planned);
    assert(planned != NULL);
    const struct habits *habits = &scene->habits;
    const double rates[PLAN_EVENTS] = {
        [PLAN_PERSON] = habits->visits_per_hour,
        [PLAN_LEAN] = habits->leans,
        [PLAN_TRUCK] = habits->trucks,
        [PLAN_WIND] = habits->winds,
        [PLAN_VIBRATION] = habits->vibrations,
        [PLAN_SWAP] = habits->swaps,
        [PLAN_EMPTYING] = habits->emptyings,
        [PLAN_ZERO] = habits->zeros,
        [PLAN_TARE] = habits->tares,
        [PLAN_COLLECTION] = habits->collections,
    };
    if (scene->level == LEVEL_BROKEN) {
        plan_faults(&plan);
    }
    int count = 0;
    for (int event = 0; event < PLAN_EVENTS; event++) {
        count = draw_events(&plan, rates[event], (enum plan_event)event, planned, count);
    }
    qsort(planned, (size_t)count, sizeof *planned, compare_planned);
    int64_t alone_ms = 0;
    for (int i = 0; i < count; i++) {
        int64_t t_ms = planned[i].t_ms;
        if (planned[i].event != PLAN_PERSON) {
            plan_event(&plan, planned[i].event, t_ms);
            continue;
        }
        if (!habits->overlaps && alone_ms > t_ms) {
            t_ms = alone_ms;
        }
        if (t_ms - planned[i].t_ms < GIVES_UP_MS && t_ms < scene->duration_ms - TAIL_MS) {
            int64_t left_ms = person(&plan, t_ms);
            alone_ms = left_ms + plan_ms(&plan, 3, 25);
        }
    }
    free(planned);
    qsort(scene->actions, (size_t)scene->action_count, sizeof *scene->actions, compare_actions);
    /* Nobody's last movement may stand beyond the end. */
    int64_t end_ms = scene->duration_ms;
    if (scene->action_count > 0) {
        int64_t last_ms = scene->actions[scene->action_count - 1].t_ms + TAIL_MS / 2;
        end_ms = last_ms > end_ms ? last_ms : end_ms;
    }
    scene->duration_ms = end_ms;
}
