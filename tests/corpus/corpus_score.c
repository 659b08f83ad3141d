/* Plays captures through the kiosk in this process and says how well it did.
 *
 *     corpus_score [--level LEVEL]... [--split fit|held-out] [--captures N] [--seed N]
 *                  [--errors] [--peers] [--check] [--found]
 *
 * Without --level: calm, busy, rough and broken; without --split: both, half of the captures each.
 * --errors lists every error with the seed it can be made again from; --peers runs the peers' rules
 * on the same displays; --check: exit 1 where a level misses its goals; --found: nothing but a line
 * for each deposit that was found.
 */
#include "tests/corpus/capture_file.h"
#include "tests/corpus/score.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct options {
    bool levels[LEVEL_COUNT], splits[SPLIT_COUNT];
    int captures;
    uint64_t seed;
    bool errors, peers, check, found;
};

struct board {
    struct tally ours;
    struct tally theirs[PEER_RULES];
    int tied;
};

static struct board boards[LEVEL_COUNT];

/* ---- playing --------------------------------------------------------------------------------- */

static void score_peers(struct board *board, const struct scene *scene, const struct peers *peers,
                        struct found_list *list)
{
    for (int rule = 0; rule < PEER_RULES; rule++) {
        list->count = peers->count[rule];
        for (int i = 0; i < list->count; i++) {
            const struct peer_found *found = &peers->found[rule][i];
            list->list[i] = (struct found){
                .bin = found->bin,
                .opened_ms = found->t_ms,
                .closed_ms = found->t_ms,
                .decided_ms = found->t_ms,
                .weighed = found->weighed,
                .grams = found->grams,
                .chosen = SCENE_NONE,
                .outcome = found->weighed ? "" : "unweighed",
                .quality = "",
            };
        }
        score_add(&board->theirs[rule], scene, list, false, NULL);
    }
}

static void print_found(const struct found_list *deposits)
{
    for (int i = 0; i < deposits->count; i++) {
        const struct found *found = &deposits->list[i];
        printf("%d\t%" PRId64 "\t%" PRId64 "\t", found->bin + 1, found->opened_ms,
               found->closed_ms);
        if (found->weighed) {
            printf("%" PRId32, found->grams);
        }
        printf("\t%s\t%s\t%s\n", found->quality,
               found->chosen < 0 ? "" : scene_class_names[found->chosen], found->outcome);
    }
}

static int play(const struct options *options, enum corpus_level level, enum corpus_split split,
                uint64_t seed)
{
    static struct heard heard;
    static struct peers peers;
    struct scene *scene = scene_new();
    if (scene == NULL) {
        return -1;
    }
    scene_begin(scene, level, split, seed, capture_duration_ms(level));
    scene_plan(scene);
    truth_judge(scene);
    int result = listen_run(scene, true, &heard, options->peers ? &peers : NULL);
    if (result == 0) {
        struct board *board = &boards[level];
        if (options->found) {
            print_found(&heard.deposits);
        }
        score_add(&board->ours, scene, &heard.deposits, true, options->errors ? stdout : NULL);
        board->ours.readings += heard.readings;
        board->ours.seconds += heard.seconds;
        if (options->peers) {
            score_peers(board, scene, &peers, &heard.deposits);
        }
    }
    scene_free(scene);
    return result;
}

/* ---- the table ------------------------------------------------------------------------------- */

static double percent(int part, int whole)
{
    return whole == 0 ? 100 : 100.0 * part / whole;
}

static void print_level(const char *name, struct tally *tally)
{
    printf("%-7s %3d captures %5d visits %5d deposits: found %d (%.2f %%), missed %d, invented %d "
           "(%.2f per 1000 visits)\n",
           name, tally->captures, tally->visits, tally->deposits, tally->found,
           percent(tally->found, tally->deposits), tally->missed, tally->invented,
           tally->visits == 0 ? 0 : 1000.0 * tally->invented / tally->visits);
    printf("        outcome right %.2f %% of %d (unsure %d), unweighed %d (scale out of order at "
           "%d)\n",
           percent(tally->judged - tally->wrong, tally->judged), tally->judged, tally->unsure,
           tally->unweighed, tally->expected_unweighed);
    printf(
        "        weight within 1 division %.2f %% of %d, more than 3 off: %d, largest error %.1f "
        "divisions\n",
        percent(tally->weighed - tally->heavier, tally->weighed), tally->weighed, tally->far_off,
        tally->largest_d);
    printf("        decided after the last movement: >= 10 Hz median %" PRId32 " p95 %" PRId32
           " ms (%d), slower median %" PRId32 " p95 %" PRId32 " ms (%d)\n",
           score_delay(tally->fast_ms, tally->fast_delays, 500),
           score_delay(tally->fast_ms, tally->fast_delays, 950), tally->fast_delays,
           score_delay(tally->slow_ms, tally->slow_delays, 500),
           score_delay(tally->slow_ms, tally->slow_delays, 950), tally->slow_delays);
    printf("        small ones: %d of %d found, outcome wrong %d; %" PRId64
           " readings in %.1f s, %.2f us each with the world\n",
           tally->small_found, tally->small, tally->small_wrong, tally->readings, tally->seconds,
           tally->readings == 0 ? 0 : 1e6 * tally->seconds / (double)tally->readings);
}

static int best_rule(const struct board *board, int from, int to, int divisions)
{
    int best = from;
    for (int rule = from; rule < to; rule++) {
        if (score_errors(&board->theirs[rule], divisions) <
            score_errors(&board->theirs[best], divisions)) {
            best = rule;
        }
    }
    return best;
}

static void print_peer(const struct board *board, int rule, int divisions)
{
    char name[32];
    peers_name(rule, name);
    const struct tally *tally = &board->theirs[rule];
    printf("        %-18s errors %5d (missed %d, invented %d, weight off %d)\n", name,
           score_errors(tally, divisions), tally->missed, tally->invented,
           divisions <= 1 ? tally->heavier : tally->far_off);
}

/* Each rule in the tuning that errs least on this very level: more than fair. */
static void print_peers(const struct board *board)
{
    static const int divisions[] = {1, 3};
    for (int i = 0; i < 2; i++) {
        int door = best_rule(board, 0, PEER_FIRST_STEP, divisions[i]);
        int step = best_rule(board, PEER_FIRST_STEP, PEER_FIRST_CLOSE, divisions[i]);
        int close = best_rule(board, PEER_FIRST_CLOSE, PEER_RULES, divisions[i]);
        int better = best_rule(board, 0, PEER_FIRST_CLOSE, divisions[i]);
        int ours = score_errors(&board->ours, divisions[i]);
        double least = ours > 0 ? ours : 1;
        printf("        errors, weight off by more than %d division(s) among them: ours %d\n",
               divisions[i], ours);
        print_peer(board, door, divisions[i]);
        print_peer(board, step, divisions[i]);
        print_peer(board, close, divisions[i]);
        printf(
            "        ratio to the better of the peers' two (door, step): %.1f, to `close`: %.1f\n",
            score_errors(&board->theirs[better], divisions[i]) / least,
            score_errors(&board->theirs[close], divisions[i]) / least);
    }
}

/* ---- goals ----------------------------------------------------------------------------------- */

struct goal {
    int found_permille10, invented_per_1000, outcome_permille10, weight_permille10;
};

/* Shares in hundredths of a percent; -1: no goal. */
static const struct goal goals[LEVEL_COUNT] = {
    [LEVEL_CALM] = {9990, 0, 9990, 9900}, [LEVEL_BUSY] = {9990, 0, 9990, 9900},
    [LEVEL_ROUGH] = {9900, 1, 9900, -1},  [LEVEL_BROKEN] = {10000, -1, -1, -1},
    [LEVEL_IDLE] = {-1, 0, -1, -1},
};

static bool reaches(int part, int whole, int goal)
{
    return goal < 0 || (int64_t)part * 10000 >= (int64_t)whole * goal;
}

static bool check(enum corpus_level level, struct tally *tally)
{
    const struct goal *goal = &goals[level];
    bool invents_little =
        goal->invented_per_1000 < 0 ||
        (int64_t)tally->invented * 1000 <= (int64_t)goal->invented_per_1000 * (tally->visits + 999);
    bool in_time = level == LEVEL_BROKEN || tally->fast_delays == 0 ||
                   score_delay(tally->fast_ms, tally->fast_delays, 500) <= 1000;
    bool good = reaches(tally->found, tally->deposits, goal->found_permille10) && invents_little &&
                reaches(tally->judged - tally->wrong, tally->judged, goal->outcome_permille10) &&
                reaches(tally->weighed - tally->heavier, tally->weighed, goal->weight_permille10) &&
                in_time;
    printf("        goals of %s: %s\n", corpus_level_names[level], good ? "reached" : "MISSED");
    return good;
}

/* ---- the command line ------------------------------------------------------------------------ */

static const char usage[] =
    "usage: corpus_score [--level calm|busy|rough|broken|idle]... [--split fit|held-out]\n"
    "                    [--captures N] [--seed N] [--errors] [--peers] [--check] [--found]\n";

static bool set_name(const char *name, const char *const *names, int count, bool *set)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            set[i] = true;
            return true;
        }
    }
    return false;
}

static bool parse(int argc, char **argv, struct options *options)
{
    static const struct option table[] = {
        {"level", required_argument, NULL, 'l'},
        {"split", required_argument, NULL, 's'},
        {"captures", required_argument, NULL, 'n'},
        {"seed", required_argument, NULL, 'r'},
        {"errors", no_argument, NULL, 'e'},
        {"peers", no_argument, NULL, 'p'},
        {"check", no_argument, NULL, 'c'},
        {"found", no_argument, NULL, 'f'},
        {0},
    };
    bool any_level = false, any_split = false;
    int option;
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        bool good = true;
        switch (option) {
        case 'l':
            good = any_level = set_name(optarg, corpus_level_names, LEVEL_COUNT, options->levels);
            break;
        case 's':
            good = any_split = set_name(optarg, corpus_split_names, SPLIT_COUNT, options->splits);
            break;
        case 'n':
            options->captures = atoi(optarg);
            break;
        case 'r':
            options->seed = strtoull(optarg, NULL, 10);
            break;
        case 'e':
            options->errors = true;
            break;
        case 'p':
            options->peers = true;
            break;
        case 'c':
            options->check = true;
            break;
        case 'f':
            options->found = true;
            break;
        default:
            good = false;
        }
        if (!good) {
            return false;
        }
    }
    for (int level = 0; level < LEVEL_COUNT; level++) {
        options->levels[level] |= !any_level && level != LEVEL_IDLE;
    }
    for (int split = 0; split < SPLIT_COUNT; split++) {
        options->splits[split] |= !any_split;
    }
    return optind == argc;
}

int main(int argc, char **argv)
{
    struct options options = {.captures = 26, .seed = 1};
    if (!parse(argc, argv, &options)) {
        fputs(usage, stderr);
        return 2;
    }
    int chosen_splits = options.splits[SPLIT_FIT] + options.splits[SPLIT_HELD_OUT];
    bool good = true;
    for (int level = 0; level < LEVEL_COUNT; level++) {
        if (!options.levels[level]) {
            continue;
        }
        for (int i = 0; i < options.captures; i++) {
            /* Both splits in turn where both are asked for. */
            int split = chosen_splits == 2 ? i % 2 : options.splits[SPLIT_FIT] ? 0 : 1;
            uint64_t seed = options.seed + (uint64_t)(chosen_splits == 2 ? i / 2 : i);
            if (play(&options, (enum corpus_level)level, (enum corpus_split)split, seed) != 0) {
                return 2;
            }
        }
        if (options.found) {
            continue;
        }
        print_level(corpus_level_names[level], &boards[level].ours);
        if (options.peers) {
            print_peers(&boards[level]);
        }
        good = (!options.check || check((enum corpus_level)level, &boards[level].ours)) && good;
        fflush(stdout);
    }
    return good ? 0 : 1;
}
