/* Bytes -> the lines of `biaogan decode`, in memory: what the tests of the byte formats compare. */
#ifndef TESTS_UNIT_HW_DECODED_H
#define TESTS_UNIT_HW_DECODED_H

#include "hw/port.h"

#include <stdio.h>
#include <string.h>

enum { DECODED_MAX = 4096 };

struct decoded {
    struct port port;
    char text[DECODED_MAX]; /* "status value;status value;" */
    size_t length;
};

static inline void decoded_take(void *context, const struct hw_value *values, size_t count)
{
    struct decoded *decoded = context;
    char text[HW_VALUE_TEXT_MAX];
    enum reading_status status = READING_OK;
    char joined[HW_VALUES_MAX * HW_VALUE_TEXT_MAX] = "";
    for (size_t i = 0; i < count; i++) {
        hw_value_text(&values[i], text, sizeof text);
        strcat(joined, text);
        status = values[i].status != READING_OK ? values[i].status : status;
    }
    decoded->length +=
        (size_t)snprintf(decoded->text + decoded->length, sizeof decoded->text - decoded->length,
                         "%s %s;", hw_status_text(status), joined);
}

static inline void decoded_begin(struct decoded *decoded, const char *protocol,
                                 struct hw_options options)
{
    const struct port_config config = {
        .driver = hw_driver_find(protocol), .options = options, .equal_frames = 1};
    port_init(&decoded->port, &config);
    decoded->text[0] = '\0';
    decoded->length = 0;
}

static inline void decoded_feed(struct decoded *decoded, const void *bytes, size_t count)
{
    port_feed_values(&decoded->port, bytes, count, 0, decoded_take, decoded);
}

/* As `biaogan decode` does at the end of its input. */
static inline void decoded_end(struct decoded *decoded)
{
    port_end_values(&decoded->port, 0, decoded_take, decoded);
}

/* All at once, with the options a port has when its configuration says nothing. */
static inline const char *decoded_text(struct decoded *decoded, const char *protocol,
                                       const void *bytes, size_t count)
{
    const struct hw_options options = {.checksum = hw_driver_find(protocol)->checksum_default};
    decoded_begin(decoded, protocol, options);
    decoded_feed(decoded, bytes, count);
    decoded_end(decoded);
    return decoded->text;
}

#endif
