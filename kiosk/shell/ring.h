/* A bounded ring between exactly one writing and one reading thread, and a wake-up for poll().
 *
 * Memory is taken once, at ring_open(). A full ring refuses; what that means is the caller's to
 * decide (deposits are never dropped: their ring is larger than what can be pending).
 */
#ifndef KIOSK_SHELL_RING_H
#define KIOSK_SHELL_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct ring {
    unsigned char *slots; /* owned */
    size_t slot_size;
    size_t capacity; /* a power of two */
    atomic_size_t written, taken;
};

bool ring_open(struct ring *ring, size_t slot_size, size_t capacity);
void ring_close(struct ring *ring);

/* Writer's side: false when full. */
bool ring_put(struct ring *ring, const void *slot);
/* Reader's side: false when empty. */
bool ring_take(struct ring *ring, void *slot);
/* Either side; exact only for the caller's own direction. */
size_t ring_count(const struct ring *ring);

/* An eventfd: wake_up() makes it readable, however often it is called; wake_drain() quiet again. */
int wake_open(void);
void wake_up(int fd);
void wake_drain(int fd);

#endif
