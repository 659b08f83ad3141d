/* What an unknown device speaks: bytes of one line setting + the driver table -> scores.
 *
 * Every driver looks at the same bytes. One that cuts nearly all of them into whole frames fits;
 * where several fit equally well, only a person can choose, and the result says so. Pure; any
 * thread. The caller opens the port, keeps the time, and sends the requests that
 * probe_request() gives.
 */
#ifndef HW_PROBE_H
#define HW_PROBE_H

#include "hw/driver.h"

enum {
    PROBE_BYTES_MAX = 8192,  /* looked at, of one line setting and one request */
    PROBE_FRAMES_ENOUGH = 3, /* whole frames that a finding needs */
    PROBE_SCORE_FITS = 900,  /* permille of the bytes in whole frames that a finding needs */
    PROBE_SCORE_EQUAL = 20,  /* permille: a difference that decides nothing */
    PROBE_LINES_MAX = 96,    /* line settings of one plan */
    PROBE_CANDIDATES_MAX = 192
};

/* One driver with one set of options, as it read the bytes. */
struct probe_score {
    const struct hw_driver *driver;
    struct hw_options options;
    bool asked; /* the bytes answer a request; else they came by themselves */
    char line[HW_LINE_TEXT_MAX];
    uint32_t frames;              /* whole frames with at least one value */
    uint32_t rejects;             /* runs of rejected bytes */
    uint32_t frame_bytes;         /* in whole frames and in what may stand between them */
    uint32_t all_bytes;           /* without the unfinished frames at both ends */
    int score;                    /* permille, 0 to 1000 */
    uint8_t sample[HW_FRAME_MAX]; /* the last whole frame */
    uint8_t sample_length;
    struct hw_value value; /* its first value */
};

/* What can be said of bytes that no driver understands. */
struct probe_bytes {
    size_t count, zeros, high; /* all, 00, bit 8 set */
    size_t even, odd;          /* eight bits with even and with odd parity */
};

/* How `driver` reads the bytes. `line` is kept for the report. */
void probe_score(const struct hw_driver *driver, const struct hw_options *options, const char *line,
                 const uint8_t *bytes, size_t count, struct probe_score *score);

/* Scores all drivers that `asked` concerns: NULL for bytes that came by themselves, else the
 * drivers whose request is the one of `asked`. Options are tried where they can matter. Appends
 * those with at least one frame to the `count` scores there are and returns the new count. */
size_t probe_score_all(const struct hw_driver *only, const struct hw_driver *asked,
                       const char *line, const uint8_t *bytes, size_t byte_count,
                       struct probe_score scores[PROBE_CANDIDATES_MAX], size_t count);

/* Sorts, best first. Returns how many at the front fit, and fit equally well: 1 is a finding, 0
 * is none, more is a choice for a person. At equal scores a format with a check comes before one
 * without, and both before the text of a card reader, whose format any line of text has; then a
 * streaming device before a polled one, where nobody asked. */
size_t probe_rank(struct probe_score *scores, size_t count);

/* True where the score is a finding by itself. */
bool probe_fits(const struct probe_score *score);

/* Line settings to try, likeliest first: the defaults of the drivers, then the usual rates with the
 * usual formats. Returns how many. `only` may be NULL. */
size_t probe_lines(const struct hw_driver *only, char lines[PROBE_LINES_MAX][HW_LINE_TEXT_MAX]);

/* True where a polled driver is worth asking on `line`: the format is its own or 8n1. */
bool probe_is_asked_on(const struct hw_driver *driver, const char *line);

/* The read request of a polled driver. Returns its length, 0 where the driver is not polled. */
size_t probe_request(const struct hw_driver *driver, uint8_t request[HW_REQUEST_MAX]);

/* The driver for which the request would be a command that changes the device (zero, tare); NULL
 * where there is none. Such a request is sent only for a protocol that a person named. */
const struct hw_driver *probe_endangers(const uint8_t *request, size_t length);

/* Counts; then a sentence that says what to do about bytes that nobody understands. Static text. */
void probe_count_bytes(const uint8_t *bytes, size_t count, struct probe_bytes *seen);
const char *probe_hint(const struct probe_bytes *seen);

#endif
