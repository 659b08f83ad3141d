/* Recorded bytes as a line: read back as a port would have given them, in pieces of any size. */
#include "hw/link.h"

#include <string.h>

static void replay_close(struct link *link)
{
    struct replay_line *line = link->private;
    link->fd = -1;
    line->is_open = false;
}

/* `link->private` is the caller's struct replay_line, set before. */
static int replay_open(struct link *link, const char *device, const char *line,
                       char error[LINK_ERROR_MAX])
{
    struct link_line settings;
    (void)device;
    if (!link_line_parse(line, &settings, error)) {
        return -1;
    }
    struct replay_line *recorded = link->private;
    *recorded = (struct replay_line){.most = recorded->most, .is_open = true};
    link->ops = &link_replay;
    link->fd = -1;
    return 0;
}

static ssize_t replay_read(struct link *link, uint8_t *bytes, size_t size)
{
    struct replay_line *line = link->private;
    if (!line->is_open || (line->count == 0 && line->lost)) {
        return LINK_LOST;
    }
    if (line->count == 0) {
        return LINK_AGAIN;
    }
    size_t count = line->count < size ? line->count : size;
    if (line->most > 0 && line->most < count) {
        count = line->most;
    }
    memcpy(bytes, line->bytes, count);
    line->bytes += count;
    line->count -= count;
    return (ssize_t)count;
}

/* What is sent to a recording reaches nobody. */
static ssize_t replay_write(struct link *link, const uint8_t *bytes, size_t count)
{
    const struct replay_line *line = link->private;
    (void)bytes;
    return line->is_open ? (ssize_t)count : LINK_LOST;
}

const struct link_ops link_replay = {
    .name = "replay",
    .open = replay_open,
    .read = replay_read,
    .write = replay_write,
    .close = replay_close,
};
