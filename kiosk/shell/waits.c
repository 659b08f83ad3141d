#include "kiosk/shell/waits.h"

#include <sys/epoll.h>
#include <unistd.h>

bool waits_open(struct waits *waits)
{
    waits->urgent = epoll_create1(EPOLL_CLOEXEC);
    waits->all = epoll_create1(EPOLL_CLOEXEC);
    return waits->urgent >= 0 && waits->all >= 0;
}

static void close_one(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

void waits_close(struct waits *waits)
{
    close_one(&waits->urgent);
    close_one(&waits->all);
}

bool waits_add(struct waits *waits, int fd, uint32_t tag, bool is_urgent)
{
    /* Edges: without them the kernel looks at a terminal once more after each read. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = tag};
    return epoll_ctl(waits->all, EPOLL_CTL_ADD, fd, &event) == 0 &&
           (!is_urgent || epoll_ctl(waits->urgent, EPOLL_CTL_ADD, fd, &event) == 0);
}

void waits_remove(struct waits *waits, int fd)
{
    (void)epoll_ctl(waits->all, EPOLL_CTL_DEL, fd, NULL);
    (void)epoll_ctl(waits->urgent, EPOLL_CTL_DEL, fd, NULL); /* perhaps it never was there */
}

int waits_for(const struct waits *waits, bool urgent_only, int most_ms, uint32_t tags[WAITS_MAX])
{
    struct epoll_event events[WAITS_MAX];
    const int count =
        epoll_wait(urgent_only ? waits->urgent : waits->all, events, WAITS_MAX, most_ms);
    for (int i = 0; i < count; i++) {
        tags[i] = events[i].data.u32;
    }
    return count < 0 ? 0 : count;
}
