/* People who come and go. Visits are kept apart far enough for their truth to be unambiguous: a
 * visit begins 16 s after the last event of the one before or after somebody touched "finish", and
 * a lid opens only when the last weight under it has settled. */
#include "hw/sim/state.h"

#include <assert.h>
#include <stdio.h>

enum {
    SECOND = 1000,
    SETTLE_MS = 3000,      /* from a lid's closing to the next opening of it, or to "finish" */
    VISIT_GAP_MS = 16000,  /* a visit ends 10 s after its last event, here with a margin */
    LEAN_GAP_MS = 60000,   /* a pause long enough for somebody to lean on a bin */
    FINISH_PERMILLE = 150, /* of visitors touch "finish" before they go */
    FOLLOW_PERMILLE = 80,  /* have somebody right behind them */
    LEAN_IN_PERMILLE = 50, /* lean on the bin while they throw */
    LEAN_PERMILLE = 120,   /* of long pauses in which somebody leans on a bin */
    ANSWER_PERMILLE = 500, /* of undeclared bags are declared afterwards */
    HONEST_PERMILLE = 850, /* of those answers name the bin that was used */
    TAUGHT_PERMILLE = 600  /* of people who throw nothing had chosen a class */
};

#define SERVICE_PIN "2580"

/* What people bring, by class: most bags are light, few are heavy. The mean lies at 1/2^draws of
 * the range. The shares are an assumption, not a survey. */
static const struct {
    int permille;
    int32_t lightest_g, heaviest_g;
    int draws;
} bags[SIM_BINS] = {
    {250, 60, 2500, 3},
    {50, 60, 900, 2},
    {320, 150, 6000, 2},
    {380, 80, 5000, 3},
};

struct plan {
    struct sim *sim;
    struct sim_random *random;
    int64_t t_ms;
    int64_t closed_ms[SIM_BINS]; /* when each lid closed in this plan; 0 before */
};

static struct sim_step *add(struct plan *plan, enum sim_verb verb, int target, int32_t grams)
{
    struct sim *sim = plan->sim;
    assert(sim->step_count < SIM_SCENARIO_STEPS);
    struct sim_step *step = &sim->steps[sim->step_count++];
    *step = (struct sim_step){.at_ms = plan->t_ms, .verb = verb, .target = target, .grams = grams};
    return step;
}

static void pause_ms(struct plan *plan, int32_t shortest_ms, int32_t longest_ms)
{
    plan->t_ms += sim_random_range(plan->random, shortest_ms, longest_ms);
}

static void touch(struct plan *plan, enum sim_verb verb, const char *word)
{
    struct sim_step *step = add(plan, verb, 0, 0);
    snprintf(step->word, sizeof step->word, "%s", word);
}

static void choose(struct plan *plan, int bin)
{
    struct sim_step *step = add(plan, SIM_CHOOSE, bin, 0);
    snprintf(step->word, sizeof step->word, "%s", sim_bin_classes[bin]);
    pause_ms(plan, 1200, 3500);
}

static void open_lid(struct plan *plan, int bin)
{
    int64_t settled_ms = plan->closed_ms[bin] + SETTLE_MS;
    if (plan->closed_ms[bin] > 0 && plan->t_ms < settled_ms) {
        plan->t_ms = settled_ms;
    }
    add(plan, SIM_OPEN, bin, 0);
    pause_ms(plan, 900, 2800);
}

static void close_lid(struct plan *plan, int bin)
{
    add(plan, SIM_CLOSE, bin, 0);
    plan->closed_ms[bin] = plan->t_ms;
}

static int32_t bag_grams(struct plan *plan, int class_bin)
{
    int64_t range = bags[class_bin].heaviest_g - bags[class_bin].lightest_g;
    for (int draw = 0; draw < bags[class_bin].draws; draw++) {
        range = range * sim_random_range(plan->random, 0, 1000) / 1000;
    }
    return bags[class_bin].lightest_g + (int32_t)range;
}

static int any_class(struct plan *plan)
{
    int32_t left = sim_random_range(plan->random, 0, 999);
    int bin = 0;
    while (bin < SIM_BINS - 1 && left >= bags[bin].permille) {
        left -= bags[bin].permille;
        bin++;
    }
    return bin;
}

static int another_bin(struct plan *plan, int bin)
{
    return (bin + sim_random_range(plan->random, 1, SIM_BINS - 1)) % SIM_BINS;
}

/* Opens `bin`, throws what is of the class of `content`, closes after `hold_ms` more. */
static void deposit(struct plan *plan, int bin, int content, int32_t hold_ms)
{
    open_lid(plan, bin);
    int64_t lean_end_ms = 0;
    if (sim_random_chance(plan->random, LEAN_IN_PERMILLE)) {
        int32_t force_g = sim_random_range(plan->random, 300, 3000);
        struct sim_step *lean = add(plan, SIM_LEAN, bin, force_g);
        lean->duration_ms = sim_random_range(plan->random, 500, 1800);
        lean_end_ms = lean->at_ms + lean->duration_ms;
        pause_ms(plan, 200, 600);
    }
    add(plan, SIM_THROW, bin, bag_grams(plan, content));
    pause_ms(plan, 800, 2500);
    if (plan->t_ms < lean_end_ms + SECOND) {
        plan->t_ms = lean_end_ms + SECOND;
    }
    plan->t_ms += hold_ms;
    close_lid(plan, bin);
}

static void right_bin(struct plan *plan)
{
    int bin = any_class(plan);
    choose(plan, bin);
    deposit(plan, bin, bin, 0);
}

static void corrected(struct plan *plan)
{
    int bin = any_class(plan);
    int wrong = another_bin(plan, bin);
    choose(plan, bin);
    open_lid(plan, wrong);
    close_lid(plan, wrong);
    pause_ms(plan, 900, 2500);
    deposit(plan, bin, bin, 0);
}

static void wrong_bin(struct plan *plan)
{
    int bin = any_class(plan);
    choose(plan, bin);
    deposit(plan, another_bin(plan, bin), bin, 0);
}

static void undeclared(struct plan *plan)
{
    int bin = any_class(plan);
    deposit(plan, bin, bin, 0);
    if (sim_random_chance(plan->random, ANSWER_PERMILLE)) {
        pause_ms(plan, SETTLE_MS, 5000);
        choose(plan,
               sim_random_chance(plan->random, HONEST_PERMILLE) ? bin : another_bin(plan, bin));
    }
}

static void nothing(struct plan *plan)
{
    int bin = any_class(plan);
    if (sim_random_chance(plan->random, TAUGHT_PERMILLE)) {
        choose(plan, bin);
    }
    open_lid(plan, bin);
    pause_ms(plan, 600, 2500);
    close_lid(plan, bin);
}

static void three_bags(struct plan *plan)
{
    int bin = any_class(plan);
    bool sorted = sim_random_chance(plan->random, 500);
    for (int bag = 0; bag < 3; bag++) {
        if (bag > 0) {
            pause_ms(plan, SETTLE_MS, 5000);
            bin = sorted ? any_class(plan) : bin;
        }
        if (bag == 0 || sorted) {
            choose(plan, bin);
        }
        deposit(plan, bin, bin, 0);
    }
}

static void leaves_open(struct plan *plan)
{
    int bin = any_class(plan);
    choose(plan, bin);
    deposit(plan, bin, bin, sim_random_range(plan->random, 20000, 50000));
}

static const struct {
    int permille;
    void (*visit)(struct plan *plan);
} behaviours[] = {
    {620, right_bin}, {80, corrected},  {70, wrong_bin},   {110, undeclared},
    {40, nothing},    {60, three_bags}, {20, leaves_open},
};

static void visit(struct plan *plan)
{
    enum { LAST = sizeof behaviours / sizeof behaviours[0] - 1 };
    int32_t left = sim_random_range(plan->random, 0, 999);
    int kind = 0;
    while (kind < LAST && left >= behaviours[kind].permille) {
        left -= behaviours[kind].permille;
        kind++;
    }
    behaviours[kind].visit(plan);
}

static void collect(struct plan *plan, int bin)
{
    char intent[CAPTURE_WORD_MAX];
    snprintf(intent, sizeof intent, "collect %d", bin + 1);
    touch(plan, SIM_TAP, intent);
    pause_ms(plan, 1500, 3000);
    open_lid(plan, bin);
    /* Bins differ a little, and something sticks to the bottom. */
    add(plan, SIM_EMPTY, bin, sim_random_range(plan->random, -80, 120));
    plan->t_ms += SIM_SWAP_MS + SETTLE_MS;
    close_lid(plan, bin);
    pause_ms(plan, 4000, 5000);
    touch(plan, SIM_TAP, "collect_done");
    pause_ms(plan, 1500, 3000);
}

static bool any_bin_full(const struct sim *sim)
{
    for (int bin = 0; bin < SIM_BINS; bin++) {
        if (sim->scales[bin].grams > SIM_BIN_FULL_G) {
            return true;
        }
    }
    return false;
}

static void cleaner(struct plan *plan)
{
    touch(plan, SIM_TAP, "service");
    pause_ms(plan, 1500, 3000);
    touch(plan, SIM_PIN, SERVICE_PIN);
    pause_ms(plan, 1500, 3000);
    for (int bin = 0; bin < SIM_BINS; bin++) {
        if (plan->sim->scales[bin].grams > SIM_BIN_FULL_G) {
            collect(plan, bin);
        }
    }
    touch(plan, SIM_TAP, "leave");
}

/* The time between two people who know nothing of each other: one chance each second. */
static int64_t arrival_gap_ms(struct sim_people *people)
{
    int64_t gap_ms = 0;
    do {
        gap_ms += SECOND;
    } while (sim_random_range(&people->random, 0, 3599) >= people->visits_per_hour);
    return gap_ms + sim_random_range(&people->random, 0, SECOND - 1);
}

static void lean_in_pause(struct plan *plan, int64_t next_visit_ms)
{
    if (next_visit_ms - plan->t_ms < LEAN_GAP_MS ||
        !sim_random_chance(plan->random, LEAN_PERMILLE)) {
        return;
    }
    pause_ms(plan, 5 * SECOND, 30 * SECOND);
    /* One draw a statement: the order of arguments is the compiler's. */
    int bin = sim_random_range(plan->random, 0, SIM_BINS - 1);
    int32_t force_g = sim_random_range(plan->random, 300, 4000);
    struct sim_step *lean = add(plan, SIM_LEAN, bin, force_g);
    lean->duration_ms = sim_random_range(plan->random, 1000, 6000);
}

void sim_people_plan(struct sim *sim)
{
    struct sim_people *people = &sim->people;
    sim->step_count = 0;
    sim->next_step = 0;
    if (people->visits_per_hour <= 0) {
        return;
    }
    struct plan plan = {.sim = sim, .random = &people->random, .t_ms = people->free_ms};
    if (any_bin_full(sim)) {
        plan.t_ms += VISIT_GAP_MS;
        cleaner(&plan);
        people->free_ms = plan.t_ms + VISIT_GAP_MS;
        people->follower = false;
        return;
    }
    people->arrival_ms += arrival_gap_ms(people);
    if (!people->follower && people->arrival_ms > people->free_ms) {
        lean_in_pause(&plan, people->arrival_ms);
        plan.t_ms = people->arrival_ms;
    }
    visit(&plan);

    people->follower = sim_random_chance(plan.random, FOLLOW_PERMILLE);
    if (people->follower || sim_random_chance(plan.random, FINISH_PERMILLE)) {
        pause_ms(&plan, SETTLE_MS, SETTLE_MS + 1500);
        touch(&plan, SIM_TAP, "finish");
        pause_ms(&plan, 1000, 3000);
        people->free_ms = plan.t_ms;
    } else {
        people->free_ms = plan.t_ms + VISIT_GAP_MS;
    }
}
