/* Pseudo-terminals: simulators and tests. They have no line, so that its settings are only checked
 * for sense. */
#include "hw/link_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void pty_close(struct link *link)
{
    if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
}

static int pty_open(struct link *link, const char *device, const char *line,
                    char error[LINK_ERROR_MAX])
{
    struct link_line settings;
    *link = (struct link){.ops = &link_pty, .fd = -1};
    if (!link_line_parse(line, &settings, error)) {
        return -1;
    }
    link->fd = open(device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (link->fd < 0) {
        snprintf(error, LINK_ERROR_MAX,
                 "cannot open %.60s: %s: is the simulator that owns it running?", device,
                 strerror(errno));
        return -1;
    }
    if (!link_fd_make_raw(link->fd)) {
        snprintf(error, LINK_ERROR_MAX, "%.60s: %s: name a pseudo-terminal like /dev/pts/3", device,
                 strerror(errno));
        pty_close(link);
        return -1;
    }
    return 0;
}

const struct link_ops link_pty = {
    .name = "pty",
    .open = pty_open,
    .read = link_fd_read,
    .write = link_fd_write,
    .close = pty_close,
};
