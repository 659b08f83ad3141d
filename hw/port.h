/* A port: a pure pump from bytes to readings.
 *
 * bytes + now -> frames -> values -> readings, with resynchronisation after garbage and counts of
 * everything that happened. A port blocks on nothing and reads no clock; one thread at a time may
 * use it. The caller owns the struct; nothing in it needs freeing.
 */
#ifndef HW_PORT_H
#define HW_PORT_H

#include "hw/driver.h"

enum {
    PORT_QUIET_MS = 100,    /* longer than any pause inside a frame: USB adapters hand bytes over
                               every 16 ms */
    PORT_WRONG_UNITS = 4,   /* weights in a row without a unit of weight are no mistake of a line */
    PORT_LEVEL_NEAR_MM = 30 /* between two echoes of one surface: sensors name 1 % or 10 mm */
};

struct port_config {
    const struct hw_driver *driver; /* borrowed, never NULL */
    struct hw_options options;
    uint8_t index;        /* goes into reading_t.port */
    uint8_t equal_frames; /* how many frames in a row must agree before a value is READING_OK; 1 =
                             each. Until then it is READING_MOVING and goes up all the same, so that
                             a weight that changes with every frame is seen to change; who wants a
                             weight at rest looks at several readings anyway. Weights agree when
                             they are equal, levels within PORT_LEVEL_NEAR_MM, because an echo is
                             never twice the same; a level that is not OK is not used. Lids, locks
                             and cards speak once: each of their frames counts. */
};

/* Since port_init; never reset, so that differences can be taken. */
struct port_stats {
    uint64_t bytes;
    uint64_t frames;                       /* whole, valid frames */
    uint64_t readings;                     /* handed to the sink */
    uint64_t rejects[REJECT_REASON_COUNT]; /* by reason: one for each frame that had begun, and one
                                              for each run of noise */
    int64_t last_frame_ms;                 /* INT64_MIN before the first */
    uint32_t lost;                         /* how often the port went away */
};

struct port {
    struct port_config config;
    struct port_stats stats;
    uint8_t pending[HW_FRAME_MAX];
    uint8_t pending_count;
    uint8_t wanted;     /* with fewer bytes than this pending, there is nothing to cut */
    bool dropping_line; /* the rest of a line that was too long */
    bool rejecting;     /* bytes were dropped since the last frame */
    uint8_t equal_count[HW_CHANNELS_MAX + 1]; /* values in a row that agree, by channel */
    int32_t equal_value[HW_CHANNELS_MAX + 1]; /* grams or mm of the last of them */
    uint8_t wrong_units;                      /* weights in a row whose unit is none of weight */
    char unit_text[HW_UNIT_MAX]; /* of the last value: a device hardly ever changes it */
    const struct hw_unit *unit;  /* NULL where the text is none */
};

typedef void port_sink(void *context, const reading_t *reading);

void port_init(struct port *port, const struct port_config *config);

/* Takes any number of bytes that arrived at `now_ms` and calls `sink` for each reading in order.
 * How the bytes were cut into calls makes no difference to the readings. */
void port_feed(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
               port_sink *sink, void *context);

/* The values of one frame as the device displayed them, at least one. */
typedef void port_values_sink(void *context, const struct hw_value *values, size_t count);

/* The same pump without the last step: for those who show frames and not weights. Neither grams nor
 * equal_frames play a part. Use one of the two on a port, not both. */
void port_feed_values(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
                      port_values_sink *sink, void *context);

/* The bytes are at their end, as those of a file are: a frame whose end only shows in what follows
 * is taken as whole. A live line needs no such call: its next frame ends the one before. */
void port_end_values(struct port *port, int64_t now_ms, port_values_sink *sink, void *context);

/* Call it where the driver has last_frame() and nothing has come for PORT_QUIET_MS: what waits
 * there only for its own end is taken as a frame. Readings as by port_feed(). */
void port_quiet(struct port *port, int64_t now_ms, port_sink *sink, void *context);

/* True where bytes wait that may be a frame if PORT_QUIET_MS of silence follow: those of readers,
 * which speak only when somebody holds a card to them. A scale goes on speaking, so that its next
 * frame ends the one before, and a pause inside a frame can never cut a number short. */
bool port_is_waiting(const struct port *port);

/* What the scale shows is no weight: it counts pieces or percent, or names no unit and the port
 * names none either. Until a weight comes. */
static inline bool port_has_wrong_unit(const struct port *port)
{
    return port->wrong_units >= PORT_WRONG_UNITS;
}

/* The line went away: what was half received is dropped, so that it cannot be glued to what comes
 * after the line is back. */
void port_lost(struct port *port);

#endif
