#include "tests/corpus/world.h"

#include "tests/corpus/physics.h"

#include <stdlib.h>
#include <string.h>

enum { LATE_MAX = 64, LID_CHANGES_MAX = 32, KEEPALIVE_MS = 500 };

struct late {
    struct display list[LATE_MAX];
    int first, count;
};

struct lid_change {
    int64_t t_ms;
    char state;
};

struct lid_wire {
    char state; /* as reported */
    struct lid_change list[LID_CHANGES_MAX];
    int first, count;
    int64_t last_ms;
};

struct world {
    const struct scene *scene;
    struct draw draw;
    struct platform platforms[SCENE_BINS_MAX];
    int64_t tick_us[SCENE_BINS_MAX], sample_us[SCENE_BINS_MAX];
    struct late late[SCENE_BINS_MAX];
    struct lid_wire lids[SCENE_BINS_MAX];
    int lids_open[SCENE_BINS_MAX];
    bool lost[SCENE_BINS_MAX];
    int64_t keepalive_ms;
    int next_action;
    world_sink *sink;
    void *context;
};

static void show(struct world *world, const struct display *display)
{
    world->sink(world->context, display);
}

/* ---- scales ---------------------------------------------------------------------------------- */

static void next_sample(struct world *world, int bin)
{
    const struct scale_character *scale = &world->scene->scales[bin];
    world->tick_us[bin] += (int64_t)(scale->period_ms * 1000);
    int64_t at_us = world->tick_us[bin] +
                    (int64_t)(draw_between(&world->draw, -1, 1) * scale->jitter_ms * 1000);
    world->sample_us[bin] = at_us > world->sample_us[bin] ? at_us : world->sample_us[bin] + 1000;
}

static void deliver(struct world *world, int bin, const struct display *display)
{
    struct late *late = &world->late[bin];
    if (late->count == LATE_MAX) {
        show(world, &late->list[late->first]);
        late->first = (late->first + 1) % LATE_MAX;
        late->count--;
    }
    struct display *last = &late->list[(late->first + late->count) % LATE_MAX];
    *last = *display;
    if (late->count > 0) {
        /* A line hands over in order. */
        const struct display *before = &late->list[(late->first + late->count - 1) % LATE_MAX];
        last->t_ms = last->t_ms < before->t_ms ? before->t_ms : last->t_ms;
    }
    late->count++;
}

static void follow_line(struct world *world, int bin, int64_t t_ms, bool lost)
{
    if (lost != world->lost[bin]) {
        world->lost[bin] = lost;
        show(world, &(struct display){
                        .t_ms = t_ms, .kind = lost ? DISPLAY_LOST : DISPLAY_BACK, .bin = bin});
    }
}

static void send(struct world *world, int bin, struct display *display)
{
    const struct scale_character *scale = &world->scene->scales[bin];
    if (draw_chance(&world->draw, scale->missing_chance)) {
        return;
    }
    if (draw_chance(&world->draw, scale->late_chance)) {
        display->t_ms += (int64_t)draw_between(&world->draw, 0, scale->late_ms);
    }
    deliver(world, bin, display);
    if (draw_chance(&world->draw, scale->duplicate_chance)) {
        deliver(world, bin, display);
    }
}

static void sample(struct world *world, int bin)
{
    const struct scene *scene = world->scene;
    struct platform *platform = &world->platforms[bin];
    int64_t t_us = world->sample_us[bin], t_ms = t_us / 1000;
    next_sample(world, bin);
    double neighbours_g = 0;
    for (int i = 0; i < scene->bin_count; i++) {
        if (i != bin) {
            platform_run(&world->platforms[i], t_us);
            neighbours_g += platform_swing(&world->platforms[i]) * scene->scales[bin].coupling;
        }
    }
    const struct scene_fault *fault =
        scene->fault_count == 0 ? NULL : scene_scale_fault(scene, bin, t_ms);
    struct display display = {.t_ms = t_ms, .kind = DISPLAY_WEIGHT, .bin = bin};
    bool frozen = fault != NULL && fault->kind == FAULT_FROZEN;
    if (!frozen) {
        platform_sample(platform, t_us, neighbours_g);
    } else {
        platform_run(platform, t_us);
    }
    display.grams = platform->grams;
    display.moving = platform->moving;
    follow_line(world, bin, t_ms, fault != NULL && fault->kind == FAULT_LOST);
    if (fault != NULL && (fault->kind == FAULT_SILENT || fault->kind == FAULT_LOST)) {
        return;
    }
    if (fault != NULL && fault->kind == FAULT_GARBAGE) {
        display.kind = DISPLAY_NOISE;
        display.word = (uint32_t)draw_bits(&world->draw);
    }
    display.overload = fault != NULL && fault->kind == FAULT_OVERLOAD;
    send(world, bin, &display);
}

/* ---- lids ------------------------------------------------------------------------------------ */

static void show_lids(struct world *world, int64_t t_ms, int bin)
{
    struct display display = {.t_ms = t_ms, .kind = DISPLAY_LID, .bin = bin};
    const struct scene *scene = world->scene;
    for (int i = 0; i < scene->bin_count; i++) {
        const struct scene_fault *fault = scene_lid_fault(scene, i, t_ms);
        char state = world->lids[i].state;
        if (fault != NULL) {
            if (fault->kind == FAULT_LID_SILENT) {
                return;
            }
            state = fault->kind == FAULT_LID_STUCK_OPEN ? 'O'
                    : fault->kind == FAULT_LID_BROKEN   ? '?'
                                                        : 'C';
        }
        display.lids[i] = state;
    }
    show(world, &display);
}

static void change_lid(struct world *world, int bin, int64_t t_ms, char state)
{
    struct lid_wire *lid = &world->lids[bin];
    t_ms = t_ms > lid->last_ms ? t_ms : lid->last_ms + 1;
    lid->last_ms = t_ms;
    if (lid->count < LID_CHANGES_MAX) {
        lid->list[(lid->first + lid->count++) % LID_CHANGES_MAX] = (struct lid_change){t_ms, state};
    }
}

static void move_lid(struct world *world, int bin, int64_t t_ms, bool open)
{
    const struct lid_character *lids = &world->scene->lids;
    t_ms += draw_integer(&world->draw, lids->delay_least_ms, lids->delay_most_ms);
    if (draw_chance(&world->draw, lids->late_chance)) {
        t_ms += lids->late_ms;
    }
    char state = open ? 'O' : 'C', other = open ? 'C' : 'O';
    change_lid(world, bin, t_ms, state);
    if (draw_chance(&world->draw, lids->bounce_chance)) {
        change_lid(world, bin, t_ms + draw_integer(&world->draw, 3, 40), other);
        change_lid(world, bin, t_ms + draw_integer(&world->draw, 41, 90), state);
    }
}

static void report_lid(struct world *world, int bin)
{
    struct lid_wire *lid = &world->lids[bin];
    struct lid_change change = lid->list[lid->first];
    lid->first = (lid->first + 1) % LID_CHANGES_MAX;
    lid->count--;
    lid->state = change.state;
    show_lids(world, change.t_ms, world->scene->lids.on_bus ? bin : SCENE_NONE);
}

static void keep_alive(struct world *world)
{
    if (!world->scene->lids.on_bus) {
        show_lids(world, world->keepalive_ms, SCENE_NONE);
    }
    for (int bin = 0; world->scene->lids.on_bus && bin < world->scene->bin_count; bin++) {
        show_lids(world, world->keepalive_ms, bin);
    }
    world->keepalive_ms += KEEPALIVE_MS;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static void act_on(struct world *world, const struct scene_action *action, int bin)
{
    struct platform *platform = &world->platforms[bin];
    platform_run(platform, action->t_ms * 1000);
    switch (action->kind) {
    case ACTION_LID:
        world->lids_open[bin] += action->value > 0 ? 1 : -1;
        move_lid(world, bin, action->t_ms, world->lids_open[bin] > 0);
        break;
    case ACTION_LOAD:
        platform_load(platform, action->value);
        break;
    case ACTION_FORCE:
        platform_force(platform, action->value, action->extra, action->wobble);
        break;
    case ACTION_SHAKE:
        platform_shake(platform, action->value, action->rate_hz,
                       (action->t_ms + (int64_t)action->extra) * 1000);
        break;
    case ACTION_ZERO:
        platform_zero(platform);
        break;
    case ACTION_UI:
        break;
    }
}

static void act(struct world *world)
{
    const struct scene_action *action = &world->scene->actions[world->next_action++];
    if (action->kind == ACTION_UI) {
        show(world, &(struct display){.t_ms = action->t_ms,
                                      .kind = DISPLAY_UI,
                                      .bin = SCENE_NONE,
                                      .verb = action->verb,
                                      .argument = action->argument});
        return;
    }
    act_on(world, action, action->bin);
}

/* ---- time ------------------------------------------------------------------------------------ */

enum source { SOURCE_ACTION, SOURCE_SAMPLE, SOURCE_LATE, SOURCE_LID, SOURCE_KEEPALIVE };

struct next {
    int64_t t_ms;
    enum source source;
    int bin;
};

static void earlier(struct next *next, int64_t t_ms, enum source source, int bin)
{
    if (t_ms < next->t_ms) {
        *next = (struct next){t_ms, source, bin};
    }
}

static struct next what_next(const struct world *world)
{
    struct next next = {INT64_MAX, SOURCE_KEEPALIVE, SCENE_NONE};
    if (world->next_action < world->scene->action_count) {
        earlier(&next, world->scene->actions[world->next_action].t_ms, SOURCE_ACTION, SCENE_NONE);
    }
    for (int bin = 0; bin < world->scene->bin_count; bin++) {
        const struct late *late = &world->late[bin];
        const struct lid_wire *lid = &world->lids[bin];
        if (late->count > 0) {
            earlier(&next, late->list[late->first].t_ms, SOURCE_LATE, bin);
        }
        if (lid->count > 0) {
            earlier(&next, lid->list[lid->first].t_ms, SOURCE_LID, bin);
        }
        earlier(&next, world->sample_us[bin] / 1000, SOURCE_SAMPLE, bin);
    }
    earlier(&next, world->keepalive_ms, SOURCE_KEEPALIVE, SCENE_NONE);
    return next;
}

static void take(struct world *world, const struct next *next)
{
    struct late *late;
    switch (next->source) {
    case SOURCE_ACTION:
        act(world);
        break;
    case SOURCE_SAMPLE:
        sample(world, next->bin);
        break;
    case SOURCE_LATE:
        late = &world->late[next->bin];
        struct display display = late->list[late->first];
        late->first = (late->first + 1) % LATE_MAX;
        late->count--;
        if (!world->lost[next->bin]) {
            show(world, &display);
        }
        break;
    case SOURCE_LID:
        report_lid(world, next->bin);
        break;
    case SOURCE_KEEPALIVE:
        keep_alive(world);
        break;
    }
}

int world_play(const struct scene *scene, world_sink *sink, void *context)
{
    struct world *world = calloc(1, sizeof *world);
    if (world == NULL) {
        return -1;
    }
    world->scene = scene;
    world->sink = sink;
    world->context = context;
    world->draw = draw_begin(scene->seed, scene_stream(scene, STREAM_WORLD));
    for (int bin = 0; bin < scene->bin_count; bin++) {
        platform_begin(&world->platforms[bin], &scene->scales[bin],
                       draw_begin(scene->seed, scene_stream(scene, STREAM_PLATFORMS + bin)));
        world->lids[bin].state = 'C';
        world->tick_us[bin] = draw_integer(&world->draw, 1000, 200000);
        next_sample(world, bin);
    }
    for (;;) {
        struct next next = what_next(world);
        if (next.t_ms >= scene->duration_ms) {
            break;
        }
        take(world, &next);
    }
    free(world);
    return 0;
}
