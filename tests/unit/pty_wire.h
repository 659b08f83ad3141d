/* A wire that can be pulled out: a name like those of sockets, and a pseudo-terminal behind it. */
#ifndef TESTS_UNIT_PTY_WIRE_H
#define TESTS_UNIT_PTY_WIRE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PTY_WIRE_NAME_MAX = 96 };

struct pty_wire {
    char name[PTY_WIRE_NAME_MAX];
    char device[PTY_WIRE_NAME_MAX]; /* /dev/pts/N; the last one while unplugged, "" at first */
    int master;                     /* -1 while unplugged */
};

/* A new terminal behind the name. */
static inline bool pty_wire_plug(struct pty_wire *wire)
{
    char fresh[PTY_WIRE_NAME_MAX + 4];
    struct termios raw;
    wire->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (wire->master < 0 || grantpt(wire->master) != 0 || unlockpt(wire->master) != 0 ||
        ptsname_r(wire->master, wire->device, sizeof wire->device) != 0 ||
        tcgetattr(wire->master, &raw) != 0) {
        return false;
    }
    cfmakeraw(&raw);
    snprintf(fresh, sizeof fresh, "%.*s.new", PTY_WIRE_NAME_MAX - 1, wire->name);
    return tcsetattr(wire->master, TCSANOW, &raw) == 0 && symlink(wire->device, fresh) == 0 &&
           rename(fresh, wire->name) == 0;
}

static inline void pty_wire_unplug(struct pty_wire *wire)
{
    if (wire->master >= 0) {
        unlink(wire->name);
        close(wire->master);
        wire->master = -1;
    }
}

/* A full line loses its bytes, as a real one does. */
static inline void pty_wire_say(const struct pty_wire *wire, const char *text)
{
    const ssize_t ignored = write(wire->master, text, strlen(text));
    (void)ignored;
}

#endif
