#include "kiosk/shell/ring.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool ring_open(struct ring *ring, size_t slot_size, size_t capacity)
{
    assert(capacity > 0 && (capacity & (capacity - 1)) == 0);
    *ring = (struct ring){.slot_size = slot_size, .capacity = capacity};
    ring->slots = calloc(capacity, slot_size);
    return ring->slots != NULL;
}

void ring_close(struct ring *ring)
{
    free(ring->slots);
    ring->slots = NULL;
}

static unsigned char *slot_at(struct ring *ring, size_t index)
{
    return ring->slots + (index & (ring->capacity - 1)) * ring->slot_size;
}

bool ring_put(struct ring *ring, const void *slot)
{
    size_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    size_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
    if (written - taken == ring->capacity) {
        return false;
    }
    memcpy(slot_at(ring, written), slot, ring->slot_size);
    atomic_store_explicit(&ring->written, written + 1, memory_order_release);
    return true;
}

bool ring_take(struct ring *ring, void *slot)
{
    size_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
    size_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    if (taken == written) {
        return false;
    }
    memcpy(slot, slot_at(ring, taken), ring->slot_size);
    atomic_store_explicit(&ring->taken, taken + 1, memory_order_release);
    return true;
}

size_t ring_count(const struct ring *ring)
{
    return atomic_load_explicit(&ring->written, memory_order_acquire) -
           atomic_load_explicit(&ring->taken, memory_order_acquire);
}

int wake_open(void)
{
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void wake_up(int fd)
{
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored; /* EAGAIN: it is awake already */
}

void wake_drain(int fd)
{
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}
