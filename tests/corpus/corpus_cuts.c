/* Power cuts inside deposits: none may be lost, none may be told twice.
 *
 *     corpus_cuts CAPTURES [SEED]
 *
 * In calm captures the power fails 0.3 s after a lid opened or later, up to 0.5 s after all came to
 * rest, and is back 2 to 20 s later; the ledger keeps what it had acknowledged. Every third deposit
 * is hit. Exit 1 where one was lost or told twice.
 */
#include "tests/corpus/capture_file.h"
#include "tests/corpus/listen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS_MAX = 200, OFF_LEAST_MS = 2000, OFF_MOST_MS = 20000, SEEN_MS = 300, APART_MS = 60000 };

struct sum {
    int hit, lost, twice, interrupted, whole;
};

static int64_t over_ms(const struct scene_opening *opening)
{
    return opening->last_move_ms > opening->closed_ms ? opening->last_move_ms : opening->closed_ms;
}

/* The openings to be hit, and when. */
static int draw_cuts(const struct scene *scene, struct listen_cut *cuts, int *hit)
{
    struct draw draw = draw_begin(scene->seed, 1000);
    int count = 0;
    for (int i = 0; i < scene->opening_count && count < CUTS_MAX; i++) {
        const struct scene_opening *opening = &scene->openings[i];
        int64_t free_ms = count == 0 ? 0 : cuts[count - 1].to_ms + APART_MS;
        if (opening->grams <= 0 || opening_is_small(scene, opening) ||
            opening->opened_ms < free_ms || over_ms(opening) - opening->opened_ms > OFF_MOST_MS ||
            !draw_chance(&draw, 0.33)) {
            continue;
        }
        int64_t from_ms = draw_integer(&draw, opening->opened_ms + SEEN_MS, over_ms(opening) + 500);
        hit[count] = i;
        cuts[count++] =
            (struct listen_cut){from_ms, from_ms + draw_integer(&draw, OFF_LEAST_MS, OFF_MOST_MS)};
    }
    return count;
}

/* How often the opening was told: nothing else happened at this bin around it. */
static int times_told(const struct scene_opening *opening, const struct listen_cut *cut,
                      const struct found_list *deposits, const char **outcome)
{
    int times = 0;
    for (int i = 0; i < deposits->count; i++) {
        const struct found *found = &deposits->list[i];
        if (found->bin == opening->bin && found->decided_ms >= opening->opened_ms &&
            found->decided_ms <= cut->to_ms + 20000) {
            times++;
            *outcome = found->outcome;
        }
    }
    return times;
}

/* Nobody else was at the bin meanwhile, whose deposit could be taken for this one. */
static bool is_alone(const struct scene *scene, int index, const struct listen_cut *cut)
{
    const struct scene_opening *opening = &scene->openings[index];
    for (int i = 0; i < scene->opening_count; i++) {
        const struct scene_opening *other = &scene->openings[i];
        if (i != index && other->bin == opening->bin && other->opened_ms < cut->to_ms + 25000 &&
            other->closed_ms > opening->opened_ms - 5000) {
            return false;
        }
    }
    return true;
}

static void judge(const struct scene *scene, const struct listen_cut *cuts, const int *hit,
                  int count, const struct found_list *deposits, struct sum *sum)
{
    for (int i = 0; i < count; i++) {
        const struct scene_opening *opening = &scene->openings[hit[i]];
        const char *outcome = "";
        if (!is_alone(scene, hit[i], &cuts[i])) {
            continue;
        }
        int times = times_told(opening, &cuts[i], deposits, &outcome);
        sum->hit++;
        sum->lost += times == 0;
        sum->twice += times > 1;
        sum->interrupted += times == 1 && strcmp(outcome, "interrupted") == 0;
        sum->whole += times == 1 && strcmp(outcome, "interrupted") != 0;
        if (times != 1) {
            printf("%s\tcalm %s --seed %" PRIu64 " bin %d [%s] open %" PRId64 " load %" PRId64
                   " closed %" PRId64 " %.0f g, power off from %" PRId64 " to %" PRId64 "\n",
                   times == 0 ? "lost" : "twice", corpus_split_names[scene->split], scene->seed,
                   opening->bin + 1, opening->story, opening->opened_ms, opening->first_load_ms,
                   opening->closed_ms, opening->grams, cuts[i].from_ms, cuts[i].to_ms);
        }
    }
}

static int play(struct scene *scene, uint64_t seed, struct sum *sum)
{
    static struct heard heard;
    static struct listen_cut cuts[CUTS_MAX];
    static int hit[CUTS_MAX];
    scene_begin(scene, LEVEL_CALM, seed % 2 == 0 ? SPLIT_FIT : SPLIT_HELD_OUT, seed,
                capture_duration_ms(LEVEL_CALM));
    scene_plan(scene);
    truth_judge(scene);
    int count = draw_cuts(scene, cuts, hit);
    if (listen_cut(scene, cuts, count, &heard) != 0) {
        return -1;
    }
    judge(scene, cuts, hit, count, &heard.deposits, sum);
    return 0;
}

int main(int argc, char **argv)
{
    int captures = argc > 1 ? atoi(argv[1]) : 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct scene *scene = scene_new();
    struct sum sum = {0};
    if (captures <= 0 || scene == NULL) {
        fputs("usage: corpus_cuts CAPTURES [SEED]\n", stderr);
        return 2;
    }
    for (int i = 0; i < captures; i++) {
        if (play(scene, seed++, &sum) != 0) {
            return 2;
        }
    }
    scene_free(scene);
    printf("%d power cuts inside deposits: interrupted %d, told whole %d, lost %d, told twice %d\n",
           sum.hit, sum.interrupted, sum.whole, sum.lost, sum.twice);
    return sum.hit > 0 && sum.lost == 0 && sum.twice == 0 ? 0 : 1;
}
