/* Time in kiosk_step() per reading: a captured rush hour given to the core again and again.
 *
 *     step_bench [ROUNDS]
 *
 * Beside it, in turns, two things that any program does with a reading: keep the newest of each
 * bin, and keep the last second of each bin and look at its largest and smallest. Prints the median
 * round of each, ns a reading, and their ratios; exit 1 where the core needs 2 us or more.
 */
#include "kiosk/core/kiosk.h"
#include "tests/corpus/capture_file.h"
#include "tests/corpus/listen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SEED = 1,
    ROUNDS = 21,
    ROUNDS_MAX = 1001,
    GOAL_NS = 2000,
    WINDOW_MS = 1000,
    WINDOW_MAX = 64
};

struct inputs {
    struct kiosk_input *list;
    size_t count, room;
    int64_t readings;
};

static void keep(void *context, const struct kiosk_input *input)
{
    struct inputs *inputs = context;
    if (inputs->count == inputs->room) {
        inputs->room = inputs->room == 0 ? 65536 : inputs->room * 2;
        inputs->list = realloc(inputs->list, inputs->room * sizeof *inputs->list);
        if (inputs->list == NULL) {
            fputs("no memory\n", stderr);
            exit(2);
        }
    }
    inputs->list[inputs->count++] = *input;
    inputs->readings += input->kind == INPUT_READING;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the core, with a ledger that acknowledges at once --------------------------------------- */

struct core {
    struct kiosk kiosk;
    int64_t seq, deposits;
};

static void step(struct core *core, const struct kiosk_input *input)
{
    static struct kiosk_effects effects;
    uint32_t tokens[EFFECTS_MAX];
    int count = 0;
    kiosk_step(&core->kiosk, input, &effects);
    for (int i = 0; i < effects.count; i++) {
        if (effects.list[i].kind == EFFECT_RECORD) {
            core->deposits += effects.list[i].u.record.event.kind == EVENT_DEPOSIT;
            tokens[count++] = effects.list[i].u.record.token;
        }
    }
    for (int i = 0; i < count; i++) {
        struct kiosk_input stored = {.kind = INPUT_STORED, .t_ms = input->t_ms};
        stored.u.stored.token = tokens[i];
        stored.u.stored.seq = ++core->seq;
        step(core, &stored);
    }
}

static int64_t run_core(const struct inputs *inputs, const struct site *site, int64_t *deposits)
{
    static struct core core;
    static struct kiosk_effects effects;
    core.seq = core.deposits = 0;
    kiosk_init(&core.kiosk, site);
    kiosk_begin(&core.kiosk, &(moment_t){.utc_ms = INT64_C(1764036000000), .quality = CLOCK_NTP},
                "bench", &effects);
    int64_t begin_ns = now_ns();
    for (size_t i = 0; i < inputs->count; i++) {
        step(&core, &inputs->list[i]);
    }
    int64_t took_ns = now_ns() - begin_ns;
    *deposits = core.deposits;
    return took_ns;
}

/* ---- beside it ------------------------------------------------------------------------------- */

struct window {
    int32_t grams[WINDOW_MAX];
    int64_t t_ms[WINDOW_MAX];
    int newest;
};

static int64_t sum; /* printed, so that no compiler leaves the work out */

static int64_t run_newest(const struct inputs *inputs)
{
    static reading_t newest[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    int64_t begin_ns = now_ns();
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->list[i].kind == INPUT_READING) {
            const reading_t *reading = &inputs->list[i].u.reading;
            newest[reading->port][reading->channel] = *reading;
        }
    }
    int64_t took_ns = now_ns() - begin_ns;
    sum += newest[0][1].grams;
    return took_ns;
}

static int32_t spread_of(const struct window *window, int64_t since_ms)
{
    int32_t low = window->grams[window->newest], high = low;
    for (int back = 1; back < WINDOW_MAX; back++) {
        int at = (window->newest - back + WINDOW_MAX) % WINDOW_MAX;
        if (window->t_ms[at] < since_ms) {
            break;
        }
        low = window->grams[at] < low ? window->grams[at] : low;
        high = window->grams[at] > high ? window->grams[at] : high;
    }
    return high - low;
}

static int64_t run_window(const struct inputs *inputs)
{
    static struct window windows[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    memset(windows, 0, sizeof windows);
    int64_t begin_ns = now_ns();
    for (size_t i = 0; i < inputs->count; i++) {
        const reading_t *reading = &inputs->list[i].u.reading;
        if (inputs->list[i].kind == INPUT_READING && reading->kind == READING_WEIGHT) {
            struct window *window = &windows[reading->port][reading->channel];
            window->newest = (window->newest + 1) % WINDOW_MAX;
            window->grams[window->newest] = reading->grams;
            window->t_ms[window->newest] = reading->t_ms;
            sum += spread_of(window, reading->t_ms - WINDOW_MS);
        }
    }
    return now_ns() - begin_ns;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static double median_ns(int64_t *took_ns, int rounds, int64_t readings)
{
    qsort(took_ns, (size_t)rounds, sizeof *took_ns, compare);
    return (double)took_ns[rounds / 2] / (double)readings;
}

int main(int argc, char **argv)
{
    static struct heard heard;
    static struct settings settings;
    static int64_t core_ns[ROUNDS_MAX], newest_ns[ROUNDS_MAX], window_ns[ROUNDS_MAX];
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
    struct scene *scene = scene_new();
    struct inputs inputs = {0};
    if (scene == NULL || rounds < 1 || rounds > ROUNDS_MAX) {
        fputs("usage: step_bench [ROUNDS, 1 to 1001]\n", stderr);
        return 2;
    }
    scene_begin(scene, LEVEL_BUSY, SPLIT_FIT, SEED, capture_duration_ms(LEVEL_BUSY));
    scene_plan(scene);
    truth_judge(scene);
    if (listen_tapped(scene, &heard, keep, &inputs, &settings) != 0) {
        return 2;
    }
    int64_t deposits = 0;
    for (int round = 0; round < rounds; round++) {
        core_ns[round] = run_core(&inputs, &settings.site, &deposits);
        newest_ns[round] = run_newest(&inputs);
        window_ns[round] = run_window(&inputs);
    }
    double core = median_ns(core_ns, rounds, inputs.readings);
    double newest = median_ns(newest_ns, rounds, inputs.readings);
    double window = median_ns(window_ns, rounds, inputs.readings);
    printf("busy fit seed %d: %" PRId64 " readings of %d bins, %" PRId64
           " deposits, median of %d rounds (%" PRId64 ")\n",
           SEED, inputs.readings, scene->bin_count, deposits, rounds, sum & 1);
    printf("kiosk_step      %8.1f ns a reading\n", core);
    printf("newest          %8.1f ns, ratio %.1f\n", newest, core / newest);
    printf("spread of 1 s   %8.1f ns, ratio %.1f\n", window, core / window);
    printf("a year of ten readings a second and bin, four bins: %.1f minutes\n",
           core * 4 * 10 * 86400 * 365 / 60e9);
    free(inputs.list);
    scene_free(scene);
    return core < GOAL_NS ? 0 : 1;
}
