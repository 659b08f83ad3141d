/* Hours in which nobody throws anything: leaning, drift, temperature, wind, trucks, zero and tare,
 * swaps, collections. Not one deposit may come of them.
 *
 *     corpus_idle HOURS [SEED]
 *
 * Days of 24 h, the splits in turn, readings straight to the core. Exit 1 where a deposit was
 * invented or a collection was lost. A tenth of the bins has no lid sensor; they are counted apart:
 * there the weight alone decides, and who leans is a deposit until the row that takes it back.
 */
#include "tests/corpus/capture_file.h"
#include "tests/corpus/listen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sum {
    double hours, bin_hours, seconds;
    int64_t readings;
    int invented, invented_lidless, leans, removals, planned_collections, collections;
};

static void add_deposits(struct sum *sum, const struct scene *scene,
                         const struct found_list *deposits)
{
    for (int i = 0; i < deposits->count; i++) {
        const struct found *found = &deposits->list[i];
        bool has_lid = scene->scales[found->bin].has_lid;
        sum->invented += has_lid;
        sum->invented_lidless += !has_lid;
        printf("invented\tidle %s --seed %" PRIu64 " bin %d (%" PRId32
               " g, %.1f Hz%s)\topen %" PRId64 " closed %" PRId64 " decided %" PRId64 " %" PRId32
               " g %s\n",
               corpus_split_names[scene->split], scene->seed, found->bin + 1,
               scene->scales[found->bin].division_g, 1000 / scene->scales[found->bin].period_ms,
               has_lid ? "" : ", no lid sensor", found->opened_ms, found->closed_ms,
               found->decided_ms, found->grams, found->weighed ? found->quality : "unweighed");
    }
}

static int play_day(struct scene *scene, uint64_t seed, int64_t duration_ms, struct sum *sum)
{
    static struct heard heard;
    scene_begin(scene, LEVEL_IDLE, seed % 2 == 0 ? SPLIT_FIT : SPLIT_HELD_OUT, seed, duration_ms);
    scene_plan(scene);
    truth_judge(scene);
    if (listen_run(scene, false, &heard, NULL) != 0) {
        return -1;
    }
    sum->hours += (double)scene->duration_ms / 3.6e6;
    sum->bin_hours += (double)scene->duration_ms / 3.6e6 * scene->bin_count;
    sum->seconds += heard.seconds;
    sum->readings += heard.readings;
    sum->leans += scene->counts.leans;
    sum->removals += scene->counts.removals;
    sum->planned_collections += scene->counts.collections;
    sum->collections += heard.collections;
    add_deposits(sum, scene, &heard.deposits);
    return 0;
}

int main(int argc, char **argv)
{
    double hours = argc > 1 ? atof(argv[1]) : 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct scene *scene = scene_new();
    struct sum sum = {0};
    int result = scene == NULL ? -1 : 0;
    if (hours <= 0) {
        fputs("usage: corpus_idle HOURS [SEED]\n", stderr);
        return 2;
    }
    while (result == 0 && sum.hours < hours) {
        double left = hours - sum.hours;
        int64_t duration_ms = (int64_t)(left < 24 ? left * 3.6e6 : 24 * 3.6e6) + 1;
        result = play_day(scene, seed++, duration_ms > 600000 ? duration_ms : 600000, &sum);
    }
    scene_free(scene);
    if (result != 0) {
        return 2;
    }
    printf("%.0f idle hours (%.0f of bins), seeds from %s: %d leanings, %d collections of %d, %d "
           "removals; invented %d, at bins without a lid sensor %d\n",
           sum.hours, sum.bin_hours, argc > 2 ? argv[2] : "1", sum.leans, sum.collections,
           sum.planned_collections, sum.removals, sum.invented, sum.invented_lidless);
    printf("%" PRId64 " readings in %.1f s: %.1f hours a second\n", sum.readings, sum.seconds,
           sum.hours / (sum.seconds > 0 ? sum.seconds : 1));
    bool is_well =
        sum.invented + sum.invented_lidless == 0 && sum.collections == sum.planned_collections;
    return is_well ? 0 : 1;
}
