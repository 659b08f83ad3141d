/* The master of one Modbus RTU line: asks one slave at a time and waits for its answer.
 *
 * Blocking, for a thread of its own (kiosk/shell/bus_thread.h); one thread at a time. libmodbus
 * frames, checks and times out; this adds what weighing needs: old bytes are dropped before each
 * request, the echo of an RS-485 adapter is told from an answer, an answer must be the one that was
 * asked for, and a line that is gone is told from a slave that says nothing. It reads no clock: the
 * pause between frames is the caller's, and so is the time of a reading.
 */
#ifndef HW_BUS_H
#define HW_BUS_H

#include "hw/link.h"
#include "hw/modbus_map.h"

enum {
    BUS_TIMEOUT_DEFAULT_MS = 200, /* until the first byte of an answer */
    BUS_PAUSE_MS = 5,             /* before each request: 3.5 characters at 9600, and adapters that
                                     turn round slowly */
    BUS_TRIES = 2                 /* one retry */
};

enum bus_result {
    BUS_OK,
    BUS_SILENT,  /* no answer in time */
    BUS_BROKEN,  /* bytes, but no whole answer to this request: wrong CRC, length or slave */
    BUS_REFUSED, /* the slave answered that it cannot (a Modbus exception) */
    BUS_GONE     /* the line went away: close it */
};

struct bus_config {
    const char *device;
    const char *line; /* "19200/8n1" */
    int timeout_ms;
    bool echo; /* the adapter hears itself: every request comes back before the answer */
    void (*pause)(void *context, int ms); /* NULL: no pause */
    void *context;
};

/* Since bus_open() of a zeroed struct; never reset. */
struct bus_stats {
    uint64_t requests, answers, silences, broken, refused;
};

struct bus {
    struct bus_config config;
    void *master; /* of libmodbus; NULL while closed */
    struct bus_stats stats;
};

/* Opens the line. 0, or -1 with thing, place and remedy in `error`. `bus` is zeroed or closed. */
int bus_open(struct bus *bus, const struct bus_config *config, char error[LINK_ERROR_MAX]);

/* Asks for all channels of `map`, at most `tries` times. With BUS_OK `count` readings are written,
 * with BUS_REFUSED one for each channel that says so; else none. */
enum bus_result bus_read(struct bus *bus, const struct modbus_map *map, int tries,
                         reading_t readings[HW_CHANNELS_MAX], size_t *count);

/* Switches one channel of a relay and sees to it that the slave confirms. Never tried twice by
 * itself: whether to unlock a lid again is nobody's decision but the caller's. */
enum bus_result bus_switch(struct bus *bus, const struct modbus_map *map, int channel, bool on);

/* Tells the scale of one channel to zero or tare itself, which the map has to know, and sees to it
 * that the slave confirms. Never tried twice by itself, either: a second tare may be another one.
 */
enum bus_result bus_command(struct bus *bus, const struct modbus_map *map, int channel,
                            enum hw_command command);

/* Idempotent. */
void bus_close(struct bus *bus);

#endif
