#include "kiosk/shell/replay.h"

#include "hw/capture.h"
#include "hw/link.h"
#include "kiosk/core/kiosk.h"
#include "kiosk/shell/card.h"
#include "kiosk/shell/gate.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/touch.h"
#include "kiosk/shell/version.h"
#include "kiosk/store/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The clock of a capture is its own; all its boots have one name. */
#define REPLAY_BOOT "replay"

struct replay {
    const struct replay_config *config;
    struct replay_summary *summary;
    struct ledger *ledger;
    struct kiosk kiosk;
    struct link links[HW_PORTS_MAX];
    struct replay_line lines[HW_PORTS_MAX]; /* of the links */
    struct port ports[HW_PORTS_MAX];
    int64_t quiet_ms[HW_PORTS_MAX]; /* when silence ends what waits there; INT64_MAX: never */
    bool begun;
    char *error;
    bool failed;
};

/* ---- the core and its effects ---------------------------------------------------------------- */

static void step(struct replay *replay, const struct kiosk_input *input);

static void append(struct replay *replay, uint32_t token, const struct kiosk_event *event)
{
    char reason[LEDGER_ERROR_MAX];
    struct kiosk_input stored = {.kind = INPUT_STORED, .t_ms = replay->kiosk.now_ms};
    if (ledger_append(replay->ledger, event, &stored.u.stored.seq, reason) != LEDGER_OK) {
        snprintf(replay->error, REPLAY_ERROR_MAX, "%s", reason);
        replay->failed = true;
        return;
    }
    replay->summary->rows++;
    replay->summary->deposits += event->kind == EVENT_DEPOSIT;
    replay->summary->visits += event->kind == EVENT_VISIT;
    stored.u.stored.token = token;
    step(replay, &stored);
}

static void check_pin(struct replay *replay, const char *pin)
{
    struct kiosk_input result = {.kind = INPUT_PIN_RESULT, .t_ms = replay->kiosk.now_ms};
    const struct gate_pins pins = settings_pins(replay->config->settings);
    const struct gate_verdict verdict = gate_judge(&pins, pin, true);
    result.u.pin_result.accepted = verdict.accepted;
    result.u.pin_result.role = verdict.role;
    step(replay, &result);
}

static void find_card(struct replay *replay, const char *card)
{
    struct kiosk_input result = {.kind = INPUT_CARD_RESULT, .t_ms = replay->kiosk.now_ms};
    card_find(replay->config->directory, card, result.u.person);
    step(replay, &result);
}

static void perform(struct replay *replay, const struct kiosk_effects *effects)
{
    for (int i = 0; i < effects->count && !replay->failed; i++) {
        const struct kiosk_effect *effect = &effects->list[i];
        switch (effect->kind) {
        case EFFECT_RECORD:
            append(replay, effect->u.record.token, &effect->u.record.event);
            break;
        case EFFECT_CHECK_PIN:
            check_pin(replay, effect->u.pin);
            break;
        case EFFECT_FIND_CARD:
            find_card(replay, effect->u.card);
            break;
        case EFFECT_SOUND:
        case EFFECT_SCALE_COMMAND:
        case EFFECT_UNLOCK:
            break; /* nobody is there to hear, and what the devices made of it is in the capture */
        }
    }
}

static void step(struct replay *replay, const struct kiosk_input *input)
{
    struct kiosk_effects effects;
    kiosk_step(&replay->kiosk, input, &effects);
    perform(replay, &effects);
}

static void begin(struct replay *replay, const moment_t *at)
{
    struct kiosk_effects effects;
    replay->begun = true;
    kiosk_begin(&replay->kiosk, at, BIAOGAN_VERSION, &effects);
    perform(replay, &effects);
}

/* ---- lines of the capture -------------------------------------------------------------------- */

static void on_reading(void *context, const reading_t *reading)
{
    struct replay *replay = context;
    struct kiosk_input input = {
        .kind = INPUT_READING, .t_ms = reading->t_ms, .u.reading = *reading};
    step(replay, &input);
}

static void port_state(struct replay *replay, int port, int64_t t_ms, bool up)
{
    struct kiosk_input input = {
        .kind = INPUT_PORT, .t_ms = t_ms, .u.port = {.port = (uint8_t)port, .up = up}};
    step(replay, &input);
}

/* As the io thread does, until the line has nothing more to say now. */
static void read_line(struct replay *replay, int port, int64_t t_ms)
{
    struct link *link = &replay->links[port];
    uint8_t bytes[CAPTURE_BYTES_MAX];
    for (;;) {
        ssize_t count = link->ops->read(link, bytes, sizeof bytes);
        if (count == LINK_AGAIN) {
            return;
        }
        replay->quiet_ms[port] = INT64_MAX;
        if (count == LINK_LOST) {
            link->ops->close(link);
            port_lost(&replay->ports[port]);
            port_state(replay, port, t_ms, false);
            return;
        }
        port_feed(&replay->ports[port], bytes, (size_t)count, t_ms, on_reading, replay);
        if (port_is_waiting(&replay->ports[port])) {
            replay->quiet_ms[port] = t_ms + PORT_QUIET_MS;
        }
    }
}

/* What only silence ended before `t_ms`, in the order in which it did. */
static void hear_silences(struct replay *replay, int64_t t_ms)
{
    for (;;) {
        int first = 0;
        for (int i = 1; i < HW_PORTS_MAX; i++) {
            first = replay->quiet_ms[i] < replay->quiet_ms[first] ? i : first;
        }
        const int64_t quiet_ms = replay->quiet_ms[first];
        if (quiet_ms >= t_ms) {
            return;
        }
        replay->quiet_ms[first] = INT64_MAX;
        port_quiet(&replay->ports[first], quiet_ms, on_reading, replay);
    }
}

static int open_line(struct replay *replay, int port, char error[LINK_ERROR_MAX])
{
    struct link *link = &replay->links[port];
    replay->lines[port].most = (size_t)replay->config->chunk;
    link->private = &replay->lines[port];
    return link_replay.open(link, replay->config->capture,
                            replay->config->settings->ports[port].line, error);
}

static void on_back(struct replay *replay, int port, const struct capture_event *event)
{
    char error[LINK_ERROR_MAX];
    if (open_line(replay, port, error) == 0) {
        port_state(replay, port, event->t_ms, true);
    }
}

/* Bytes without a "back" before them say as much themselves. */
static void on_rx(struct replay *replay, int port, const struct capture_event *event)
{
    if (!replay->lines[port].is_open) {
        on_back(replay, port, event);
    }
    replay->lines[port].bytes = event->bytes;
    replay->lines[port].count = event->byte_count;
    read_line(replay, port, event->t_ms);
}

static void on_lost(struct replay *replay, int port, const struct capture_event *event)
{
    replay->lines[port].lost = true;
    read_line(replay, port, event->t_ms);
}

static void value(struct replay *replay, int port, const struct capture_event *event)
{
    struct kiosk_input input = {.kind = INPUT_READING, .t_ms = event->t_ms};
    input.u.reading = event->reading;
    input.u.reading.t_ms = event->t_ms;
    input.u.reading.port = (uint8_t)port;
    step(replay, &input);
}

static bool is_bus(const struct replay *replay, int port)
{
    return replay->config->settings->ports[port].driver == NULL;
}

static bool declare_port(struct replay *replay, int port, const struct capture_event *event,
                         char reason[CAPTURE_ERROR_MAX])
{
    const struct hw_driver *driver = hw_driver_find(event->protocol);
    if (driver == NULL) {
        /* A bus has no byte protocol: its values come ready made. */
        return true;
    }
    if (is_bus(replay, port)) {
        snprintf(reason, CAPTURE_ERROR_MAX, "port %s is %s here and a bus in the site file",
                 event->port, driver->name);
        return false;
    }
    struct port_config pump;
    settings_pump(replay->config->settings, port, &pump);
    if (driver->kind != pump.driver->kind) {
        snprintf(reason, CAPTURE_ERROR_MAX, "port %s is %s here and %s in the site file",
                 event->port, driver->name, pump.driver->name);
        return false;
    }
    if (driver != pump.driver) {
        log_line(LOG_INFO, "replay", "port %s speaks %s in the capture (%s in the site file)",
                 event->port, driver->name, pump.driver->name);
        pump.driver = driver;
        pump.options.checksum = driver->checksum_default;
    }
    port_init(&replay->ports[port], &pump);
    return true;
}

static void touch(struct replay *replay, const struct capture_event *event)
{
    struct kiosk_input input = {.t_ms = event->t_ms};
    const struct items *items = replay->config->settings->site.items;
    const bool is_understood = touch_parse(event->verb, event->argument, &input);
    const bool is_unknown = is_understood && input.kind == INPUT_ITEM &&
                            (items == NULL || items_find(items, input.u.item) < 0);
    if (is_understood && !is_unknown) {
        step(replay, &input);
    } else {
        replay->summary->touches_ignored++;
    }
}

static void clock_news(struct replay *replay, const struct capture_event *event)
{
    enum clock_quality quality = clock_quality_find(event->quality);
    if (!replay->begun) {
        moment_t at = {.t_ms = event->t_ms, .utc_ms = event->utc_ms, .quality = quality};
        begin(replay, &at);
        return;
    }
    struct kiosk_input input = {
        .kind = INPUT_CLOCK,
        .t_ms = event->t_ms,
        .u.clock = {.utc_ms = event->utc_ms, .quality = quality},
    };
    step(replay, &input);
}

static bool on_port_event(struct replay *replay, const struct capture_event *event,
                          char reason[CAPTURE_ERROR_MAX])
{
    int port = settings_port(replay->config->settings, event->port);
    if (port < 0) {
        snprintf(reason, CAPTURE_ERROR_MAX, "the site file has no port \"%s\"", event->port);
        return false;
    }
    switch (event->kind) {
    case CAPTURE_PORT:
        return declare_port(replay, port, event, reason);
    case CAPTURE_RX:
        if (is_bus(replay, port)) {
            snprintf(reason, CAPTURE_ERROR_MAX,
                     "%s is a bus in the site file: it has values (=), no bytes", event->port);
            return false;
        }
        on_rx(replay, port, event);
        break;
    case CAPTURE_LOST:
        on_lost(replay, port, event);
        break;
    case CAPTURE_BACK:
        on_back(replay, port, event);
        break;
    case CAPTURE_VALUE:
        value(replay, port, event);
        break;
    default:
        break; /* what we sent is nothing that happened to us */
    }
    return true;
}

static bool on_event(struct replay *replay, const struct capture_event *event,
                     char reason[CAPTURE_ERROR_MAX])
{
    if (event->kind == CAPTURE_COMMENT) {
        return true;
    }
    hear_silences(replay, event->t_ms);
    if (event->kind == CAPTURE_CLOCK) {
        clock_news(replay, event);
        return true;
    }
    if (!replay->begun && event->kind != CAPTURE_PORT) {
        moment_t at = {.t_ms = event->t_ms, .quality = CLOCK_UNSET};
        begin(replay, &at);
    }
    if (event->kind == CAPTURE_UI) {
        touch(replay, event);
        return true;
    }
    return on_port_event(replay, event, reason);
}

/* ---- the whole file -------------------------------------------------------------------------- */

static int read_events(struct replay *replay, FILE *file)
{
    char text[CAPTURE_LINE_MAX];
    int64_t previous_ms = INT64_MIN;
    long line = 1;
    for (; fgets(text, sizeof text, file) != NULL; line++) {
        struct capture_event event;
        char reason[CAPTURE_ERROR_MAX];
        bool understood = true;
        if (line == 1 && strncmp(text, CAPTURE_HEADER, strlen(CAPTURE_HEADER)) != 0) {
            snprintf(reason, sizeof reason, "a capture begins with \"%s\"", CAPTURE_HEADER);
            understood = false;
        }
        understood = understood && capture_parse(text, previous_ms, &event, reason) == 0 &&
                     on_event(replay, &event, reason);
        if (!understood) {
            snprintf(replay->error, REPLAY_ERROR_MAX, "%s:%ld: %s", replay->config->capture, line,
                     reason);
            return -1;
        }
        if (replay->failed) {
            return -1;
        }
        if (event.kind != CAPTURE_COMMENT && event.kind != CAPTURE_PORT) {
            previous_ms = event.t_ms;
            replay->summary->duration_ms = event.t_ms;
        }
    }
    if (ferror(file)) {
        snprintf(replay->error, REPLAY_ERROR_MAX, "%s: %s", replay->config->capture,
                 strerror(errno));
        return -1;
    }
    if (line == 1) {
        snprintf(replay->error, REPLAY_ERROR_MAX, "%s:1: empty; a capture begins with \"%s\"",
                 replay->config->capture, CAPTURE_HEADER);
        return -1;
    }
    return 0;
}

static bool is_undecided(const struct kiosk *kiosk)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        if (kiosk->bins[i].phase == BIN_WEIGHING) {
            return true;
        }
    }
    return false;
}

/* A capture may end while something is being weighed; its time limits still hold. */
static void finish(struct replay *replay)
{
    if (!replay->begun) {
        return;
    }
    hear_silences(replay, INT64_MAX);
    while (is_undecided(&replay->kiosk) && !replay->failed) {
        struct kiosk_input tick = {.kind = INPUT_TICK, .t_ms = kiosk_deadline(&replay->kiosk)};
        step(replay, &tick);
    }
    struct kiosk_effects effects;
    kiosk_end(&replay->kiosk, replay->kiosk.now_ms, "end of capture", &effects);
    perform(replay, &effects);
}

static void fold(void *context, const struct kiosk_event *event, int64_t seq)
{
    kiosk_apply(context, event, seq);
}

static int open_all(struct replay *replay, FILE **file)
{
    const struct settings *settings = replay->config->settings;
    bool standard_input = strcmp(replay->config->capture, "-") == 0;
    *file = standard_input ? stdin : fopen(replay->config->capture, "re");
    if (*file == NULL) {
        snprintf(replay->error, REPLAY_ERROR_MAX, "%s: %s", replay->config->capture,
                 strerror(errno));
        return -1;
    }
    char reason[LEDGER_ERROR_MAX];
    if (ledger_open(&replay->ledger, replay->config->directory, REPLAY_BOOT, reason) != LEDGER_OK ||
        ledger_fold(replay->ledger, 0, fold, &replay->kiosk, reason) != LEDGER_OK) {
        snprintf(replay->error, REPLAY_ERROR_MAX, "%s", reason);
        return -1;
    }
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        replay->quiet_ms[i] = INT64_MAX;
    }
    for (int i = 0; i < settings->site.port_count; i++) {
        if (!is_bus(replay, i)) {
            struct port_config pump;
            settings_pump(settings, i, &pump);
            port_init(&replay->ports[i], &pump);
        }
        if (open_line(replay, i, reason) != 0) {
            snprintf(replay->error, REPLAY_ERROR_MAX, "%s", reason);
            return -1;
        }
    }
    return 0;
}

int replay_run(const struct replay_config *config, struct replay_summary *summary,
               char error[REPLAY_ERROR_MAX])
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL) {
        snprintf(error, REPLAY_ERROR_MAX, "no memory");
        return -1;
    }
    *summary = (struct replay_summary){0};
    replay->config = config;
    replay->summary = summary;
    replay->error = error;
    kiosk_init(&replay->kiosk, &config->settings->site);
    FILE *file = NULL;
    int result = open_all(replay, &file);
    if (result == 0) {
        result = read_events(replay, file);
        if (result == 0) {
            finish(replay);
            result = replay->failed ? -1 : 0;
        }
    }
    if (file != NULL && file != stdin) {
        fclose(file);
    }
    ledger_close(replay->ledger);
    free(replay);
    return result;
}
