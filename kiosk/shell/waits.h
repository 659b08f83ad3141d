/* What the io thread waits for: descriptors of which some can be left alone for a while.
 *
 * The kernel keeps the list (epoll), so that a wake-up costs the same with one port or with
 * sixteen. A descriptor tells once what has come: whoever is told reads until a read gives less
 * than it could. One thread at a time; the descriptors are the caller's.
 */
#ifndef KIOSK_SHELL_WAITS_H
#define KIOSK_SHELL_WAITS_H

#include <stdbool.h>
#include <stdint.h>

enum { WAITS_MAX = 32 }; /* told of at once; more wait for the next call */

struct waits {
    int urgent; /* epoll descriptors: of what is never left alone ... */
    int all;    /* ... and of everything; -1 while closed */
};

bool waits_open(struct waits *waits);
void waits_close(struct waits *waits);

/* `tag` is what waits_for() tells. False with errno where the kernel takes no more. */
bool waits_add(struct waits *waits, int fd, uint32_t tag, bool is_urgent);

/* Call it before the descriptor is closed. */
void waits_remove(struct waits *waits, int fd);

/* Sleeps at most `most_ms` (-1: without end) until something has come, or ended. Writes the tags of
 * what has and returns how many; 0 after the time, or when a signal came. */
int waits_for(const struct waits *waits, bool urgent_only, int most_ms, uint32_t tags[WAITS_MAX]);

#endif
