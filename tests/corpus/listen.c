#include "tests/corpus/listen.h"

#include "hw/port.h"
#include "kiosk/core/kiosk.h"
#include "kiosk/shell/gate.h"
#include "kiosk/shell/settings.h"
#include "kiosk/shell/touch.h"
#include "tests/corpus/site_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BEGIN_UTC_S = 1764036000 }; /* 2025-11-25 10:00 local; any will do */

struct listener {
    const struct scene *scene;
    struct settings settings;
    struct kiosk kiosk;
    struct port ports[HW_PORTS_MAX];
    int8_t scale_ports[SCENE_BINS_MAX];
    bool through_bytes;
    uint8_t sequence;
    int64_t seq;
    struct heard *heard;
    struct peers *peers;
    listen_tap *tap; /* may be NULL */
    void *tap_context;
    const struct listen_cut *cuts;
    int cut_count;
    bool off;
    struct kiosk_event *journal; /* kept where there are cuts to come */
    size_t journal_count, journal_room;
};

static void step(struct listener *listener, const struct kiosk_input *input);

/* ---- the ledger ------------------------------------------------------------------------------ */

static void keep_deposit(struct listener *listener, const struct kiosk_event *event, int64_t seq)
{
    const struct event_deposit *deposit = &event->body.deposit;
    struct found_list *list = &listener->heard->deposits;
    if (list->count == FOUND_MAX) {
        return;
    }
    list->list[list->count++] = (struct found){
        .seq = seq,
        .bin = deposit->bin - 1,
        .opened_ms = deposit->opened_ms,
        .closed_ms = deposit->closed_ms,
        .decided_ms = event->at.t_ms,
        .weighed = deposit->quality != QUALITY_NONE,
        .grams = deposit->weight_g,
        .chosen = deposit->chosen == WASTE_NONE ? SCENE_NONE : (int)deposit->chosen,
        .outcome = outcome_text(deposit->outcome),
        .quality = weight_quality_text(deposit->quality),
    };
}

static int find_deposit(const struct found_list *list, int64_t seq)
{
    int i = list->count - 1;
    while (i >= 0 && list->list[i].seq != seq) {
        i--;
    }
    return i;
}

/* The deposit stands as the rows after it say. */
static void keep_addition(struct found_list *list, const struct event_addition *addition)
{
    int i = find_deposit(list, addition->deposit_seq);
    if (i >= 0) {
        list->list[i].grams += addition->change_g;
    }
}

static void keep_undone(struct found_list *list, const struct event_undone *undone)
{
    int i = find_deposit(list, undone->deposit_seq);
    if (i >= 0) {
        list->count--;
        memmove(&list->list[i], &list->list[i + 1],
                (size_t)(list->count - i) * sizeof list->list[0]);
    }
}

static void keep(struct listener *listener, const struct kiosk_event *event, int64_t seq)
{
    struct heard *heard = listener->heard;
    heard->adjustments += event->kind == EVENT_ADJUSTMENT;
    heard->removals += event->kind == EVENT_ADJUSTMENT && event->body.adjustment.change_g < 0;
    heard->visits += event->kind == EVENT_VISIT;
    heard->collections += event->kind == EVENT_COLLECTION;
    if (event->kind == EVENT_DEPOSIT) {
        keep_deposit(listener, event, seq);
    } else if (event->kind == EVENT_ADDITION) {
        keep_addition(&heard->deposits, &event->body.addition);
    } else if (event->kind == EVENT_UNDONE) {
        keep_undone(&heard->deposits, &event->body.undone);
    }
}

static void journal(struct listener *listener, const struct kiosk_event *event)
{
    if (listener->journal_count == listener->journal_room) {
        listener->journal_room = listener->journal_room == 0 ? 1024 : listener->journal_room * 2;
        listener->journal =
            realloc(listener->journal, listener->journal_room * sizeof *listener->journal);
        assert(listener->journal != NULL);
    }
    listener->journal[listener->journal_count++] = *event;
}

static void perform(struct listener *listener, const struct kiosk_effects *effects)
{
    for (int i = 0; i < effects->count; i++) {
        const struct kiosk_effect *effect = &effects->list[i];
        struct kiosk_input answer = {.t_ms = listener->kiosk.now_ms};
        if (effect->kind == EFFECT_RECORD) {
            listener->seq++;
            keep(listener, &effect->u.record.event, listener->seq);
            if (listener->cut_count > 0) {
                journal(listener, &effect->u.record.event);
            }
            answer.kind = INPUT_STORED;
            answer.u.stored.token = effect->u.record.token;
            answer.u.stored.seq = listener->seq;
            step(listener, &answer);
        } else if (effect->kind == EFFECT_CHECK_PIN) {
            const struct gate_pins pins = settings_pins(&listener->settings);
            const struct gate_verdict verdict = gate_judge(&pins, effect->u.pin, true);
            answer.kind = INPUT_PIN_RESULT;
            answer.u.pin_result.accepted = verdict.accepted;
            answer.u.pin_result.role = verdict.role;
            step(listener, &answer);
        }
    }
}

static void step(struct listener *listener, const struct kiosk_input *input)
{
    struct kiosk_effects effects;
    if (listener->tap != NULL && input->kind != INPUT_STORED) {
        listener->tap(listener->tap_context, input);
    }
    kiosk_step(&listener->kiosk, input, &effects);
    perform(listener, &effects);
}

/* ---- what it hears --------------------------------------------------------------------------- */

static void on_reading(void *context, const reading_t *reading)
{
    struct listener *listener = context;
    struct kiosk_input input = {
        .kind = INPUT_READING, .t_ms = reading->t_ms, .u.reading = *reading};
    listener->heard->readings++;
    step(listener, &input);
}

static void on_line(struct listener *listener, int64_t t_ms, int port, bool up)
{
    if (!up) {
        port_lost(&listener->ports[port]);
    }
    struct kiosk_input input = {
        .kind = INPUT_PORT, .t_ms = t_ms, .u.port = {.port = (uint8_t)port, .up = up}};
    step(listener, &input);
}

static void on_event(struct listener *listener, const struct capture_event *event)
{
    int port = settings_port(&listener->settings, event->port);
    struct kiosk_input input = {.t_ms = event->t_ms};
    switch (event->kind) {
    case CAPTURE_RX:
        port_feed(&listener->ports[port], event->bytes, event->byte_count, event->t_ms, on_reading,
                  listener);
        break;
    case CAPTURE_VALUE: {
        reading_t reading = event->reading;
        reading.t_ms = event->t_ms;
        reading.port = (uint8_t)port;
        on_reading(listener, &reading);
        break;
    }
    case CAPTURE_LOST:
    case CAPTURE_BACK:
        on_line(listener, event->t_ms, port, event->kind == CAPTURE_BACK);
        break;
    case CAPTURE_UI:
        if (touch_parse(event->verb, event->argument, &input)) {
            step(listener, &input);
        }
        break;
    default:
        break; /* what we sent is nothing that happened to us */
    }
}

/* The same reading as its bytes would give, without them. */
static void on_weight(struct listener *listener, const struct display *display)
{
    const struct scene *scene = listener->scene;
    const struct wire *wire = &wires[scene->scales[display->bin].wire];
    bool has_flag = scene->on_bus || wire->has_flag;
    reading_t reading = {
        .t_ms = display->t_ms,
        .grams = display->overload ? 0 : display->grams,
        .port = (uint8_t)listener->scale_ports[display->bin],
        .channel = scene->on_bus ? (uint8_t)(display->bin + 1) : 1,
        .kind = READING_WEIGHT,
        .status = display->overload             ? READING_OVERLOAD
                  : display->moving && has_flag ? READING_MOVING
                                                : READING_OK,
        .has_value = !display->overload,
    };
    on_reading(listener, &reading);
}

static void start(struct listener *listener, int64_t t_ms)
{
    moment_t at = {
        .t_ms = t_ms, .utc_ms = INT64_C(1000) * BEGIN_UTC_S + t_ms, .quality = CLOCK_NTP};
    struct kiosk_effects effects;
    kiosk_init(&listener->kiosk, &listener->settings.site);
    for (size_t i = 0; i < listener->journal_count; i++) {
        kiosk_apply(&listener->kiosk, &listener->journal[i], (int64_t)i + 1);
    }
    kiosk_begin(&listener->kiosk, &at, "corpus", &effects);
    perform(listener, &effects);
}

/* True while there is no power. */
static bool has_no_power(struct listener *listener, int64_t t_ms)
{
    if (listener->off && t_ms >= listener->cuts->to_ms) {
        listener->off = false;
        start(listener, listener->cuts->to_ms);
        listener->cuts++;
        listener->cut_count--;
    }
    if (!listener->off && listener->cut_count > 0 && t_ms >= listener->cuts->from_ms) {
        listener->off = true;
        for (int i = 0; i < settings_serial_count(&listener->settings); i++) {
            port_lost(&listener->ports[i]);
        }
    }
    return listener->off;
}

static void hear(void *context, const struct display *display)
{
    struct listener *listener = context;
    const struct scene *scene = listener->scene;
    if (has_no_power(listener, display->t_ms)) {
        return;
    }
    if (listener->peers != NULL) {
        peers_hear(listener->peers, display);
    }
    if (!listener->through_bytes && display->kind == DISPLAY_WEIGHT) {
        on_weight(listener, display);
        return;
    }
    struct capture_event events[2];
    bool of_bin = display->bin >= 0;
    int count = wires_write(display, of_bin ? scene->scales[display->bin].wire : 0,
                            of_bin ? scene->scales[display->bin].division_g : 1, scene->on_bus,
                            &listener->sequence, events);
    for (int i = 0; i < count; i++) {
        on_event(listener, &events[i]);
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static int begin(struct listener *listener)
{
    char file[SITE_FILE_MAX], error[SETTINGS_ERROR_MAX];
    site_file_write(listener->scene, file);
    if (settings_read_text(file, "corpus", &listener->settings, error) != 0) {
        fprintf(stderr, "%s\n%s", error, file);
        return -1;
    }
    for (int i = 0; i < settings_serial_count(&listener->settings); i++) {
        struct port_config pump;
        settings_pump(&listener->settings, i, &pump);
        port_init(&listener->ports[i], &pump);
    }
    for (int bin = 0; bin < listener->scene->bin_count; bin++) {
        listener->scale_ports[bin] = listener->settings.site.bins[bin].scale.port;
    }
    start(listener, 0);
    return 0;
}

static void finish(struct listener *listener)
{
    struct kiosk_effects effects;
    kiosk_end(&listener->kiosk, listener->kiosk.now_ms, "end of capture", &effects);
    perform(listener, &effects);
}

static int run(struct listener *listener, const struct scene *scene, struct heard *heard)
{
    *heard = (struct heard){0};
    listener->scene = scene;
    listener->heard = heard;
    clock_t started = clock();
    int result = begin(listener);
    if (result == 0) {
        result = world_play(scene, hear, listener);
        finish(listener);
    }
    heard->seconds = (double)(clock() - started) / CLOCKS_PER_SEC;
    free(listener->journal);
    return result;
}

static struct listener *new_listener(void)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL) {
        fputs("no memory\n", stderr);
    }
    return listener;
}

int listen_run(const struct scene *scene, bool through_bytes, struct heard *heard,
               struct peers *peers)
{
    struct listener *listener = new_listener();
    if (listener == NULL) {
        return -1;
    }
    listener->through_bytes = through_bytes;
    listener->peers = peers;
    if (peers != NULL) {
        peers_begin(peers, scene);
    }
    int result = run(listener, scene, heard);
    if (peers != NULL) {
        peers_end(peers, scene->duration_ms);
    }
    free(listener);
    return result;
}

int listen_cut(const struct scene *scene, const struct listen_cut *cuts, int cut_count,
               struct heard *heard)
{
    struct listener *listener = new_listener();
    if (listener == NULL) {
        return -1;
    }
    listener->through_bytes = true;
    listener->cuts = cuts;
    listener->cut_count = cut_count;
    int result = run(listener, scene, heard);
    free(listener);
    return result;
}

int listen_tapped(const struct scene *scene, struct heard *heard, listen_tap *tap, void *context,
                  struct settings *settings)
{
    struct listener *listener = new_listener();
    if (listener == NULL) {
        return -1;
    }
    listener->through_bytes = true;
    listener->tap = tap;
    listener->tap_context = context;
    int result = run(listener, scene, heard);
    if (settings != NULL) {
        *settings = listener->settings;
    }
    free(listener);
    return result;
}
