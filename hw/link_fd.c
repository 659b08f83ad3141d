#include "hw/link_fd.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

bool link_fd_make_raw(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0) {
        return false;
    }
    /* cfmakeraw() would also set eight bits without parity, which libserialport has set before. */
    settings.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL |
                                    IXON | IXOFF | IXANY);
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &settings) == 0;
}

bool link_fd_make_exclusive(int fd)
{
    /* TIOCEXCL does not stop root, and a kiosk may run as root: the lock stops our own kind. */
    return ioctl(fd, TIOCEXCL) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static ssize_t outcome(ssize_t done, size_t wanted)
{
    if (done > 0) {
        return done;
    }
    if (done == 0) {
        return wanted == 0 ? LINK_AGAIN : LINK_LOST;
    }
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? LINK_AGAIN : LINK_LOST;
}

ssize_t link_fd_read(struct link *link, uint8_t *bytes, size_t size)
{
    return link->fd < 0 ? LINK_LOST : outcome(read(link->fd, bytes, size), size);
}

ssize_t link_fd_write(struct link *link, const uint8_t *bytes, size_t count)
{
    return link->fd < 0 ? LINK_LOST : outcome(write(link->fd, bytes, count), count);
}
