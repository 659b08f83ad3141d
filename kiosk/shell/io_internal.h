/* The io thread's state, shared by the files that are that thread: io.c (ports, waiting) and
 * io_tell.c (what the main thread is told). Nobody else includes this. */
#ifndef KIOSK_SHELL_IO_INTERNAL_H
#define KIOSK_SHELL_IO_INTERNAL_H

#include "hw/link.h"
#include "hw/port.h"
#include "hw/supervisor.h"
#include "hw/swap.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/adapters.h"
#include "kiosk/shell/io.h"
#include "kiosk/shell/waits.h"

#include <pthread.h>
#include <stdatomic.h>

struct io_port {
    const struct port_settings *settings;
    const char *name;
    struct link link;
    struct port port;
    struct supervisor supervisor;
    struct port_entry entry;    /* the adapter behind it since it opened; "" = not known */
    bool down;                  /* main was told so */
    uint64_t heard_bytes;       /* of port.stats, as the supervisor was told */
    uint64_t heard_frames;      /* likewise */
    int64_t poll_ms;            /* next request to a polled device */
    int64_t quiet_ms;           /* when what waits for its own end is whole; INT64_MAX: never */
    port_status_t told;         /* what main knows */
    const char *owner;          /* where its adapter belongs, while it is in a wrong socket */
    char error[LINK_ERROR_MAX]; /* why it did not open */
    enum port_fault logged;
    enum swap_verdict verdict; /* as the supervisor was told */
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
    struct waits waits;
    atomic_bool stopping, attentive, watched;
    atomic_uint commands[HW_PORTS_MAX]; /* bit = enum hw_command */
    atomic_uint unlocks[HW_PORTS_MAX];  /* bit = channel */
    int port_count;
    struct io_port ports[HW_PORTS_MAX];
    struct told told[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    int64_t batch_until_ms, weight_news_ms, status_ms;
    struct adapters adapters;
    struct swap swap;
    struct port_entry entries[PORTS_MAX]; /* of the last listing */
    uint64_t dropped;
    bool news; /* something in the ring that main should see now */
};

/* Puts an input into the ring; one that does not fit is dropped and logged. */
void io_send(struct io *io, const struct kiosk_input *input);

/* True where main should be woken for a reading. Remembers it. */
bool io_is_news(struct io *io, const reading_t *reading);

/* After anything that may have changed a port's state: tells main what changed. */
void io_settle(struct io *io, struct io_port *port, int64_t now_ms);

/* Sends the counters that changed since main was told. */
void io_tell_counters(struct io *io, int64_t now_ms);

#endif
