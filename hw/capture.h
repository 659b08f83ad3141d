/* The capture format: what arrived on the wires of a site and what people did, as text.
 *
 *     #biaogan-capture 1
 *     @ port s1 yaohua_tf0 9600/8n1
 *     0     s1 < 02 2B 30 30 ...      bytes received on port s1
 *     120   s1 > 57                   bytes sent
 *     5000  s1 ! lost                 the port went away; "! back" when it returned
 *     5100  bus1 = scale 2 1250 stable   a weight (g) read over a register bus, channel 2
 *     5200  bus1 = lid 2 open
 *     6000  ui choose kitchen         a person: choose | item | card | pin | tap | cancel, argument
 *     7000  clock 1763856000000 ntp   wall clock: UTC ms and quality
 *
 * One event a line, times in ms since start, never decreasing. Lines that begin with "#" and empty
 * lines are comments; fields are separated by blanks. The first line names format and version: the
 * caller compares it with CAPTURE_HEADER; a "#biaogan-capture" of another version is an error.
 * The values of a register bus are
 *     scale CHANNEL GRAMS stable|moving
 *     scale CHANNEL - overload|underload|busy|error
 *     level CHANNEL MM stable|moving     and the same without a value
 *     lid CHANNEL open|closed|fault
 *     lock CHANNEL open|closed|fault     what came of a request to open it
 * The argument of `ui` runs to the end of the line.
 *
 * Parser and formatter are pure; reading and writing files is the caller's. Any thread.
 */
#ifndef HW_CAPTURE_H
#define HW_CAPTURE_H

#include "hw/driver.h"

enum {
    CAPTURE_BYTES_MAX = 256, /* bytes on one line; the recorder splits longer runs */
    CAPTURE_LINE_MAX = 1024, /* characters of one line with its end */
    CAPTURE_WORD_MAX = 96,   /* an argument of `ui` with its NUL (UTF-8) */
    CAPTURE_ERROR_MAX = 160
};

#define CAPTURE_HEADER "#biaogan-capture 1"

enum capture_kind {
    CAPTURE_COMMENT, /* comment or empty line */
    CAPTURE_PORT,    /* "@ port": port, protocol, line */
    CAPTURE_RX,      /* port, bytes */
    CAPTURE_TX,      /* port, bytes */
    CAPTURE_LOST,    /* port */
    CAPTURE_BACK,    /* port */
    CAPTURE_VALUE,   /* port, reading (channel, kind, status, value; port index and time unset) */
    CAPTURE_UI,      /* verb, argument */
    CAPTURE_CLOCK    /* utc_ms, quality */
};

struct capture_event {
    enum capture_kind kind;
    int64_t t_ms;
    char port[HW_PORT_NAME_MAX];
    char protocol[32];
    char line[HW_LINE_TEXT_MAX];
    uint8_t bytes[CAPTURE_BYTES_MAX];
    size_t byte_count;
    reading_t reading;
    char verb[16];
    char argument[CAPTURE_WORD_MAX];
    int64_t utc_ms;
    char quality[8]; /* "unset" "rtc" "ntp" */
};

/* Parses one line (without or with its line end). `previous_ms` is the time of the line before, to
 * refuse a step back. 0, or -1 with the reason in `error`. */
int capture_parse(const char *text, int64_t previous_ms, struct capture_event *event,
                  char error[CAPTURE_ERROR_MAX]);

/* Writes the event as one line with "\n" and NUL into `text`; returns its length. `event` must be
 * well-formed (assert). */
size_t capture_format(const struct capture_event *event, char text[CAPTURE_LINE_MAX]);

#endif
