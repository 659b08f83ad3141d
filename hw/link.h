/* A link: a stream of bytes in and out that can be waited for with poll().
 *
 * One vtable per medium. Real adapters (link_serial) go through libserialport, which lists, opens
 * and configures them; the descriptor is then polled by us, because the library's own reads report
 * an unplugged adapter as a time-out. Pseudo-terminals (link_pty) have no modem lines and no entry
 * in sysfs, so libserialport refuses them. Recorded bytes (link_replay) have no descriptor.
 *
 * One thread owns a link from open to close. `struct link` is the caller's memory.
 */
#ifndef HW_LINK_H
#define HW_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LINK_ERROR_MAX = 160 };

enum {
    LINK_AGAIN = -1, /* nothing now; wait for the descriptor */
    LINK_LOST = -2   /* gone: end of file, hang-up, I/O error. Close it, reopen later. */
};

/* Settings of a line, as text "9600/8n1": bits per second, data bits 7 or 8, parity n, e or o, stop
 * bits 1 or 2. */
struct link_line {
    uint32_t baud; /* one of the usual rates from 300 to 230400 */
    uint8_t data_bits;
    char parity;
    uint8_t stop_bits;
};

/* True where `text` is a line setting, which is then in *line; otherwise the reason is in `error`.
 * Pure. */
bool link_line_parse(const char *text, struct link_line *line, char error[LINK_ERROR_MAX]);

struct link {
    const struct link_ops *ops;
    int fd;        /* -1 while closed, or where the medium has none */
    void *private; /* owned by the ops between open and close */
};

struct link_ops {
    const char *name;
    /* 0, or -1 with a message for people in `error`: thing, place, remedy. `line` is "9600/8n1". */
    int (*open)(struct link *link, const char *device, const char *line,
                char error[LINK_ERROR_MAX]);
    /* Never blocks: bytes read (at least 1), LINK_AGAIN or LINK_LOST. */
    ssize_t (*read)(struct link *link, uint8_t *bytes, size_t size);
    /* Never blocks: bytes taken, LINK_AGAIN or LINK_LOST. */
    ssize_t (*write)(struct link *link, const uint8_t *bytes, size_t count);
    /* Idempotent; leaves fd at -1. */
    void (*close)(struct link *link);
};

extern const struct link_ops link_serial;
extern const struct link_ops link_pty;
extern const struct link_ops link_replay;

/* What link_replay reads: the caller's, in link.private before open(). The caller sets `bytes` and
 * `count`, then reads until LINK_AGAIN; with `lost` the line is gone after the last byte. */
struct replay_line {
    const uint8_t *bytes; /* borrowed */
    size_t count;
    size_t most; /* a read gives no more than this; 0 = as much as is asked for */
    bool lost;
    bool is_open;
};

/* The ops for a device name: pseudo-terminals ("/dev/pts/...", or a symbolic link to one) by
 * link_pty, all else by link_serial. */
const struct link_ops *link_for_device(const char *device);

#endif
