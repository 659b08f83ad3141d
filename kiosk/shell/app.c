#include "kiosk/shell/app_internal.h"
#include "kiosk/shell/device_orders.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CLOCK_NEWS_MS = 60 * 1000, /* how often the kernel is asked whether NTP has the clock */
    ACK_WAIT_MS = 3000         /* at the end, for what is being written */
};

/* ---- the core and its effects ---------------------------------------------------------------- */

static void step(struct app *app, struct kiosk_input *input);

static void on_pin_verdict(struct app *app, int64_t now_ms, const struct gate_verdict *verdict)
{
    struct kiosk_input input = {.kind = INPUT_PIN_RESULT, .t_ms = now_ms};
    input.u.pin_result.accepted = verdict->accepted;
    input.u.pin_result.role = verdict->role;
    step(app, &input);
    if (verdict->accepted) {
        struct capture_event event = {.kind = CAPTURE_UI, .t_ms = app->kiosk.now_ms, .verb = "pin"};
        memset(event.argument, GATE_MARK, (size_t)verdict->role + 1);
        recorder_note(app->recorder, &event);
    }
}

/* The comparison takes real time, of which a fast kiosk has none: simulated people would be through
 * with their bin before their PIN is known. */
static void check_pin(struct app *app, const char *pin)
{
    if (app->config->speed == 1) {
        gate_check(app->gate, pin);
        return;
    }
    const struct gate_pins pins = settings_pins(app->config->settings);
    const struct gate_verdict verdict = gate_judge(&pins, pin, false);
    on_pin_verdict(app, app->kiosk.now_ms, &verdict);
}

/* Cards are rare and the table is small: nobody notices that it is read here. */
static void find_card(struct app *app, const char *card)
{
    struct kiosk_input result = {.kind = INPUT_CARD_RESULT, .t_ms = app->kiosk.now_ms};
    card_find(app->config->directory, card, result.u.person);
    step(app, &result);
}

static void perform(struct app *app, const struct kiosk_effects *effects)
{
    for (int i = 0; i < effects->count; i++) {
        const struct kiosk_effect *effect = &effects->list[i];
        switch (effect->kind) {
        case EFFECT_RECORD:
            store_thread_record(app->store, effect->u.record.token, &effect->u.record.event);
            break;
        case EFFECT_SOUND:
            sound_play(app->speaker, effect->u.sound);
            break;
        case EFFECT_CHECK_PIN:
            check_pin(app, effect->u.pin);
            break;
        case EFFECT_SCALE_COMMAND:
        case EFFECT_UNLOCK:
            device_orders_send(app->io, app->buses, effect);
            break;
        case EFFECT_FIND_CARD:
            find_card(app, effect->u.card);
            break;
        }
    }
}

static void step(struct app *app, struct kiosk_input *input)
{
    struct kiosk_effects effects;
    /* Threads stamp what they see; by the time it is handled, the core may be further on. */
    if (input->t_ms < app->kiosk.now_ms) {
        input->t_ms = app->kiosk.now_ms;
    }
    kiosk_step(&app->kiosk, input, &effects);
    perform(app, &effects);
    app->must_show = true;
}

static void tick(struct app *app)
{
    struct kiosk_input input = {.kind = INPUT_TICK, .t_ms = clock_now_ms()};
    if (input.t_ms >= kiosk_deadline(&app->kiosk)) {
        step(app, &input);
    }
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static void take_readings(struct app *app)
{
    struct kiosk_input input;
    while (ring_take(&app->readings, &input)) {
        step(app, &input);
    }
}

/* Values of a bus are no bytes that the io thread could record. */
static void note_bus(struct app *app, const struct kiosk_input *input)
{
    const bool is_port = input->kind == INPUT_PORT;
    if (!is_port && (input->kind != INPUT_READING || input->u.reading.kind == READING_CARD)) {
        return;
    }
    const uint8_t port = is_port ? input->u.port.port : input->u.reading.port;
    struct capture_event event = {.t_ms = input->t_ms};
    event.kind = !is_port ? CAPTURE_VALUE : input->u.port.up ? CAPTURE_BACK : CAPTURE_LOST;
    if (!is_port) {
        event.reading = input->u.reading;
    }
    snprintf(event.port, sizeof event.port, "%s", app->config->settings->site.ports[port]);
    recorder_note(app->recorder, &event);
}

static void take_buses(struct app *app)
{
    struct kiosk_input input;
    while (bus_threads_take(app->buses, &input)) {
        note_bus(app, &input);
        step(app, &input);
    }
}

static void on_intent(struct app *app, const intent_t *intent)
{
    struct kiosk_input input = {.kind = INPUT_INTENT, .t_ms = clock_now_ms(), .u.intent = *intent};
    step(app, &input);
    recorder_touch(app->recorder, app->kiosk.now_ms, &input);
}

/* Not for the recorder: a capture holds no card of somebody's. */
static void on_card(struct app *app, const char card[HW_CARD_MAX])
{
    struct kiosk_input input = {.kind = INPUT_CARD, .t_ms = clock_now_ms()};
    memcpy(input.u.card, card, sizeof input.u.card);
    step(app, &input);
}

static void take_display(struct app *app)
{
    display_pump(app->display);
    for (;;) {
        struct display_event event = display_next(app->display, clock_now_ms());
        switch (event.kind) {
        case DISPLAY_NOTHING:
            return;
        case DISPLAY_INTENT:
            on_intent(app, &event.intent);
            break;
        case DISPLAY_CARD:
            on_card(app, event.card);
            break;
        case DISPLAY_HAND:
            simulation_hand(app->simulation, &event.hand);
            break;
        case DISPLAY_QUIT:
            app->quit = true;
            app->quit_reason = "window closed";
            break;
        }
    }
}

static void take_simulated_touches(struct app *app)
{
    struct simulation_touch touch;
    while (app->simulation != NULL && simulation_touch(app->simulation, &touch)) {
        struct kiosk_input input = {.t_ms = touch.t_ms};
        if (touch_parse(touch.verb, touch.argument, &input)) {
            step(app, &input);
            recorder_touch(app->recorder, app->kiosk.now_ms, &input);
        }
    }
}

static void take_gate(struct app *app)
{
    struct gate_verdict verdict;
    while (gate_answer(app->gate, &verdict)) {
        on_pin_verdict(app, clock_now_ms(), &verdict);
    }
}

/* A ledger that could be opened only later has visits of its own. */
static void go_on_numbering(struct visits *visits, int64_t last_visit)
{
    if (visits->next_id <= last_visit) {
        visits->next_id = last_visit + 1;
    }
}

static void on_store_news(struct app *app, const struct store_news *news)
{
    struct kiosk_input input = {.t_ms = clock_now_ms()};
    switch (news->kind) {
    case STORE_NEWS_PAST:
        kiosk_apply(&app->kiosk, &news->event, news->seq);
        app->must_show = true;
        break;
    case STORE_NEWS_OPEN:
        go_on_numbering(&app->kiosk.visits, app->kiosk.journal.last_visit);
        break;
    case STORE_NEWS_ACK:
        tally_add(&app->tally, &app->kiosk, news->token);
        input.kind = INPUT_STORED;
        input.u.stored.token = news->token;
        input.u.stored.seq = news->seq;
        step(app, &input);
        break;
    case STORE_NEWS_SIGNED:
        kiosk_signed(&app->kiosk, news->statement.text, news->statement.fingerprint);
        app->must_show = true;
        break;
    case STORE_NEWS_ROOM:
        input.kind = INPUT_STORE_ROOM;
        input.u.store_room.free_bytes = news->room.free_bytes;
        input.u.store_room.low = news->room.low;
        step(app, &input);
        break;
    case STORE_NEWS_STATE:
        input.kind = INPUT_STORE_STATE;
        input.u.store_state = news->state;
        step(app, &input);
        break;
    }
}

static void take_store(struct app *app)
{
    struct store_news news;
    while (store_thread_news(app->store, &news)) {
        on_store_news(app, &news);
    }
}

static void take_clock(struct app *app)
{
    moment_t moment = clock_moment();
    app->clock_news_ms = moment.t_ms + CLOCK_NEWS_MS;
    struct kiosk_input input = {
        .kind = INPUT_CLOCK,
        .t_ms = moment.t_ms,
        .u.clock = {.utc_ms = moment.utc_ms, .quality = moment.quality},
    };
    step(app, &input);
    recorder_clock(app->recorder, &moment);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void show(struct app *app)
{
    struct view view;
    kiosk_view(&app->kiosk, clock_now_ms(), &view);
    app->must_show = false;
    if (memcmp(&view, &app->view, sizeof view) != 0) {
        app->view = view;
        display_show(app->display, &view);
    }
}

static int64_t next_due(const struct app *app, int64_t now_ms)
{
    int64_t due = kiosk_deadline(&app->kiosk);
    int64_t others[] = {
        kiosk_view_deadline(&app->kiosk, now_ms),
        app->clock_news_ms,
        display_deadline(app->display),
        app->config->for_ms > 0 ? app->started_ms + app->config->for_ms : INT64_MAX,
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        due = others[i] < due ? others[i] : due;
    }
    return due;
}

static void wait_for_news(struct app *app, bool warming)
{
    struct pollfd fds[WINDOW_POLLFDS_MAX + 3] = {
        {.fd = app->wake, .events = POLLIN},
        {.fd = app->clock_watch, .events = POLLIN},
        {.fd = app->signals, .events = POLLIN},
    };
    int count = 3 + display_pollfds(app->display, fds + 3, WINDOW_POLLFDS_MAX);
    int wait_ms = warming ? 0 : clock_wait_ms(next_due(app, clock_now_ms()));
    if (poll(fds, (nfds_t)count, wait_ms) <= 0) {
        return;
    }
    if (fds[0].revents != 0) {
        wake_drain(app->wake);
    }
    if (fds[1].revents != 0) {
        clock_watch_drain(app->clock_watch);
        take_clock(app);
    }
    if (fds[2].revents != 0) {
        app->quit = true;
        app->quit_reason = "asked to stop";
    }
}

static void loop(struct app *app)
{
    bool first = true;
    while (!app->quit) {
        take_readings(app);
        take_buses(app);
        take_store(app);
        take_gate(app);
        take_simulated_touches(app);
        take_display(app);
        tick(app);
        int64_t now_ms = clock_now_ms();
        if (now_ms >= app->clock_news_ms) {
            take_clock(app);
        }
        bool watched = app->kiosk.service != SERVICE_NONE;
        io_attend(app->io, kiosk_is_busy(&app->kiosk));
        io_watch(app->io, watched);
        bus_threads_attend(app->buses, kiosk_is_busy(&app->kiosk), watched);
        show(app);
        if (first) {
            /* After the first picture: nobody waits for the pages. */
            app->web = pages_start(app->config->settings, app->config->directory);
            first = false;
        }
        if (app->config->for_ms > 0 && now_ms >= app->started_ms + app->config->for_ms) {
            app->quit = true;
            app->quit_reason = "time is over";
        }
        bool warming = display_warm(app->display);
        /* Presenting reads the display connection: what came with it is waiting already. */
        if (!app->quit && !display_pump(app->display)) {
            wait_for_news(app, warming);
        }
    }
}

/* ---- start ----------------------------------------------------------------------------------- */

/* The journal is folded before the first decision; a ledger that cannot be opened is a state with a
 * screen, not a reason to stay dark. */
static void fold_journal(struct app *app)
{
    for (bool decided = false; !decided;) {
        store_thread_wait(app->store);
        struct store_news news;
        while (store_thread_news(app->store, &news)) {
            if (news.kind == STORE_NEWS_STATE) {
                app->kiosk.store = news.state;
                decided = true;
            } else if (news.kind == STORE_NEWS_ROOM) {
                app->kiosk.storage.free_bytes = news.room.free_bytes;
            } else {
                decided = decided || news.kind == STORE_NEWS_OPEN;
                on_store_news(app, &news);
            }
        }
    }
}

static void begin(struct app *app)
{
    moment_t now = clock_moment();
    struct kiosk_effects effects;
    app->started_ms = now.t_ms;
    app->clock_news_ms = now.t_ms + CLOCK_NEWS_MS;
    kiosk_begin(&app->kiosk, &now, BIAOGAN_VERSION, &effects);
    perform(app, &effects);
    recorder_clock(app->recorder, &now);
}

static int start_io(struct app *app)
{
    const bool is_real = !app->config->simulate;
    snprintf(app->adapters_path, sizeof app->adapters_path, "%s/adapters", app->config->directory);
    struct io_config config = {
        .settings = app->config->settings,
        .adapters = is_real ? app->adapters_path : NULL,
        .inputs = &app->readings,
        .wake = app->wake,
        .in_batches = app->config->speed == 1,
        .recorder = app->recorder,
    };
    if (!ring_open(&app->readings, sizeof(struct kiosk_input), IO_RING_SLOTS)) {
        return app_fail("io", "no memory");
    }
    app->io = io_start(&config);
    if (app->io == NULL) {
        return app_fail("io", "cannot make the thread");
    }
    app->buses = bus_threads_start(app->config->settings, app->wake);
    return app->buses != NULL ? 0 : app_fail("buses", "cannot make their threads");
}

static int start(struct app *app)
{
    kiosk_init(&app->kiosk, &app->config->settings->site);
    if (app_open_descriptors(app) != 0 || app_open_simulation(app) != 0 ||
        app_open_store(app) != 0 || app_open_display(app) != 0 || app_open_recorder(app) != 0) {
        return APP_EXIT_ENVIRONMENT;
    }
    app->speaker =
        app->config->settings->screen.sound && !app->config->headless ? sound_open() : NULL;
    const struct gate_pins pins = settings_pins(app->config->settings);
    app->gate = gate_open(&pins, app->wake);
    if (app->gate == NULL) {
        return app_fail("gate", "cannot make the thread");
    }
    fold_journal(app);
    begin(app);
    if (app->simulation != NULL) {
        simulation_start(app->simulation);
    }
    return start_io(app);
}

/* ---- end ------------------------------------------------------------------------------------- */

static void end(struct app *app)
{
    io_stop(app->io);
    app->io = NULL;
    take_readings(app);
    bus_threads_stop(app->buses);
    app->buses = NULL;
    struct kiosk_effects effects;
    int64_t now_ms = clock_now_ms();
    kiosk_end(&app->kiosk, now_ms > app->kiosk.now_ms ? now_ms : app->kiosk.now_ms,
              app->quit_reason, &effects);
    perform(app, &effects);
    struct pollfd wake = {.fd = app->wake, .events = POLLIN};
    while (kiosk_pending_count(&app->kiosk) > 0 && poll(&wake, 1, ACK_WAIT_MS) > 0) {
        wake_drain(app->wake);
        take_store(app);
    }
    show(app);
}

static void stop(struct app *app)
{
    web_stop(app->web);
    io_stop(app->io);
    bus_threads_stop(app->buses);
    gate_close(app->gate);
    simulation_close(app->simulation);
    recorder_close(app->recorder);
    sound_close(app->speaker);
    display_close(app->display); /* ends SDL, so after the sound */
    backup_thread_stop(app->backup);
    int left = store_thread_stop(app->store);
    if (left > 0) {
        log_line(LOG_ERROR, "run", "%d events could not be recorded: the storage was not there",
                 left);
    }
    ring_close(&app->readings);
    int fds[] = {app->wake, app->clock_watch, app->signals};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

int app_run(const struct app_config *config)
{
    struct app *app = calloc(1, sizeof *app);
    if (app == NULL) {
        return app_fail("run", "no memory");
    }
    app->config = config;
    app->wake = app->clock_watch = app->signals = -1;
    clock_start(config->speed);
    int result = start(app);
    if (result == 0) {
        loop(app);
        end(app);
        if (config->headless) {
            tally_print(&app->tally, &app->kiosk, config->directory);
        }
    }
    stop(app);
    free(app);
    return result;
}
