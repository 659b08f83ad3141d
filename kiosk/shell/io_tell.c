#include "kiosk/shell/io_internal.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/port_log.h"

#include <string.h>

enum { WEIGHT_NEWS_MS = 250 /* a weight that changes while nobody is there */ };

/* ---- readings -------------------------------------------------------------------------------- */

void io_send(struct io *io, const struct kiosk_input *input)
{
    if (!ring_put(io->config.inputs, input)) {
        if (io->dropped++ == 0) {
            log_line(LOG_ERROR, "io", "the main thread does not take readings; some are dropped");
        }
        io->news = true;
    }
}

bool io_is_news(struct io *io, const reading_t *reading)
{
    struct told *told = &io->told[reading->port][reading->channel];
    const reading_t *old = &told->reading;
    /* A card and what came of a lock happen; all else is a state. */
    bool event = reading->kind == READING_CARD || reading->kind == READING_LOCK;
    bool state = event || !told->any || old->status != reading->status ||
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

/* ---- what main is told ----------------------------------------------------------------------- */

static void report(struct io *io, struct io_port *port, int64_t now_ms, bool up)
{
    struct kiosk_input input = {
        .kind = INPUT_PORT,
        .t_ms = now_ms,
        .u.port = {.port = port->port.config.index, .up = up},
    };
    io_send(io, &input);
    io->news = true;
    port->down = !up;
    recorder_line(io->config.recorder, now_ms, port->name, up);
}

static port_status_t status_of(const struct io_port *port, int64_t now_ms)
{
    const struct supervisor *supervisor = &port->supervisor;
    const struct port_stats *stats = &port->port.stats;
    port_status_t status = {
        .last_frame_ms = supervisor->last_frame_ms,
        .frames = stats->frames,
        .disconnects = (uint32_t)supervisor->disconnects,
        .disconnects_in_hour = supervisor_disconnects_in_hour(supervisor, now_ms),
        .port = port->port.config.index,
        .state = (uint8_t)supervisor->state,
        .fault = (uint8_t)supervisor->fault,
    };
    memcpy(status.rejects, stats->rejects, sizeof status.rejects);
    return status;
}

static void tell_status(struct io *io, struct io_port *port, int64_t now_ms)
{
    port->told = status_of(port, now_ms);
    struct kiosk_input input = {
        .kind = INPUT_PORT_STATUS, .t_ms = now_ms, .u.port_status = port->told};
    io_send(io, &input);
    io->news = true;
}

static bool counters_changed(const struct io_port *port, int64_t now_ms)
{
    const port_status_t status = status_of(port, now_ms), *told = &port->told;
    return status.frames != told->frames || status.last_frame_ms != told->last_frame_ms ||
           status.disconnects_in_hour != told->disconnects_in_hour ||
           memcmp(status.rejects, told->rejects, sizeof status.rejects) != 0;
}

static void log_fault(const struct io *io, struct io_port *port)
{
    const enum port_fault fault = port->supervisor.fault;
    if (fault == port->logged) {
        return;
    }
    port->logged = fault;
    const struct swap_port *swap = &io->swap.ports[port->port.config.index];
    if (fault == PORT_FAULT_WRONG_DEVICE && port->owner != NULL) {
        port_log_foreign(port->name, port->settings->device, port->owner);
    } else if (fault == PORT_FAULT_WRONG_DEVICE && swap->verdict == SWAP_EXCHANGED) {
        port_log_exchanged(port->name, port->settings->device, io->ports[swap->fits].name);
    } else {
        port_log_fault(port->name, port->settings->device, fault, port->error);
    }
}

/* After anything that may have changed a port's state. The status goes first: it says more than
 * that the port is down. */
void io_settle(struct io *io, struct io_port *port, int64_t now_ms)
{
    const struct supervisor *supervisor = &port->supervisor;
    if (supervisor->state != port->told.state || supervisor->fault != port->told.fault) {
        log_fault(io, port);
        tell_status(io, port, now_ms);
    }
    const bool misfit =
        supervisor->fault == PORT_FAULT_FRAMES || supervisor->fault == PORT_FAULT_WRONG_DEVICE;
    if (!port->down && (!supervisor_is_open(supervisor) || misfit)) {
        report(io, port, now_ms, false);
    } else if (port->down && supervisor_is_trusted(supervisor)) {
        log_line(LOG_INFO, "io", "port %s (%s) is back", port->name, port->settings->device);
        report(io, port, now_ms, true);
    }
}

void io_tell_counters(struct io *io, int64_t now_ms)
{
    for (int i = 0; i < io->port_count; i++) {
        if (counters_changed(&io->ports[i], now_ms)) {
            tell_status(io, &io->ports[i], now_ms);
        }
    }
}
