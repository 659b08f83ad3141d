#include "kiosk/shell/bus_thread.h"

#include "hw/bus.h"
#include "hw/supervisor.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings_bus.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RING_SLOTS = 1024,
    SILENT_AFTER = 2,         /* polls without an answer: one may be noise */
    SILENT_LONGEST_MS = 2000, /* a silent slave is asked this often at the least */
    REFUSED_MS = 1000,        /* a slave that refuses is asked again after so long */
    LID_NEWS_MS = 1000,       /* an unchanged lid is told this often: its device is alive */
    WEIGHT_NEWS_MS = 250,     /* a weight that changes while nobody is there */
    STATUS_MS = 1000,         /* counters, while somebody looks at them */
    UNLOCK_MS = 500,          /* how long a lock's relay is on */
    KINDS = READING_LOCK + 1,
    COMMANDS = HW_COMMAND_TARE + 1
};

/* Of one slave. */
struct poll_state {
    int64_t due_ms;
    int failures; /* polls in a row */
    bool told;    /* that it is silent, on the log */
};

struct bus_thread {
    struct bus_threads *threads;
    const struct bus_settings *settings;
    const struct port_settings *port;
    const char *name;
    pthread_t thread;
    bool started;
    struct ring inputs; /* of struct kiosk_input */
    int stop;           /* eventfd: something else to do than wait */
    struct bus bus;
    struct supervisor supervisor; /* an answer is its frame */
    struct poll_state polls[BUS_DEVICES_MAX];
    reading_t last[KINDS][HW_CHANNELS_MAX + 1]; /* t_ms: when main was told */
    bool known[KINDS][HW_CHANNELS_MAX + 1];
    int64_t lock_off_ms[HW_CHANNELS_MAX + 1]; /* relay of the channel is on until then; 0 = off */
    atomic_uint unlock;                       /* bit = channel */
    atomic_uint commands[COMMANDS];           /* by enum hw_command; bit = channel */
    bool down;                                /* main was told so */
    int64_t weight_news_ms, status_ms;
    port_status_t told;
    uint64_t dropped;
    bool news; /* something in the ring that main should see now */
};

struct bus_threads {
    int wake;
    atomic_bool stopping, attentive, watched;
    int count;
    struct bus_thread buses[BUSES_MAX];
};

/* ---- what main is told ----------------------------------------------------------------------- */

static void send(struct bus_thread *thread, const struct kiosk_input *input, bool news)
{
    if (!ring_put(&thread->inputs, input)) {
        if (thread->dropped++ == 0) {
            log_line(LOG_ERROR, "bus", "the main thread does not take readings; some are dropped");
        }
        news = true;
    }
    thread->news = thread->news || news;
}

static port_status_t status_of(const struct bus_thread *thread, int64_t now_ms)
{
    const struct supervisor *supervisor = &thread->supervisor;
    port_status_t status = {
        .last_frame_ms = supervisor->last_frame_ms,
        .frames = thread->bus.stats.answers,
        .disconnects = (uint32_t)supervisor->disconnects,
        .disconnects_in_hour = supervisor_disconnects_in_hour(supervisor, now_ms),
        .port = thread->settings->port,
        .state = (uint8_t)supervisor->state,
        .fault = (uint8_t)supervisor->fault,
    };
    status.rejects[REJECT_CHECKSUM] = thread->bus.stats.broken;
    status.rejects[REJECT_VALUE] = thread->bus.stats.refused;
    return status;
}

static void tell_status(struct bus_thread *thread, int64_t now_ms)
{
    const port_status_t status = status_of(thread, now_ms), *told = &thread->told;
    const bool is_state = status.state != told->state || status.fault != told->fault;
    const bool is_count = atomic_load(&thread->threads->watched) && now_ms >= thread->status_ms &&
                          (status.frames != told->frames ||
                           memcmp(status.rejects, told->rejects, sizeof status.rejects) != 0);
    if (is_state || is_count) {
        thread->status_ms = now_ms + STATUS_MS;
        thread->told = status;
        const struct kiosk_input input = {
            .kind = INPUT_PORT_STATUS, .t_ms = now_ms, .u.port_status = status};
        send(thread, &input, true);
    }
}

/* After anything that may have changed the state of the line. The status goes first: it says more
 * than that the port is down. */
static void settle(struct bus_thread *thread, int64_t now_ms)
{
    tell_status(thread, now_ms);
    const bool up = supervisor_is_trusted(&thread->supervisor);
    const bool must_tell = thread->down ? up : !supervisor_is_open(&thread->supervisor);
    if (!must_tell) {
        return;
    }
    thread->down = !up;
    if (up) {
        log_line(LOG_INFO, "bus", "bus %s (%s) is back", thread->name, thread->port->device);
    }
    const struct kiosk_input input = {
        .kind = INPUT_PORT, .t_ms = now_ms, .u.port = {.port = thread->settings->port, .up = up}};
    send(thread, &input, true);
}

/* Whether main is told of a reading at all, and whether it is worth waking it. */
static bool is_due(const struct bus_thread *thread, const reading_t *reading, bool *news)
{
    const reading_t *old = &thread->last[reading->kind][reading->channel];
    const bool changed = !thread->known[reading->kind][reading->channel] ||
                         old->status != reading->status || old->has_value != reading->has_value ||
                         old->lid_open != reading->lid_open;
    if (reading->kind == READING_LID) {
        *news = changed;
        return changed || reading->t_ms - old->t_ms >= LID_NEWS_MS;
    }
    const bool moved = old->grams != reading->grams || old->level_mm != reading->level_mm;
    *news = changed || atomic_load(&thread->threads->attentive) ||
            (moved && reading->t_ms - thread->weight_news_ms >= WEIGHT_NEWS_MS);
    return true;
}

static void tell_reading(struct bus_thread *thread, reading_t *reading, int64_t now_ms)
{
    reading->t_ms = now_ms;
    reading->port = thread->settings->port;
    bool news = false;
    if (!is_due(thread, reading, &news)) {
        return;
    }
    thread->known[reading->kind][reading->channel] = true;
    thread->last[reading->kind][reading->channel] = *reading;
    thread->weight_news_ms = news ? now_ms : thread->weight_news_ms;
    const struct kiosk_input input = {.kind = INPUT_READING, .t_ms = now_ms, .u.reading = *reading};
    send(thread, &input, news);
}

static void tell_readings(struct bus_thread *thread, reading_t *readings, size_t count,
                          int64_t now_ms)
{
    for (size_t i = 0; i < count; i++) {
        tell_reading(thread, &readings[i], now_ms);
    }
}

/* ---- the line -------------------------------------------------------------------------------- */

static void pace(void *context, int ms)
{
    (void)context;
    (void)poll(NULL, 0, ms);
}

static void lose(struct bus_thread *thread, int64_t now_ms)
{
    bus_close(&thread->bus);
    log_line(LOG_WARNING, "bus", "bus %s (%s): the line went away; trying again until it is back",
             thread->name, thread->port->device);
    supervisor_lost(&thread->supervisor, now_ms);
    memset(thread->lock_off_ms, 0, sizeof thread->lock_off_ms);
    settle(thread, now_ms);
}

static void reopen(struct bus_thread *thread, int64_t now_ms)
{
    const struct bus_config config = {
        .device = thread->port->device,
        .line = thread->port->line,
        .timeout_ms = thread->settings->timeout_ms,
        .echo = thread->settings->echo,
        .pause = pace,
    };
    char error[LINK_ERROR_MAX];
    if (bus_open(&thread->bus, &config, error) != 0) {
        if (!thread->down) {
            log_line(LOG_WARNING, "bus", "bus %s: %s", thread->name, error);
        }
        const bool is_there = access(thread->port->device, F_OK) == 0;
        supervisor_refused(&thread->supervisor,
                           is_there ? PORT_FAULT_UNOPENABLE : PORT_FAULT_ABSENT, now_ms);
    } else {
        supervisor_opened(&thread->supervisor, now_ms);
        for (int i = 0; i < thread->settings->device_count; i++) {
            thread->polls[i] = (struct poll_state){.due_ms = now_ms};
        }
    }
    settle(thread, now_ms);
}

/* ---- the slaves ------------------------------------------------------------------------------ */

static void on_answer(struct bus_thread *thread, struct poll_state *state,
                      const struct modbus_map *map, int64_t now_ms)
{
    if (state->told) {
        log_line(LOG_INFO, "bus", "bus %s: slave %d answers again", thread->name, map->address);
    }
    *state = (struct poll_state){.due_ms = state->due_ms};
    supervisor_heard(&thread->supervisor, 1, 1, now_ms);
}

static void on_silence(struct bus_thread *thread, struct poll_state *state,
                       const struct modbus_map *map, int64_t now_ms)
{
    state->failures++;
    if (state->failures == SILENT_AFTER) {
        log_line(LOG_WARNING, "bus",
                 "bus %s: slave %d does not answer: is it on, and are address and line right?",
                 thread->name, map->address);
        state->told = true;
        if (map->kind == READING_LID) {
            reading_t readings[HW_CHANNELS_MAX];
            tell_readings(thread, readings, modbus_map_fault(map, readings), now_ms);
        }
    }
    const int64_t pause_ms = (int64_t)map->period_ms * state->failures;
    state->due_ms = now_ms + (pause_ms < SILENT_LONGEST_MS ? pause_ms : SILENT_LONGEST_MS);
    supervisor_tick(&thread->supervisor, now_ms);
}

static void poll_slave(struct bus_thread *thread, int index)
{
    const struct modbus_map *map = &thread->settings->devices[index];
    struct poll_state *state = &thread->polls[index];
    reading_t readings[HW_CHANNELS_MAX];
    size_t count;
    /* A slave that was silent before gets one try: the others wait meanwhile. */
    const int tries = state->failures == 0 ? BUS_TRIES : 1;
    const enum bus_result result = bus_read(&thread->bus, map, tries, readings, &count);
    const int64_t now_ms = clock_now_ms();
    if (result == BUS_GONE) {
        lose(thread, now_ms);
        return;
    }
    if (result == BUS_SILENT || result == BUS_BROKEN) {
        on_silence(thread, state, map, now_ms);
    } else {
        on_answer(thread, state, map, now_ms);
        settle(thread, now_ms);
        tell_readings(thread, readings, count, now_ms);
        const int64_t period_ms = result == BUS_REFUSED ? REFUSED_MS : map->period_ms;
        const int64_t next_ms = state->due_ms + period_ms;
        state->due_ms = next_ms > now_ms ? next_ms : now_ms + period_ms;
    }
    settle(thread, now_ms);
}

/* ---- locks ----------------------------------------------------------------------------------- */

static const struct modbus_map *relay_of(const struct bus_settings *bus, int channel)
{
    return settings_bus_map(bus, READING_LOCK, channel);
}

static void switch_lock(struct bus_thread *thread, int channel, bool on)
{
    const struct modbus_map *map = relay_of(thread->settings, channel);
    const enum bus_result result = bus_switch(&thread->bus, map, channel, on);
    const int64_t now_ms = clock_now_ms();
    /* What could not be switched off is tried again; what could not be switched on is reported. */
    if (on || result == BUS_OK) {
        thread->lock_off_ms[channel] = on ? now_ms + UNLOCK_MS : 0;
    } else {
        thread->lock_off_ms[channel] = now_ms + UNLOCK_MS;
    }
    if (result == BUS_GONE) {
        lose(thread, now_ms);
    }
    if (on) {
        reading_t reading = {.kind = READING_LOCK,
                             .channel = (uint8_t)channel,
                             .status = result == BUS_OK ? READING_OK : READING_ERROR,
                             .has_value = result == BUS_OK,
                             .lid_open = result == BUS_OK};
        thread->known[READING_LOCK][channel] = false; /* each time is news */
        tell_reading(thread, &reading, now_ms);
    }
}

static void serve_locks(struct bus_thread *thread, int64_t now_ms)
{
    const unsigned asked = atomic_exchange(&thread->unlock, 0);
    for (int channel = 1; channel <= HW_CHANNELS_MAX && thread->bus.master != NULL; channel++) {
        if ((asked >> channel & 1U) != 0) {
            switch_lock(thread, channel, true);
        } else if (thread->lock_off_ms[channel] != 0 && now_ms >= thread->lock_off_ms[channel]) {
            switch_lock(thread, channel, false);
        }
    }
}

static void release_locks(struct bus_thread *thread)
{
    for (int channel = 1; channel <= HW_CHANNELS_MAX && thread->bus.master != NULL; channel++) {
        if (thread->lock_off_ms[channel] != 0) {
            (void)bus_switch(&thread->bus, relay_of(thread->settings, channel), channel, false);
        }
    }
}

/* ---- zero and tare --------------------------------------------------------------------------- */

static void command_scale(struct bus_thread *thread, int channel, enum hw_command command)
{
    const struct modbus_map *map = settings_bus_map(thread->settings, READING_WEIGHT, channel);
    const enum bus_result result = bus_command(&thread->bus, map, channel, command);
    if (result == BUS_GONE) {
        lose(thread, clock_now_ms());
    }
    if (result != BUS_OK) {
        log_line(LOG_WARNING, "bus",
                 "bus %s: slave %d did not confirm %s of channel %d: is it locked against writing, "
                 "and are register and function right?",
                 thread->name, map->address, command == HW_COMMAND_TARE ? "tare" : "zero", channel);
    }
}

static void serve_commands(struct bus_thread *thread)
{
    for (int command = 0; command < COMMANDS; command++) {
        const unsigned asked = atomic_exchange(&thread->commands[command], 0);
        for (int channel = 1; channel <= HW_CHANNELS_MAX && thread->bus.master != NULL; channel++) {
            if ((asked >> channel & 1U) != 0) {
                command_scale(thread, channel, (enum hw_command)command);
            }
        }
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

static int next_slave(const struct bus_thread *thread)
{
    int next = -1;
    for (int i = 0; i < thread->settings->device_count; i++) {
        if (thread->settings->devices[i].kind != READING_LOCK &&
            (next < 0 || thread->polls[i].due_ms < thread->polls[next].due_ms)) {
            next = i;
        }
    }
    return next;
}

static int64_t due_of(const struct bus_thread *thread)
{
    if (thread->bus.master == NULL) {
        return supervisor_deadline(&thread->supervisor);
    }
    const int next = next_slave(thread);
    int64_t due_ms = next < 0 ? INT64_MAX : thread->polls[next].due_ms;
    for (int channel = 1; channel <= HW_CHANNELS_MAX; channel++) {
        const int64_t off_ms = thread->lock_off_ms[channel];
        due_ms = off_ms != 0 && off_ms < due_ms ? off_ms : due_ms;
    }
    return due_ms;
}

static void run_once(struct bus_thread *thread)
{
    const int64_t now_ms = clock_now_ms();
    if (supervisor_should_open(&thread->supervisor, now_ms)) {
        reopen(thread, now_ms);
    }
    /* What is asked while the line is away is dropped: nobody expects it later. */
    serve_locks(thread, now_ms);
    serve_commands(thread);
    const int next = next_slave(thread);
    if (thread->bus.master != NULL && next >= 0 && now_ms >= thread->polls[next].due_ms) {
        poll_slave(thread, next);
    }
    if (thread->news) {
        thread->news = false;
        wake_up(thread->threads->wake);
    }
    struct pollfd stop = {.fd = thread->stop, .events = POLLIN};
    if (poll(&stop, 1, clock_wait_ms(due_of(thread))) > 0) {
        wake_drain(thread->stop);
    }
}

static void *bus_main(void *context)
{
    struct bus_thread *thread = context;
    while (!atomic_load(&thread->threads->stopping)) {
        run_once(thread);
    }
    release_locks(thread);
    bus_close(&thread->bus);
    return NULL;
}

/* ---- main's side ----------------------------------------------------------------------------- */

static bool start(struct bus_thread *thread, struct bus_threads *threads,
                  const struct settings *settings, int index)
{
    thread->threads = threads;
    thread->settings = &settings->buses[index];
    thread->port = &settings->ports[thread->settings->port];
    thread->name = settings->site.ports[thread->settings->port];
    /* A bus of relays alone speaks only when a lock is opened, as a reader does for a card. */
    supervisor_init(&thread->supervisor, next_slave(thread) < 0 ? READING_CARD : READING_WEIGHT);
    thread->stop = wake_open();
    thread->started = thread->stop >= 0 &&
                      ring_open(&thread->inputs, sizeof(struct kiosk_input), RING_SLOTS) &&
                      pthread_create(&thread->thread, NULL, bus_main, thread) == 0;
    return thread->started;
}

struct bus_threads *bus_threads_start(const struct settings *settings, int wake)
{
    struct bus_threads *threads = calloc(1, sizeof *threads);
    if (threads == NULL) {
        return NULL;
    }
    threads->wake = wake;
    for (int i = 0; i < settings->bus_count; i++) {
        threads->count++;
        if (!start(&threads->buses[i], threads, settings, i)) {
            bus_threads_stop(threads);
            return NULL;
        }
    }
    return threads;
}

bool bus_threads_take(struct bus_threads *threads, struct kiosk_input *input)
{
    for (int i = 0; threads != NULL && i < threads->count; i++) {
        if (ring_take(&threads->buses[i].inputs, input)) {
            return true;
        }
    }
    return false;
}

void bus_threads_attend(struct bus_threads *threads, bool attentive, bool watched)
{
    if (threads != NULL) {
        atomic_store(&threads->attentive, attentive);
        atomic_store(&threads->watched, watched);
    }
}

bool bus_threads_unlock(struct bus_threads *threads, int port, int channel)
{
    for (int i = 0; threads != NULL && i < threads->count; i++) {
        struct bus_thread *thread = &threads->buses[i];
        if (thread->settings->port == port && relay_of(thread->settings, channel) != NULL) {
            atomic_fetch_or(&thread->unlock, 1U << channel);
            wake_up(thread->stop);
            return true;
        }
    }
    return false;
}

bool bus_threads_command(struct bus_threads *threads, int port, int channel,
                         enum hw_command command)
{
    for (int i = 0; threads != NULL && i < threads->count; i++) {
        struct bus_thread *thread = &threads->buses[i];
        const struct modbus_map *map = settings_bus_map(thread->settings, READING_WEIGHT, channel);
        uint8_t request[MODBUS_REQUEST_MAX];
        if (thread->settings->port == port && map != NULL &&
            modbus_map_command(map, channel, command, request) > 0) {
            atomic_fetch_or(&thread->commands[command], 1U << channel);
            wake_up(thread->stop);
            return true;
        }
    }
    return false;
}

void bus_threads_stop(struct bus_threads *threads)
{
    if (threads == NULL) {
        return;
    }
    atomic_store(&threads->stopping, true);
    for (int i = 0; i < threads->count; i++) {
        struct bus_thread *thread = &threads->buses[i];
        if (thread->started) {
            wake_up(thread->stop);
            pthread_join(thread->thread, NULL);
        }
        ring_close(&thread->inputs);
        if (thread->stop >= 0) {
            close(thread->stop);
        }
    }
    free(threads);
}
