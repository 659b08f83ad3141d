#include "hw/sim/state.h"

#include "hw/lid_line.h"

#include <assert.h>
#include <string.h>

enum {
    FRAME_PERIOD_MS = 100, /* both indicators send about ten frames a second */
    LID_BOARD_ID = 1,
    GARBAGE_MAX = CAPTURE_BYTES_MAX,
    QUIET_START_MS = 15000, /* nobody comes before the scales have been read for a while */
    STREAM_PEOPLE = 100,    /* random streams; 0 .. SIM_BINS-1 are the scales' */
    STREAM_GARBAGE,
    STREAM_CONTENTS
};

const struct sim_port_info sim_ports[SIM_PORT_COUNT] = {
    {"s1", "yaohua_tf0", "9600/8n1"}, {"s2", "st_gs", "9600/8n1"},
    {"s3", "yaohua_tf0", "9600/8n1"}, {"s4", "st_gs", "9600/8n1"},
    {"l1", "lid_line", "9600/8n1"},
};

const char *const sim_bin_classes[SIM_BINS] = {"recyclable", "hazardous", "kitchen", "residual"};

static sim_frame_writer *const frame_writers[SIM_BINS] = {
    sim_write_yaohua_tf0,
    sim_write_st_gs,
    sim_write_yaohua_tf0,
    sim_write_st_gs,
};

/* NULL where nothing can be said to the device. */
static sim_hearer *const hearers[SIM_PORT_COUNT] = {
    [1] = sim_hear_st_gs,
    [3] = sim_hear_st_gs,
};

/* When each port speaks first: nothing keeps the devices of a site in step. */
static const int64_t phases_ms[SIM_PORT_COUNT] = {7, 31, 58, 83, 15};

/* What the bins hold at the beginning, grams. */
static const struct {
    int32_t least, most;
} first_contents[SIM_BINS] = {{1500, 9000}, {200, 3000}, {4000, 15000}, {3000, 12000}};

int sim_bin_of_class(const char *class_id)
{
    for (int bin = 0; bin < SIM_BINS; bin++) {
        if (strcmp(sim_bin_classes[bin], class_id) == 0) {
            return bin;
        }
    }
    return -1;
}

size_t sim_size(void)
{
    return sizeof(struct sim);
}

void sim_init(struct sim *sim, int64_t t_ms, uint64_t seed, int visits_per_hour)
{
    memset(sim, 0, sizeof *sim);
    sim->start_ms = t_ms;
    sim->now_ms = t_ms;
    struct sim_random contents;
    sim_random_seed(&contents, seed, STREAM_CONTENTS);
    for (int bin = 0; bin < SIM_BINS; bin++) {
        int32_t grams =
            sim_random_range(&contents, first_contents[bin].least, first_contents[bin].most);
        sim_scale_init(&sim->scales[bin], t_ms, grams, seed, (uint64_t)bin);
    }
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        sim->lines[port] = (struct sim_line){.up = true, .due_ms = t_ms + phases_ms[port]};
    }
    sim_judge_init(&sim->judge, t_ms);
    sim_random_seed(&sim->garbage, seed, STREAM_GARBAGE);
    sim_random_seed(&sim->people.random, seed, STREAM_PEOPLE);
    sim->people.visits_per_hour = visits_per_hour;
    sim->people.free_ms = QUIET_START_MS;
    sim_people_plan(sim);
}

int sim_load_scenario(struct sim *sim, const char *text, char error[SIM_ERROR_MAX])
{
    sim->people.visits_per_hour = 0;
    sim->next_step = 0;
    sim->step_count = 0;
    int count = sim_scenario_parse(text, sim->steps, error);
    if (count < 0) {
        return -1;
    }
    sim->step_count = count;
    return 0;
}

int64_t sim_scenario_end(const struct sim *sim)
{
    return sim->start_ms + (sim->step_count > 0 ? sim->steps[sim->step_count - 1].at_ms : 0);
}

static void run_scale(struct sim *sim, int bin)
{
    assert(bin >= 0 && bin < SIM_BINS);
    sim_scale_run(&sim->scales[bin], sim->now_ms);
}

bool sim_lid_is_open(const struct sim *sim, int bin)
{
    assert(bin >= 0 && bin < SIM_BINS);
    return sim->lid_open[bin];
}

int32_t sim_grams(const struct sim *sim, int bin)
{
    assert(bin >= 0 && bin < SIM_BINS);
    return sim->scales[bin].grams;
}

void sim_lid(struct sim *sim, int bin, bool open)
{
    if (sim_lid_is_open(sim, bin) == open) {
        return;
    }
    run_scale(sim, bin);
    sim_scale_hand(&sim->scales[bin], open);
    sim->lid_open[bin] = open;
    sim->lines[SIM_PORT_LIDS].due_ms = sim->now_ms;
    if (open) {
        sim_judge_open(&sim->judge, sim->now_ms, bin, sim->lines[bin].up);
    } else {
        sim->has_finished[bin] |=
            sim_judge_close(&sim->judge, sim->now_ms, bin, &sim->finished[bin]);
    }
}

void sim_hear(struct sim *sim, int port, const uint8_t *bytes, size_t count)
{
    assert(port >= 0 && port < SIM_PORT_COUNT);
    struct sim_line *line = &sim->lines[port];
    for (size_t i = 0; i < count && line->up && hearers[port] != NULL; i++) {
        const enum sim_order order = hearers[port](&line->ear, bytes[i]);
        if (order != SIM_ORDER_NONE) {
            run_scale(sim, port);
            sim_scale_obey(&sim->scales[port], order);
        }
    }
}

void sim_throw(struct sim *sim, int bin, int32_t grams)
{
    run_scale(sim, bin);
    sim_scale_throw(&sim->scales[bin], grams);
    sim_judge_throw(&sim->judge, bin, grams);
}

static void empty(struct sim *sim, int bin, int32_t grams_after)
{
    run_scale(sim, bin);
    sim_scale_swap(&sim->scales[bin], grams_after);
}

void sim_empty(struct sim *sim, int bin)
{
    empty(sim, bin, 0);
}

static void tell_bytes(const struct sim *sim, const struct sim_sink *sink, int port,
                       const uint8_t *bytes, size_t count)
{
    if (sim->lines[port].up && sink->bytes != NULL) {
        sink->bytes(sink->context, sim->now_ms, port, bytes, count);
    }
}

static void tell_touch(const struct sim *sim, const struct sim_step *step,
                       const struct sim_sink *sink)
{
    if (sink->ui != NULL) {
        sink->ui(sink->context, sim->now_ms, sim_verb_name(step->verb), step->word);
    }
}

static void tell_truth(struct sim *sim, const struct sim_sink *sink)
{
    for (int bin = 0; bin < SIM_BINS; bin++) {
        if (sim->has_finished[bin] && sink->truth != NULL) {
            sink->truth(sink->context, &sim->finished[bin]);
        }
        sim->has_finished[bin] = false;
    }
}

/* One action of a scenario or of the random people: one function for each verb. */
typedef void action(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink);

static void do_choice(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    sim_judge_choose(&sim->judge, sim->now_ms, step->target);
    tell_touch(sim, step, sink);
}

static void do_identify(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    sim_judge_touch(&sim->judge, sim->now_ms);
    tell_touch(sim, step, sink);
}

static void do_tap(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    sim_judge_tap(&sim->judge, sim->now_ms, step->word);
    tell_touch(sim, step, sink);
}

static void do_cancel(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    sim_judge_cancel(&sim->judge, sim->now_ms);
    tell_touch(sim, step, sink);
}

static void do_open(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    sim_lid(sim, step->target, true);
}

static void do_close(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    sim_lid(sim, step->target, false);
}

static void do_throw(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    sim_throw(sim, step->target, step->grams);
}

static void do_empty(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    empty(sim, step->target, step->grams);
}

static void do_contents(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    run_scale(sim, step->target);
    sim_scale_settle(&sim->scales[step->target], step->grams);
}

static void do_lean(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    run_scale(sim, step->target);
    sim_scale_lean(&sim->scales[step->target], step->grams, sim->now_ms + step->duration_ms);
}

static void set_line(struct sim *sim, int port, bool up, const struct sim_sink *sink)
{
    if (sim->lines[port].up == up) {
        return;
    }
    sim->lines[port].up = up;
    sim->lines[port].ear.length = 0;
    if (!up && port < SIM_BINS) {
        sim_judge_line_down(&sim->judge, port);
    }
    if (sink->line_state != NULL) {
        sink->line_state(sink->context, sim->now_ms, port, up);
    }
}

static void do_unplug(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    set_line(sim, step->target, false, sink);
}

static void do_replug(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    set_line(sim, step->target, true, sink);
}

static void do_garbage(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    uint8_t bytes[GARBAGE_MAX];
    assert(step->grams >= 1 && step->grams <= GARBAGE_MAX);
    size_t count = (size_t)step->grams;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)sim_random_range(&sim->garbage, 0, 255);
    }
    tell_bytes(sim, sink, step->target, bytes, count);
}

static void do_freeze(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    sim->scales[step->target].frozen = true;
}

static void do_thaw(struct sim *sim, const struct sim_step *step, const struct sim_sink *sink)
{
    (void)sink;
    sim->scales[step->target].frozen = false;
}

static action *const actions[SIM_VERB_COUNT] = {
    [SIM_CHOOSE] = do_choice, [SIM_ITEM] = do_choice,       [SIM_CARD] = do_identify,
    [SIM_PIN] = do_identify,  [SIM_TAP] = do_tap,           [SIM_CANCEL] = do_cancel,
    [SIM_OPEN] = do_open,     [SIM_CLOSE] = do_close,       [SIM_THROW] = do_throw,
    [SIM_EMPTY] = do_empty,   [SIM_CONTENTS] = do_contents, [SIM_LEAN] = do_lean,
    [SIM_UNPLUG] = do_unplug, [SIM_REPLUG] = do_replug,     [SIM_GARBAGE] = do_garbage,
    [SIM_FREEZE] = do_freeze, [SIM_THAW] = do_thaw,
};

static void send_scale_frame(struct sim *sim, int bin, const struct sim_sink *sink)
{
    struct sim_line *line = &sim->lines[bin];
    run_scale(sim, bin);
    if (!sim->scales[bin].frozen || line->frame_length == 0) {
        struct sim_display display = sim_scale_sample(&sim->scales[bin]);
        line->frame_length = frame_writers[bin](&display, line->frame);
    }
    tell_bytes(sim, sink, bin, line->frame, line->frame_length);
    line->due_ms += FRAME_PERIOD_MS;
}

static void send_lid_line(struct sim *sim, const struct sim_sink *sink)
{
    char states[SIM_BINS + 1] = "";
    uint8_t bytes[LID_LINE_MAX];
    for (int bin = 0; bin < SIM_BINS; bin++) {
        states[bin] = sim->lid_open[bin] ? LID_LINE_OPEN : LID_LINE_CLOSED;
    }
    size_t count = lid_line_write(LID_BOARD_ID, sim->lid_sequence++, states, bytes);
    tell_bytes(sim, sink, SIM_PORT_LIDS, bytes, count);
    sim->lines[SIM_PORT_LIDS].due_ms = sim->now_ms + LID_LINE_KEEPALIVE_MS;
}

static void send_frame(struct sim *sim, int port, const struct sim_sink *sink)
{
    if (port < SIM_BINS) {
        send_scale_frame(sim, port, sink);
    } else {
        send_lid_line(sim, sink);
    }
}

static void do_next_step(struct sim *sim, const struct sim_sink *sink)
{
    const struct sim_step *step = &sim->steps[sim->next_step++];
    actions[step->verb](sim, step, sink);
    tell_truth(sim, sink);
    if (sim->next_step == sim->step_count && sim->people.visits_per_hour > 0) {
        sim_people_plan(sim);
    }
}

static int first_line_due(const struct sim *sim)
{
    int first = 0;
    for (int port = 1; port < SIM_PORT_COUNT; port++) {
        if (sim->lines[port].due_ms < sim->lines[first].due_ms) {
            first = port;
        }
    }
    return first;
}

static int64_t step_due(const struct sim *sim)
{
    return sim->next_step < sim->step_count ? sim->start_ms + sim->steps[sim->next_step].at_ms
                                            : INT64_MAX;
}

int64_t sim_deadline(const struct sim *sim)
{
    int64_t step_ms = step_due(sim);
    int64_t line_ms = sim->lines[first_line_due(sim)].due_ms;
    return step_ms < line_ms ? step_ms : line_ms;
}

void sim_advance(struct sim *sim, int64_t t_ms, const struct sim_sink *sink)
{
    assert(t_ms >= sim->now_ms);
    tell_truth(sim, sink);
    for (int64_t due_ms = sim_deadline(sim); due_ms <= t_ms; due_ms = sim_deadline(sim)) {
        sim->now_ms = due_ms;
        /* Actions come first, so that a line of the same instant already tells of them. */
        if (step_due(sim) <= due_ms) {
            do_next_step(sim, sink);
        } else {
            send_frame(sim, first_line_due(sim), sink);
        }
    }
    sim->now_ms = t_ms;
}
