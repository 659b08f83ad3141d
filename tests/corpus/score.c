#include "tests/corpus/score.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    EARLY_MS = 500,   /* a deposit decided before anything happened is another one */
    LATEST_MS = 30000 /* so long after everything is over it still belongs to it */
};

/* The openings of one bin that are, or may be called, a deposit, and what was found there. */
struct sides {
    const struct scene *scene;
    const struct scene_opening **truth;
    struct found **found;
    int truths, founds;
};

enum way { WAY_MISS, WAY_INVENT, WAY_PAIR, WAY_MERGE, WAY_SPLIT };

/* A lid was opened over a scale that was out of order: recorded as unweighed or not, both right. */
static bool is_optional(const struct scene_opening *opening)
{
    return opening->grams <= 0;
}

static double distance(double a, double b)
{
    return a < b ? b - a : a - b;
}

static double share(double part, double whole)
{
    return part < whole ? part / whole : 1;
}

/* What nobody weighed may be told much later, when the scale is found out: then its own times
 * count. */
static int64_t told_ms(const struct found *found)
{
    return found->weighed ? found->decided_ms : found->closed_ms;
}

/* Less than 1 where the two may be the same, the less the better. */
static double pair_cost(const struct scene_opening *first, const struct scene_opening *last,
                        double grams, const struct found *found)
{
    int64_t over_ms = last->last_move_ms > last->closed_ms ? last->last_move_ms : last->closed_ms;
    int64_t found_ms = told_ms(found);
    bool in_time = found_ms >= first->opened_ms - EARLY_MS && found_ms <= over_ms + LATEST_MS;
    if (!in_time || (is_optional(first) && found->weighed)) {
        return 10;
    }
    /* Two at once were only seen as one where their sum fits better than either. */
    if (first != last && distance(found->grams, grams) > distance(found->grams, first->grams)) {
        return 10;
    }
    if (first != last && distance(found->grams, grams) > distance(found->grams, last->grams)) {
        return 10;
    }
    double off = found->weighed ? share(distance(found->grams, grams), grams) : 0.5;
    double late = share(distance((double)found_ms, (double)last->last_move_ms), LATEST_MS);
    return 0.3 * off + 0.3 * late;
}

static struct found sum_of(const struct found *first, const struct found *last)
{
    struct found sum = *last;
    sum.grams += first->grams;
    sum.weighed = first->weighed && last->weighed;
    return sum;
}

static double split_cost(const struct scene_opening *truth, const struct found *first,
                         const struct found *last)
{
    struct found sum = sum_of(first, last);
    double worse = pair_cost(truth, truth, truth->grams, first);
    double cost = pair_cost(truth, truth, truth->grams, &sum);
    return sum.weighed && worse < 1 ? cost : 10;
}

static double *cell(double *costs, const struct sides *sides, int truth, int found)
{
    return &costs[truth * (sides->founds + 1) + found];
}

/* The cheapest order-keeping alignment of both sides; from the ends back. */
static void align(const struct sides *sides, double *costs, enum way *ways)
{
    for (int t = sides->truths; t >= 0; t--) {
        for (int f = sides->founds; f >= 0; f--) {
            double best = t == sides->truths && f == sides->founds ? 0 : 1e9;
            enum way way = WAY_MISS;
            if (t < sides->truths) {
                double cost = *cell(costs, sides, t + 1, f) + !is_optional(sides->truth[t]);
                best = cost < best ? cost : best;
            }
            if (f < sides->founds) {
                double cost = *cell(costs, sides, t, f + 1) + 1;
                way = cost < best ? WAY_INVENT : way;
                best = cost < best ? cost : best;
            }
            if (t < sides->truths && f < sides->founds) {
                const struct scene_opening *truth = sides->truth[t];
                double cost = *cell(costs, sides, t + 1, f + 1) +
                              pair_cost(truth, truth, truth->grams, sides->found[f]);
                way = cost < best ? WAY_PAIR : way;
                best = cost < best ? cost : best;
            }
            if (t + 1 < sides->truths && f < sides->founds && sides->truth[t]->merges) {
                const struct scene_opening *truth = sides->truth[t], *next = sides->truth[t + 1];
                double cost = *cell(costs, sides, t + 2, f + 1) +
                              pair_cost(truth, next, truth->grams + next->grams, sides->found[f]);
                way = cost < best ? WAY_MERGE : way;
                best = cost < best ? cost : best;
            }
            if (t < sides->truths && f + 1 < sides->founds && sides->truth[t]->splits) {
                double cost = *cell(costs, sides, t + 1, f + 2) +
                              split_cost(sides->truth[t], sides->found[f], sides->found[f + 1]);
                way = cost < best ? WAY_SPLIT : way;
                best = cost < best ? cost : best;
            }
            *cell(costs, sides, t, f) = best;
            ways[t * (sides->founds + 1) + f] = way;
        }
    }
}

/* ---- what the pairs say ---------------------------------------------------------------------- */

struct scoring {
    struct tally *tally;
    const struct scene *scene;
    bool judges_outcome;
    FILE *errors;
    bool is_part;   /* the next weight may be shared out otherwise: their sum counts */
    double carry_g; /* what the part before had too much */
};

static const char *fault_name(const struct scene *scene, int bin)
{
    static const char *const names[] = {
        [FAULT_SILENT] = "silent",
        [FAULT_OVERLOAD] = "overload",
        [FAULT_FROZEN] = "frozen",
        [FAULT_GARBAGE] = "garbage",
        [FAULT_LOST] = "lost",
        [FAULT_LID_STUCK_OPEN] = "lid stuck open",
        [FAULT_LID_STUCK_CLOSED] = "lid stuck closed",
        [FAULT_LID_SILENT] = "lids silent",
        [FAULT_LID_BROKEN] = "lid switch broken",
        [FAULT_LID_MISSING] = "no lid sensor",
    };
    for (int i = 0; i < scene->fault_count; i++) {
        if (scene->faults[i].bin == bin || scene->faults[i].kind == FAULT_LID_SILENT) {
            return names[scene->faults[i].kind];
        }
    }
    return "sound";
}

static void complain(const struct scoring *scoring, const char *what,
                     const struct scene_opening *truth, const struct found *found)
{
    if (scoring->errors == NULL) {
        return;
    }
    const struct scene *scene = scoring->scene;
    int bin = truth != NULL ? truth->bin : found->bin;
    const struct scale_character *scale = &scene->scales[bin];
    fprintf(scoring->errors, "%s\t%s %s --seed %" PRIu64 " bin %d", what,
            corpus_level_names[scene->level], corpus_split_names[scene->split], scene->seed,
            bin + 1);
    fprintf(scoring->errors, " (%" PRId32 " g, %.1f Hz, noise %.2f d %s)", scale->division_g,
            1000 / scale->period_ms, scale->white_g / scale->division_g, fault_name(scene, bin));
    if (truth != NULL) {
        fprintf(scoring->errors,
                "\ttruth [%s] open %" PRId64 " load %" PRId64 " moved %" PRId64 " closed %" PRId64
                " %.0f g chosen %s %s",
                truth->story, truth->opened_ms, truth->first_load_ms, truth->last_move_ms,
                truth->closed_ms, truth->grams,
                truth->chosen < 0 ? "-" : scene_class_names[truth->chosen], truth->outcome);
    }
    if (found != NULL) {
        fprintf(scoring->errors,
                "\tfound open %" PRId64 " closed %" PRId64 " decided %" PRId64 " %s%" PRId32
                " g %s chosen %s %s",
                found->opened_ms, found->closed_ms, found->decided_ms,
                found->weighed ? "" : "unweighed ", found->grams, found->quality,
                found->chosen < 0 ? "-" : scene_class_names[found->chosen], found->outcome);
    }
    fputc('\n', scoring->errors);
}

static bool is_right(const struct scene_opening *truth, const struct found *found)
{
    if (strcmp(found->outcome, "unweighed") == 0) {
        return truth->scale_knows != KNOWS_YES;
    }
    return strcmp(found->outcome, truth->outcome) == 0 && found->chosen == truth->chosen;
}

static void note_delay(struct tally *tally, const struct scene *scene,
                       const struct scene_opening *truth, const struct found *found)
{
    int64_t moved_ms = truth->last_move_ms;
    bool seen = scene_lid_fault(scene, truth->bin, truth->opened_ms) == NULL;
    if (seen && truth->closed_ms > moved_ms && truth->closed_ms <= found->decided_ms) {
        moved_ms = truth->closed_ms;
    }
    int32_t delay_ms = (int32_t)(found->decided_ms - moved_ms);
    if (scene->scales[truth->bin].period_ms <= 100) {
        assert(tally->fast_delays < DELAYS_MAX);
        tally->fast_ms[tally->fast_delays++] = delay_ms;
    } else {
        assert(tally->slow_delays < DELAYS_MAX);
        tally->slow_ms[tally->slow_delays++] = delay_ms;
    }
}

static void compare(const struct scoring *scoring, const struct scene_opening *truth, double grams,
                    const struct found *found)
{
    struct tally *tally = scoring->tally;
    tally->found++;
    if (!truth->sure) {
        tally->unsure++;
    } else if (scoring->judges_outcome) {
        tally->judged++;
        if (!is_right(truth, found)) {
            tally->wrong++;
            complain(scoring, "outcome", truth, found);
        }
    }
    if (!found->weighed) {
        tally->unweighed++;
        return;
    }
    note_delay(tally, scoring->scene, truth, found);
    if (truth->scale_knows == KNOWS_NO || scoring->is_part) {
        return;
    }
    double error_d = distance(found->grams + scoring->carry_g, grams) /
                     scoring->scene->scales[truth->bin].division_g;
    tally->weighed++;
    tally->heavier += error_d > 1.0001;
    tally->far_off += error_d > 3.0001;
    tally->largest_d = error_d > tally->largest_d ? error_d : tally->largest_d;
    if (error_d > 1.0001) {
        complain(scoring, "weight", truth, found);
    }
}

static void pair(const struct scoring *scoring, const struct scene_opening *truth, double grams,
                 const struct found *found)
{
    struct tally *tally = scoring->tally;
    if (is_optional(truth)) {
        return;
    }
    if (opening_is_small(scoring->scene, truth)) {
        tally->small++;
        tally->small_found++;
        tally->small_wrong += scoring->judges_outcome && truth->sure && !is_right(truth, found);
        return;
    }
    tally->deposits++;
    tally->expected_unweighed += truth->scale_knows == KNOWS_NO;
    compare(scoring, truth, grams, found);
}

static void miss(const struct scoring *scoring, const struct scene_opening *truth)
{
    struct tally *tally = scoring->tally;
    if (is_optional(truth)) {
        return;
    }
    if (opening_is_small(scoring->scene, truth)) {
        tally->small++;
        return;
    }
    tally->deposits++;
    tally->missed++;
    tally->expected_unweighed += truth->scale_knows == KNOWS_NO;
    complain(scoring, "missed", truth, NULL);
}

/* Where nothing could settle between two openings, nobody can tell how much came with which. */
static void follow_pair(struct scoring *scoring, const struct scene_opening *truth,
                        const struct found *found)
{
    scoring->is_part = truth->merges && found->weighed;
    pair(scoring, truth, truth->grams, found);
    scoring->carry_g = scoring->is_part ? scoring->carry_g + found->grams - truth->grams : 0;
    scoring->is_part = false;
}

static void follow(struct scoring *scoring, const struct sides *sides, const enum way *ways)
{
    int t = 0, f = 0;
    while (t < sides->truths || f < sides->founds) {
        const struct scene_opening *truth = t < sides->truths ? sides->truth[t] : NULL;
        switch (ways[t * (sides->founds + 1) + f]) {
        case WAY_MISS:
            miss(scoring, truth);
            t++;
            break;
        case WAY_INVENT:
            scoring->tally->invented++;
            complain(scoring, "invented", NULL, sides->found[f]);
            f++;
            break;
        case WAY_PAIR:
            sides->found[f]->matched = true;
            follow_pair(scoring, truth, sides->found[f++]);
            t++;
            break;
        case WAY_SPLIT: {
            struct found sum = sum_of(sides->found[f], sides->found[f + 1]);
            sides->found[f]->matched = sides->found[f + 1]->matched = true;
            follow_pair(scoring, truth, &sum);
            t++;
            f += 2;
            break;
        }
        case WAY_MERGE:
            sides->found[f]->matched = true;
            pair(scoring, truth, truth->grams + sides->truth[t + 1]->grams, sides->found[f++]);
            t += 2;
            break;
        }
    }
}

static bool is_deposit(const struct scene_opening *opening)
{
    return opening->grams > 0 || opening->scale_knows != KNOWS_YES;
}

static void score_bin(struct scoring *scoring, int bin, struct found_list *found,
                      struct sides *sides)
{
    scoring->carry_g = 0;
    sides->truths = 0;
    sides->founds = 0;
    for (int i = 0; i < scoring->scene->opening_count; i++) {
        const struct scene_opening *opening = &scoring->scene->openings[i];
        if (opening->bin == bin && is_deposit(opening)) {
            sides->truth[sides->truths++] = opening;
        }
    }
    for (int i = 0; i < found->count; i++) {
        if (found->list[i].bin == bin) {
            sides->found[sides->founds++] = &found->list[i];
        }
    }
    size_t cells = (size_t)(sides->truths + 1) * (size_t)(sides->founds + 1);
    double *costs = calloc(cells, sizeof *costs);
    enum way *ways = calloc(cells, sizeof *ways);
    assert(costs != NULL && ways != NULL);
    align(sides, costs, ways);
    follow(scoring, sides, ways);
    free(costs);
    free(ways);
}

void score_add(struct tally *tally, const struct scene *scene, struct found_list *found,
               bool judges_outcome, FILE *errors)
{
    struct scoring scoring = {
        .tally = tally, .scene = scene, .judges_outcome = judges_outcome, .errors = errors};
    struct sides sides = {.scene = scene};
    sides.truth = calloc((size_t)scene->opening_count + 1, sizeof *sides.truth);
    sides.found = calloc((size_t)found->count + 1, sizeof *sides.found);
    assert(sides.truth != NULL && sides.found != NULL);
    for (int bin = 0; bin < scene->bin_count; bin++) {
        score_bin(&scoring, bin, found, &sides);
    }
    free(sides.truth);
    free(sides.found);
    tally->captures++;
    tally->visits += scene->counts.visits;
    tally->hours += (double)scene->duration_ms / 3.6e6;
}

int score_errors(const struct tally *tally, int divisions)
{
    return tally->missed + tally->invented + tally->wrong +
           (divisions <= 1 ? tally->heavier : tally->far_off);
}

static int compare_delays(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

int32_t score_delay(int32_t *delays_ms, int count, int permille)
{
    if (count == 0) {
        return -1;
    }
    qsort(delays_ms, (size_t)count, sizeof *delays_ms, compare_delays);
    int at = (int)((int64_t)count * permille / 1000);
    return delays_ms[at < count ? at : count - 1];
}
