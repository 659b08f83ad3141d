#include "kiosk/shell/io.h"

#include "hw/link.h"
#include "hw/port.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCH_MS = 250,       /* idle scales are read this often at the most */
    WEIGHT_NEWS_MS = 250, /* a weight that changes while nobody is there */
    RETRY_FIRST_MS = 250,
    RETRY_LONGEST_MS = 2000,
    READ_BYTES = 512
};

struct io_port {
    const struct port_settings *settings;
    const char *name;
    struct link link;
    struct port port;
    bool open, reported_down;
    int64_t retry_ms;
    int retry_pause_ms;
};

/* What the main thread was last told of a channel. */
struct told {
    bool any;
    reading_t reading;
};

struct io {
    struct io_config config;
    pthread_t thread;
    int stop; /* eventfd */
    atomic_bool stopping, attentive;
    int port_count;
    struct io_port ports[HW_PORTS_MAX];
    struct told told[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    int64_t batch_until_ms, weight_news_ms;
    uint64_t dropped;
    bool news; /* something in the ring that main should see now */
};

/* ---- readings -------------------------------------------------------------------------------- */

static void send(struct io *io, const struct kiosk_input *input)
{
    if (!ring_put(io->config.inputs, input)) {
        if (io->dropped++ == 0) {
            log_line(LOG_ERROR, "io", "the main thread does not take readings; some are dropped");
        }
        io->news = true;
    }
}

static bool is_news(struct io *io, const reading_t *reading)
{
    struct told *told = &io->told[reading->port][reading->channel];
    const reading_t *old = &told->reading;
    bool state = !told->any || old->status != reading->status ||
                 old->has_value != reading->has_value || old->lid_open != reading->lid_open;
    bool weight =
        old->grams != reading->grams && reading->t_ms - io->weight_news_ms >= WEIGHT_NEWS_MS;
    told->any = true;
    told->reading = *reading;
    if (weight) {
        io->weight_news_ms = reading->t_ms;
    }
    return state || weight || atomic_load(&io->attentive);
}

static void on_reading(void *context, const reading_t *reading)
{
    struct io *io = context;
    struct kiosk_input input = {
        .kind = INPUT_READING, .t_ms = reading->t_ms, .u.reading = *reading};
    send(io, &input);
    if (is_news(io, reading) || ring_count(io->config.inputs) > IO_RING_SLOTS / 2) {
        io->news = true;
    }
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void report(struct io *io, struct io_port *port, int64_t now_ms, bool up)
{
    struct kiosk_input input = {
        .kind = INPUT_PORT,
        .t_ms = now_ms,
        .u.port = {.port = port->port.config.index, .up = up},
    };
    send(io, &input);
    io->news = true;
    port->reported_down = !up;
    recorder_line(io->config.recorder, now_ms, port->name, up);
}

static void lose(struct io *io, struct io_port *port, int64_t now_ms, const char *why)
{
    if (port->open) {
        port->link.ops->close(&port->link);
        port->open = false;
        port_lost(&port->port);
    }
    if (!port->reported_down) {
        log_line(LOG_WARNING, "io", "port %s (%s): %s; trying again until it is back", port->name,
                 port->settings->device, why);
        report(io, port, now_ms, false);
    }
    port->retry_ms = now_ms + port->retry_pause_ms;
    if (port->retry_pause_ms < RETRY_LONGEST_MS) {
        port->retry_pause_ms *= 2;
    }
}

static void reopen(struct io *io, struct io_port *port, int64_t now_ms)
{
    /* Names of sockets are links to devices whose numbers change: resolved at each opening. */
    char resolved[PATH_MAX];
    const char *device = realpath(port->settings->device, resolved);
    device = device != NULL ? device : port->settings->device;
    char error[LINK_ERROR_MAX];
    port->link.ops = link_for_device(device);
    if (port->link.ops->open(&port->link, device, port->settings->line, error) != 0) {
        lose(io, port, now_ms, error);
        return;
    }
    port->open = true;
    if (port->reported_down) {
        log_line(LOG_INFO, "io", "port %s (%s) is back", port->name, port->settings->device);
        report(io, port, now_ms, true);
    }
}

static void read_port(struct io *io, struct io_port *port)
{
    uint8_t bytes[READ_BYTES];
    for (;;) {
        ssize_t count = port->link.ops->read(&port->link, bytes, sizeof bytes);
        int64_t now_ms = clock_now_ms();
        if (count == LINK_AGAIN) {
            return;
        }
        if (count < 0) {
            lose(io, port, now_ms, "the device went away");
            return;
        }
        port->retry_pause_ms = RETRY_FIRST_MS;
        recorder_bytes(io->config.recorder, now_ms, port->name, bytes, (size_t)count);
        port_feed(&port->port, bytes, (size_t)count, now_ms, on_reading, io);
        if ((size_t)count < sizeof bytes) {
            return;
        }
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

static bool may_wait(const struct io *io, const struct io_port *port, int64_t now_ms)
{
    return io->config.in_batches && port->settings->driver->kind == READING_WEIGHT &&
           now_ms < io->batch_until_ms && !atomic_load(&io->attentive);
}

struct wait_list {
    struct pollfd fds[HW_PORTS_MAX + 1];
    struct io_port *ports[HW_PORTS_MAX + 1];
    nfds_t count;
    int64_t due_ms;
};

static void build_wait(struct io *io, struct wait_list *list, int64_t now_ms)
{
    list->fds[0] = (struct pollfd){.fd = io->stop, .events = POLLIN};
    list->count = 1;
    list->due_ms = INT64_MAX;
    for (int i = 0; i < io->port_count; i++) {
        struct io_port *port = &io->ports[i];
        if (!port->open && now_ms >= port->retry_ms) {
            reopen(io, port, now_ms);
        }
        int64_t due_ms = INT64_MAX;
        if (!port->open) {
            due_ms = port->retry_ms;
        } else if (may_wait(io, port, now_ms)) {
            due_ms = io->batch_until_ms;
        } else {
            list->ports[list->count] = port;
            list->fds[list->count++] = (struct pollfd){.fd = port->link.fd, .events = POLLIN};
        }
        list->due_ms = due_ms < list->due_ms ? due_ms : list->due_ms;
    }
}

static void wake_main(struct io *io)
{
    if (io->news) {
        io->news = false;
        wake_up(io->config.wake);
    }
}

static void run_once(struct io *io)
{
    struct wait_list list;
    build_wait(io, &list, clock_now_ms());
    wake_main(io); /* a port that is back may have nothing to say for long */
    recorder_flush_due(io->config.recorder, clock_now_ms());
    if (poll(list.fds, list.count, clock_wait_ms(list.due_ms)) <= 0) {
        return;
    }
    if (list.fds[0].revents != 0) {
        wake_drain(io->stop);
    }
    for (nfds_t i = 1; i < list.count; i++) {
        if (list.fds[i].revents != 0) {
            read_port(io, list.ports[i]);
            if (list.ports[i]->settings->driver->kind == READING_WEIGHT) {
                io->batch_until_ms = clock_now_ms() + BATCH_MS;
            }
        }
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
    io->stop = wake_open();
    const struct settings *settings = config->settings;
    io->port_count = settings->site.port_count;
    for (int i = 0; i < io->port_count; i++) {
        const struct port_settings *port = &settings->ports[i];
        io->ports[i].settings = port;
        io->ports[i].name = settings->site.ports[i];
        io->ports[i].retry_ms = INT64_MIN;
        io->ports[i].retry_pause_ms = RETRY_FIRST_MS;
        struct port_config pump;
        settings_pump(settings, i, &pump);
        port_init(&io->ports[i].port, &pump);
    }
    if (io->stop < 0 || pthread_create(&io->thread, NULL, io_main, io) != 0) {
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

void io_stop(struct io *io)
{
    if (io == NULL) {
        return;
    }
    atomic_store(&io->stopping, true);
    wake_up(io->stop);
    pthread_join(io->thread, NULL);
    for (int i = 0; i < io->port_count; i++) {
        if (io->ports[i].open) {
            io->ports[i].link.ops->close(&io->ports[i].link);
        }
    }
    close(io->stop);
    free(io);
}
