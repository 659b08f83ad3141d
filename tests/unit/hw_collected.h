/* Bytes -> readings, in memory: what the tests of the device families compare. */
#ifndef TESTS_UNIT_HW_COLLECTED_H
#define TESTS_UNIT_HW_COLLECTED_H

#include "hw/port.h"

#include <string.h>

enum { COLLECTED_MAX = 64 };

struct collected {
    struct port port;
    reading_t readings[COLLECTED_MAX];
    size_t count; /* may pass COLLECTED_MAX; what does not fit is not kept */
};

static inline void collected_take(void *context, const reading_t *reading)
{
    struct collected *collected = context;
    if (collected->count < COLLECTED_MAX) {
        collected->readings[collected->count] = *reading;
    }
    collected->count++;
}

static inline void collected_begin(struct collected *collected, const char *protocol)
{
    const struct hw_driver *driver = hw_driver_find(protocol);
    const struct port_config config = {
        .driver = driver,
        .options = {.checksum = driver->checksum_default},
        .equal_frames = 1,
    };
    port_init(&collected->port, &config);
    collected->count = 0;
}

static inline void collected_feed(struct collected *collected, const void *bytes, size_t count)
{
    port_feed(&collected->port, bytes, count, 0, collected_take, collected);
}

static inline void collected_feed_text(struct collected *collected, const char *text)
{
    collected_feed(collected, text, strlen(text));
}

#endif
