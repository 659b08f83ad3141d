/* What each opening is, by the rules of the design (parts 2 and 3) and by what physically happened;
 * README.md here has them in words. */
#include "tests/corpus/scene.h"

#include <inttypes.h>
#include <string.h>

enum {
    IDLE_MS = 10000,    /* a visit ends so long after its last event */
    MARGIN_MS = 1500,   /* a lid is known a little later than it moves */
    DECIDING_MS = 9500, /* an effect, too, is an event of the visit: it may come so late */
    ORDER_MS = 1000,    /* what a lid and a scale tell may come in the other order */
    END_KNOWN_MS = 9500 /* so long after the last movement a scale can still say what lies there */
};

/* What stands, and whether anybody could doubt it. */
struct standing {
    int choice;
    bool doubtful;     /* the visit may have ended */
    int choice_number; /* counts on with every choice */
    int64_t seen_ms;   /* last touch or lid that the kiosk can know of */
    int64_t any_ms;    /* last movement of any kind */
    int open_lids;
};

const struct scene_fault *scene_scale_fault(const struct scene *scene, int bin, int64_t t_ms)
{
    for (int i = 0; i < scene->fault_count; i++) {
        const struct scene_fault *fault = &scene->faults[i];
        if (fault->kind <= FAULT_LOST && fault->bin == bin && fault->from_ms <= t_ms &&
            t_ms < fault->to_ms) {
            return fault;
        }
    }
    return NULL;
}

const struct scene_fault *scene_lid_fault(const struct scene *scene, int bin, int64_t t_ms)
{
    for (int i = 0; i < scene->fault_count; i++) {
        const struct scene_fault *fault = &scene->faults[i];
        bool concerns =
            fault->kind > FAULT_LOST && (fault->kind == FAULT_LID_SILENT || fault->bin == bin);
        if (concerns && fault->from_ms <= t_ms && t_ms < fault->to_ms) {
            return fault;
        }
    }
    return NULL;
}

bool opening_is_small(const struct scene *scene, const struct scene_opening *opening)
{
    double five = 5.0 * scene->scales[opening->bin].division_g;
    return opening->grams < (five > 20 ? five : 20);
}

static void forget(struct standing *standing)
{
    standing->choice = SCENE_NONE;
    standing->doubtful = false;
}

/* Time has passed: the visit goes on, is over, or nobody could swear to either. */
static void pass(struct standing *standing, int64_t t_ms)
{
    if (standing->choice == SCENE_NONE || t_ms - standing->seen_ms <= IDLE_MS - MARGIN_MS) {
        return;
    }
    if (standing->open_lids == 0 && t_ms - standing->any_ms > IDLE_MS + DECIDING_MS) {
        forget(standing);
    } else {
        standing->doubtful = true;
    }
}

/* Somebody is there: the next 10 s count from now. */
static void see(struct standing *standing, int64_t t_ms)
{
    standing->seen_ms = t_ms;
    standing->any_ms = t_ms;
}

static int class_of(const char *name)
{
    int class = 0;
    while (class < SCENE_CLASSES && strcmp(scene_class_names[class], name) != 0) {
        class ++;
    }
    return class;
}

static void on_touch(struct standing *standing, const struct scene_action *action)
{
    pass(standing, action->t_ms);
    if (strcmp(action->verb, "choose") == 0) {
        forget(standing);
        standing->choice = class_of(action->argument);
        standing->choice_number++;
    } else if (strcmp(action->argument, "finish") == 0 ||
               strcmp(action->argument, "service") == 0) {
        forget(standing);
    }
    see(standing, action->t_ms);
}

static void stand(struct standing *standing, struct scene_opening *opening, int64_t t_ms)
{
    pass(standing, t_ms);
    opening->chosen = standing->choice;
    opening->choice_number = standing->choice == SCENE_NONE ? 0 : standing->choice_number;
    opening->sure = !standing->doubtful;
}

static void on_lid(struct scene *scene, struct standing *standing,
                   const struct scene_action *action)
{
    struct scene_opening *opening = &scene->openings[action->opening];
    bool blind = scene_lid_fault(scene, opening->bin, opening->opened_ms) != NULL;
    if (blind) {
        return;
    }
    if (action->value > 0) {
        stand(standing, opening, action->t_ms);
        standing->open_lids++;
        see(standing, action->t_ms);
        return;
    }
    pass(standing, action->t_ms);
    standing->open_lids--;
    see(standing, action->t_ms);
}

/* Was another lid opened for the same choice and closed without a gain, before this weight landed?
 * A near miss counts once. Where a scale's and a lid's delay could turn the order around, or the
 * other lid brought a little, nobody can be sure. */
static bool had_near_miss(struct scene *scene, struct scene_opening *opening, int64_t landed_ms)
{
    bool had = false;
    for (int i = 0; i < scene->opening_count; i++) {
        struct scene_opening *other = &scene->openings[i];
        bool wrong = !other->missed && other->opened_ms <= landed_ms &&
                     scene->classes[other->bin] != opening->chosen &&
                     scene_lid_fault(scene, other->bin, other->opened_ms) == NULL;
        if (wrong && other->later_choice == opening->choice_number) {
            opening->sure = false; /* it may have been opened for this choice, too */
        }
        if (!wrong || other->choice_number != opening->choice_number) {
            continue;
        }
        bool close_call =
            other->closed_ms - landed_ms < ORDER_MS && landed_ms - other->closed_ms < ORDER_MS;
        bool tiny = other->grams > 0 && opening_is_small(scene, other);
        bool counts = other->grams <= 0 && other->closed_ms <= landed_ms;
        opening->sure = opening->sure && !tiny && !close_call && (!counts || other->sure);
        other->missed = counts;
        had = had || counts;
    }
    return had;
}

static void judge_outcome(struct scene *scene, struct scene_opening *opening, int64_t landed_ms)
{
    if (opening->chosen == SCENE_NONE) {
        opening->outcome = "undeclared";
    } else if (opening->chosen != scene->classes[opening->bin]) {
        opening->outcome = "wrong_bin";
    } else {
        opening->outcome = had_near_miss(scene, opening, landed_ms) ? "corrected" : "consistent";
    }
}

static void on_load(struct scene *scene, struct standing *standing,
                    const struct scene_action *action)
{
    if (action->opening == SCENE_NONE) {
        return;
    }
    struct scene_opening *opening = &scene->openings[action->opening];
    standing->any_ms = action->t_ms;
    if (opening->grams <= 0 || opening->first_load_ms != action->t_ms) {
        return;
    }
    if (scene_lid_fault(scene, opening->bin, opening->opened_ms) != NULL) {
        stand(standing, opening, action->t_ms);
        opening->splits = opening->moves > 1;
        /* The kiosk hears of it when the step has settled. */
        opening->sure = opening->sure && (opening->chosen == SCENE_NONE ||
                                          action->t_ms - standing->seen_ms < IDLE_MS - 6000);
    }
    if (opening->found_open) {
        stand(standing, opening, action->t_ms);
        opening->sure = false; /* which opening, whose choice? */
    }
    judge_outcome(scene, opening, action->t_ms);
}

/* A choice, or the end of a visit, just after a lid that is reported late: before or after? */
static void doubt_late_lids(struct scene *scene, const struct standing *standing,
                            const struct scene_action *action)
{
    int window_ms = scene->lids.delay_most_ms + 50;
    window_ms += scene->lids.late_chance > 0 ? scene->lids.late_ms : 0;
    for (int i = 0; i < scene->opening_count; i++) {
        struct scene_opening *opening = &scene->openings[i];
        bool blind = scene_lid_fault(scene, opening->bin, opening->opened_ms) != NULL;
        if (blind && standing->choice == SCENE_NONE) {
            continue; /* who leaves takes no choice away from the weight that came before */
        }
        int64_t since_ms = action->t_ms - (blind ? opening->first_load_ms : opening->opened_ms);
        if (since_ms >= 0 && since_ms <= (blind ? 6000 : window_ms)) {
            opening->sure = false;
            opening->later_choice = standing->choice_number;
        }
    }
}

static void judge_scale(const struct scene *scene, struct scene_opening *opening)
{
    int64_t moved_ms = opening->last_move_ms;
    if (opening->closed_ms > moved_ms && opening->closed_ms < moved_ms + END_KNOWN_MS) {
        moved_ms = opening->closed_ms;
    }
    bool any = false, all = true;
    for (int64_t t_ms = opening->opened_ms - 3000; t_ms <= moved_ms + END_KNOWN_MS; t_ms += 100) {
        bool faulty = scene_scale_fault(scene, opening->bin, t_ms) != NULL;
        any = any || faulty;
        all = all && (faulty || t_ms < moved_ms - 200);
    }
    opening->scale_knows = !any ? KNOWS_YES : all ? KNOWS_NO : KNOWS_MAYBE;
    if (opening->scale_knows == KNOWS_NO && opening->outcome[0] != '\0') {
        opening->outcome = "unweighed";
    }
}

void truth_judge(struct scene *scene)
{
    struct standing standing = {.choice = SCENE_NONE};
    int choice_number = 0;
    for (int i = 0; i < scene->action_count; i++) {
        const struct scene_action *action = &scene->actions[i];
        switch (action->kind) {
        case ACTION_UI:
            on_touch(&standing, action);
            if (standing.choice_number != choice_number || standing.choice == SCENE_NONE) {
                doubt_late_lids(scene, &standing, action);
            }
            choice_number = standing.choice_number;
            break;
        case ACTION_LID:
            on_lid(scene, &standing, action);
            break;
        case ACTION_LOAD:
            on_load(scene, &standing, action);
            break;
        default:
            break;
        }
    }
    for (int i = 0; i < scene->opening_count; i++) {
        judge_scale(scene, &scene->openings[i]);
    }
}

void truth_write(const struct scene *scene, FILE *file)
{
    static const char *const knows[] = {"no", "maybe", "yes"};
    fputs("bin\tbin_class\topened_ms\tclosed_ms\tfirst_load_ms\tlast_move_ms\tgrams\tchosen\t"
          "outcome\tsure\tscale_knows\tmerges\tdeclared_after\tsmall\tdivision_g\tstory\n",
          file);
    for (int i = 0; i < scene->opening_count; i++) {
        const struct scene_opening *opening = &scene->openings[i];
        fprintf(file,
                "%d\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64
                "\t%.0f\t%s\t%s\t%d\t%s\t%d\t%s\t%d\t%" PRId32 "\t%s\n",
                opening->bin + 1, scene_class_names[scene->classes[opening->bin]],
                opening->opened_ms, opening->closed_ms, opening->first_load_ms,
                opening->last_move_ms, opening->grams,
                opening->chosen < 0 ? "" : scene_class_names[opening->chosen], opening->outcome,
                opening->sure, knows[opening->scale_knows], opening->merges,
                opening->declared_after < 0 ? "" : scene_class_names[opening->declared_after],
                opening->grams > 0 && opening_is_small(scene, opening),
                scene->scales[opening->bin].division_g, opening->story);
    }
}
