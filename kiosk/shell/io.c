#include "kiosk/shell/clock.h"
#include "kiosk/shell/io_internal.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/port_log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCH_MS = 400,   /* idle scales are read this often at the most; as long as people blink */
    STATUS_MS = 1000, /* counters, while somebody looks at them */
    RECORD_MS = 1000, /* what main and the buses noted is written this often */
    READ_BYTES = 512,
    STOP_TAG = HW_PORTS_MAX /* what is waited for beside the ports */
};

/* ---- readings -------------------------------------------------------------------------------- */

/* The adapter's identity alone says which one it is, and no other port ever had the same. While
 * one of two with one serial number is away, the other one looks unique. */
static bool is_known_by_adapter(const struct io *io, const struct io_port *port)
{
    bool is_known = ports_is_unique(&port->entry);
    for (int i = 0; i < io->port_count && is_known; i++) {
        const struct io_port *other = &io->ports[i];
        is_known =
            other == port || !ports_same_identity(&other->entry.identity, &port->entry.identity);
    }
    return is_known;
}

/* Hands what the exchange watch found to the supervisors. */
static void apply_verdicts(struct io *io, int64_t now_ms)
{
    for (int i = 0; i < io->port_count; i++) {
        struct io_port *port = &io->ports[i];
        const enum swap_verdict verdict = io->swap.ports[i].verdict;
        if (verdict == port->verdict || !supervisor_is_open(&port->supervisor)) {
            continue;
        }
        port->verdict = verdict;
        if (swap_may_believe(&io->swap, (uint8_t)i)) {
            if (port->supervisor.held) {
                supervisor_release(&port->supervisor);
            }
        } else {
            supervisor_hold(&port->supervisor,
                            verdict == SWAP_EXCHANGED ? PORT_FAULT_WRONG_DEVICE : PORT_FAULT_NONE);
        }
        if (verdict == SWAP_UNTOLD) {
            port_log_untold(port->name, port->settings->device);
        }
        io_settle(io, port, now_ms);
    }
}

/* Tells the supervisor what came since it was told last. */
static void count_heard(struct io *io, struct io_port *port, int64_t now_ms)
{
    const struct port_stats *stats = &port->port.stats;
    const size_t bytes = (size_t)(stats->bytes - port->heard_bytes);
    const size_t frames = (size_t)(stats->frames - port->heard_frames);
    port->heard_bytes = stats->bytes;
    port->heard_frames = stats->frames;
    const bool was_trusted = supervisor_is_trusted(&port->supervisor);
    supervisor_heard(&port->supervisor, bytes, frames, now_ms);
    supervisor_unit(&port->supervisor, port_has_wrong_unit(&port->port));
    if (!was_trusted && supervisor_is_trusted(&port->supervisor)) {
        if (is_known_by_adapter(io, port) &&
            adapters_note(&io->adapters, port->settings->device, &port->entry) &&
            io->config.adapters != NULL && !adapters_write(&io->adapters, io->config.adapters)) {
            log_line(LOG_WARNING, "io",
                     "%s: %s: an exchange of adapters during a power cut will "
                     "not be noticed",
                     io->config.adapters, strerror(errno));
        }
        io_settle(io, port, now_ms);
    }
}

static void on_reading(void *context, const reading_t *reading)
{
    struct io *io = context;
    struct io_port *port = &io->ports[reading->port];
    count_heard(io, port, reading->t_ms);
    if (swap_weigh(&io->swap, reading)) {
        apply_verdicts(io, reading->t_ms);
    }
    if (!supervisor_is_trusted(&port->supervisor)) {
        return;
    }
    struct kiosk_input input = {
        .kind = INPUT_READING, .t_ms = reading->t_ms, .u.reading = *reading};
    io_send(io, &input);
    if (io_is_news(io, reading) || ring_count(io->config.inputs) > IO_RING_SLOTS / 2) {
        io->news = true;
    }
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void close_port(struct io *io, struct io_port *port)
{
    waits_remove(&io->waits, port->link.fd);
    port->link.ops->close(&port->link);
    port_lost(&port->port);
}

static void lose(struct io *io, struct io_port *port, int64_t now_ms)
{
    close_port(io, port);
    swap_lost(&io->swap, port->port.config.index, is_known_by_adapter(io, port));
    supervisor_lost(&port->supervisor, now_ms);
    io_settle(io, port, now_ms);
}

static void refuse(struct io *io, struct io_port *port, enum port_fault fault, int64_t now_ms)
{
    if (supervisor_is_open(&port->supervisor)) {
        close_port(io, port);
    }
    supervisor_refused(&port->supervisor, fault, now_ms);
    io_settle(io, port, now_ms);
}

/* One device cannot be two: which of the ports it is nobody here knows, so that both are refused.
 */
static bool is_shared(struct io *io, struct io_port *port, int64_t now_ms)
{
    bool shared = false;
    for (int i = 0; i < io->port_count; i++) {
        struct io_port *other = &io->ports[i];
        if (other != port && ports_are_one(other->settings->device, port->settings->device)) {
            shared = true;
            if (supervisor_is_open(&other->supervisor)) {
                refuse(io, other, PORT_FAULT_DUPLICATE, now_ms);
            }
        }
    }
    return shared;
}

/* The adapter behind the port now; all 0 for what is no adapter, such as a pseudo-terminal. */
static void identify(struct io *io, struct io_port *port)
{
    const struct ports_source *source =
        io->config.source != NULL ? io->config.source : &ports_machine;
    const bool is_serial =
        io->config.source != NULL || link_for_device(port->settings->device) == &link_serial;
    const int count = is_serial ? ports_list(source, io->entries) : 0;
    const struct port_entry *found = ports_find(io->entries, count, port->settings->device);
    port->entry = found != NULL ? *found : (struct port_entry){0};
    port->owner = adapters_owner(&io->adapters, port->settings->device, &port->entry);
}

static void reopen(struct io *io, struct io_port *port, int64_t now_ms)
{
    /* Names of sockets are links to devices whose numbers change: resolved at each opening. */
    char resolved[PATH_MAX];
    const char *device = realpath(port->settings->device, resolved);
    if (device == NULL) {
        refuse(io, port, PORT_FAULT_ABSENT, now_ms);
        return;
    }
    if (is_shared(io, port, now_ms)) {
        refuse(io, port, PORT_FAULT_DUPLICATE, now_ms);
        return;
    }
    identify(io, port);
    if (port->owner != NULL) {
        refuse(io, port, PORT_FAULT_WRONG_DEVICE, now_ms);
        return;
    }
    port->link.ops = link_for_device(device);
    if (port->link.ops->open(&port->link, device, port->settings->line, port->error) != 0) {
        refuse(io, port, PORT_FAULT_UNOPENABLE, now_ms);
        return;
    }
    const bool is_urgent = port->settings->driver->kind != READING_WEIGHT;
    if (!waits_add(&io->waits, port->link.fd, port->port.config.index, is_urgent)) {
        snprintf(port->error, sizeof port->error, "%.60s cannot be waited for: %s", device,
                 strerror(errno));
        port->link.ops->close(&port->link);
        refuse(io, port, PORT_FAULT_UNOPENABLE, now_ms);
        return;
    }
    port->poll_ms = now_ms;
    port->quiet_ms = INT64_MAX;
    supervisor_opened(&port->supervisor, now_ms);
    swap_back(&io->swap, port->port.config.index, atomic_load(&io->watched), now_ms);
    port->verdict = SWAP_SURE; /* as the supervisor believes after each opening */
    apply_verdicts(io, now_ms);
    io_settle(io, port, now_ms);
}

/* `now_ms`: when what is read was there. */
static void read_port(struct io *io, struct io_port *port, int64_t now_ms)
{
    uint8_t bytes[READ_BYTES];
    ssize_t count;
    do {
        count = port->link.ops->read(&port->link, bytes, sizeof bytes);
        if (count == LINK_AGAIN) {
            return;
        }
        if (count < 0) {
            lose(io, port, now_ms);
            return;
        }
        port_feed(&port->port, bytes, (size_t)count, now_ms, on_reading, io);
        port->quiet_ms = port_is_waiting(&port->port) ? now_ms + PORT_QUIET_MS : INT64_MAX;
        count_heard(io, port, now_ms);
        io_settle(io, port, now_ms);
        /* A replay believes what it reads, so that it reads only what was believed. */
        if (supervisor_is_trusted(&port->supervisor)) {
            recorder_bytes(io->config.recorder, now_ms, port->name, bytes, (size_t)count);
        }
    } while ((size_t)count == sizeof bytes);
}

/* Where only silence ends a frame: takes what waits, unless more has come. */
static void hear_silence(struct io *io, struct io_port *port)
{
    const int64_t now_ms = clock_now_ms();
    read_port(io, port, now_ms);
    if (!supervisor_is_open(&port->supervisor) || now_ms < port->quiet_ms) {
        return;
    }
    port->quiet_ms = INT64_MAX;
    port_quiet(&port->port, now_ms, on_reading, io);
    count_heard(io, port, now_ms);
    io_settle(io, port, now_ms);
}

/* A request that does not fit whole is cut off: no answer, as if the device had not heard it. */
static void say(struct io *io, struct io_port *port, const uint8_t *request, size_t length,
                int64_t now_ms)
{
    if (length > 0 && port->link.ops->write(&port->link, request, length) == LINK_LOST) {
        lose(io, port, now_ms);
    }
}

/* What main wants to be said. */
static void obey(struct io *io, int index, int64_t now_ms)
{
    struct io_port *port = &io->ports[index];
    const struct hw_driver *driver = port->settings->driver;
    const struct hw_options *options = &port->port.config.options;
    const unsigned commands = atomic_exchange(&io->commands[index], 0);
    const unsigned unlocks = atomic_exchange(&io->unlocks[index], 0);
    uint8_t request[HW_REQUEST_MAX];
    for (unsigned i = 0; driver->command != NULL && i <= HW_COMMAND_CLEAR_TARE; i++) {
        if ((commands >> i & 1U) != 0 && supervisor_is_open(&port->supervisor)) {
            say(io, port, request, driver->command(options, (enum hw_command)i, request), now_ms);
        }
    }
    for (uint8_t i = 1; driver->unlock != NULL && i <= HW_CHANNELS_MAX; i++) {
        if ((unlocks >> i & 1U) != 0 && supervisor_is_open(&port->supervisor)) {
            say(io, port, request, driver->unlock(options, i, request), now_ms);
        }
    }
}

static void ask(struct io *io, struct io_port *port, int64_t now_ms)
{
    const struct hw_driver *driver = port->settings->driver;
    uint8_t request[HW_REQUEST_MAX];
    const size_t length = driver->poll(&port->port.config.options, request);
    port->poll_ms = now_ms + driver->poll_ms;
    say(io, port, request, length, now_ms);
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* Scales wait for the next batch: nobody is there. */
static bool is_resting(const struct io *io, int64_t now_ms)
{
    return io->config.in_batches && now_ms < io->batch_until_ms && !atomic_load(&io->attentive);
}

static void be_due(int64_t *due_ms, int64_t other_ms)
{
    *due_ms = other_ms < *due_ms ? other_ms : *due_ms;
}

/* Opens, asks and times out what is due. */
static void attend_port(struct io *io, struct io_port *port, int64_t now_ms)
{
    if (supervisor_should_open(&port->supervisor, now_ms)) {
        reopen(io, port, now_ms);
    }
    if (supervisor_is_open(&port->supervisor)) {
        supervisor_tick(&port->supervisor, now_ms);
        io_settle(io, port, now_ms);
        if (now_ms >= port->quiet_ms) {
            hear_silence(io, port);
        }
        if (supervisor_is_open(&port->supervisor) && port->settings->driver->polled &&
            now_ms >= port->poll_ms) {
            ask(io, port, now_ms);
        }
    }
}

static int64_t due_of_port(const struct io_port *port, bool is_resting)
{
    int64_t due_ms = supervisor_deadline(&port->supervisor);
    const bool is_scale = port->settings->driver->kind == READING_WEIGHT;
    if (supervisor_is_open(&port->supervisor) && !(is_scale && is_resting)) {
        be_due(&due_ms, port->settings->driver->polled ? port->poll_ms : INT64_MAX);
        be_due(&due_ms, port->quiet_ms);
    }
    return due_ms;
}

static void tell_counters(struct io *io, int64_t *due_ms, int64_t now_ms)
{
    if (!atomic_load(&io->watched)) {
        return;
    }
    if (now_ms >= io->status_ms) {
        io->status_ms = now_ms + STATUS_MS;
        io_tell_counters(io, now_ms);
    }
    be_due(due_ms, io->status_ms);
}

/* Does what is due; answers when something is due next. */
static int64_t attend(struct io *io, bool is_resting, int64_t now_ms)
{
    for (int i = 0; i < io->port_count; i++) {
        attend_port(io, &io->ports[i], now_ms);
        if (atomic_load(&io->commands[i]) != 0 || atomic_load(&io->unlocks[i]) != 0) {
            obey(io, i, now_ms);
        }
    }
    int64_t due_ms = is_resting ? io->batch_until_ms : INT64_MAX;
    for (int i = 0; i < io->port_count; i++) {
        be_due(&due_ms, due_of_port(&io->ports[i], is_resting));
    }
    tell_counters(io, &due_ms, now_ms);
    if (io->config.recorder != NULL) {
        be_due(&due_ms, now_ms + RECORD_MS);
    }
    return due_ms;
}

static void wake_main(struct io *io)
{
    if (io->news) {
        io->news = false;
        wake_up(io->config.wake);
    }
}

static void hear(struct io *io, uint32_t tag, int64_t now_ms)
{
    if (tag == STOP_TAG) {
        wake_drain(io->stop);
        return;
    }
    struct io_port *port = &io->ports[tag];
    if (!supervisor_is_open(&port->supervisor)) {
        return; /* closed since it was told of */
    }
    read_port(io, port, now_ms);
    if (port->settings->driver->kind == READING_WEIGHT) {
        io->batch_until_ms = now_ms + BATCH_MS;
    }
}

static void run_once(struct io *io)
{
    const int64_t begin_ms = clock_now_ms();
    const bool resting = is_resting(io, begin_ms);
    const int64_t due_ms = attend(io, resting, begin_ms);
    wake_main(io); /* a port that is back may have nothing to say for long */
    recorder_flush_due(io->config.recorder, begin_ms);
    uint32_t tags[WAITS_MAX];
    const int count = waits_for(&io->waits, resting, clock_wait_ms(due_ms), tags);
    const int64_t now_ms = count > 0 ? clock_now_ms() : begin_ms;
    for (int i = 0; i < count; i++) {
        hear(io, tags[i], now_ms);
    }
}

static void *io_main(void *context)
{
    struct io *io = context;
    while (!atomic_load(&io->stopping)) {
        run_once(io);
        wake_main(io);
    }
    return NULL;
}

struct io *io_start(const struct io_config *config)
{
    struct io *io = calloc(1, sizeof *io);
    if (io == NULL) {
        return NULL;
    }
    io->config = *config;
    io->waits = (struct waits){.urgent = -1, .all = -1};
    io->stop = wake_open();
    const struct settings *settings = config->settings;
    io->port_count = settings_serial_count(settings);
    for (int i = 0; i < io->port_count; i++) {
        const struct port_settings *port = &settings->ports[i];
        io->ports[i].settings = port;
        io->ports[i].name = settings->site.ports[i];
        io->ports[i].quiet_ms = INT64_MAX;
        supervisor_init(&io->ports[i].supervisor, port->driver->kind);
        swap_add(&io->swap, (uint8_t)i, port->driver);
        struct port_config pump;
        settings_pump(settings, i, &pump);
        port_init(&io->ports[i].port, &pump);
    }
    adapters_read(&io->adapters, config->adapters);
    if (io->stop < 0 || !waits_open(&io->waits) ||
        !waits_add(&io->waits, io->stop, STOP_TAG, true) ||
        pthread_create(&io->thread, NULL, io_main, io) != 0) {
        waits_close(&io->waits);
        free(io);
        return NULL;
    }
    return io;
}

void io_attend(struct io *io, bool attentive)
{
    if (atomic_exchange(&io->attentive, attentive) != attentive && attentive) {
        wake_up(io->stop); /* ends a batch's pause */
    }
}

void io_watch(struct io *io, bool watched)
{
    if (atomic_exchange(&io->watched, watched) != watched && watched) {
        wake_up(io->stop);
    }
}

void io_command(struct io *io, int port, enum hw_command command)
{
    if (io != NULL && port >= 0 && port < io->port_count) {
        atomic_fetch_or(&io->commands[port], 1U << command);
        wake_up(io->stop);
    }
}

void io_unlock(struct io *io, int port, int channel)
{
    if (io != NULL && port >= 0 && port < io->port_count) {
        atomic_fetch_or(&io->unlocks[port], 1U << channel);
        wake_up(io->stop);
    }
}

void io_stop(struct io *io)
{
    if (io == NULL) {
        return;
    }
    atomic_store(&io->stopping, true);
    wake_up(io->stop);
    pthread_join(io->thread, NULL);
    for (int i = 0; i < io->port_count; i++) {
        if (supervisor_is_open(&io->ports[i].supervisor)) {
            io->ports[i].link.ops->close(&io->ports[i].link);
        }
    }
    waits_close(&io->waits);
    close(io->stop);
    free(io);
}
