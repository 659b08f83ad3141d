/* Bytes -> the lines of `biaogan decode`, in memory: what the tests of the byte formats compare. */
#ifndef TESTS_UNIT_HW_DECODED_H
#define TESTS_UNIT_HW_DECODED_H

#include "hw/port.h"

#include <stdio.h>
#include <string.h>

enum { DECODED_MAX = 4096 };

struct decoded {
    struct port port;
    char text[DECODED_MAX]; /* "status value unit;status value unit;" */
    size_t length;
};

/* "cfg" where neither the frame nor the port names one; a lock has none. */
static inline const char *decoded_unit(const struct decoded *decoded, const struct hw_value *value)
{
    const char *configured = decoded->port.config.options.unit;
    return value->unit[0]                ? value->unit
           : value->kind == READING_LOCK ? ""
           : configured[0]               ? configured
                                         : "cfg";
}

static inline void decoded_add(struct decoded *decoded, enum reading_status status,
                               const char *text, const struct hw_value *value)
{
    decoded->length +=
        (size_t)snprintf(decoded->text + decoded->length, sizeof decoded->text - decoded->length,
                         "%s %s %s;", hw_status_text(status), text, decoded_unit(decoded, value));
}

static inline void decoded_take(void *context, const struct hw_value *values, size_t count)
{
    struct decoded *decoded = context;
    char text[HW_VALUE_TEXT_MAX];
    enum reading_status status = READING_OK;
    char bits[HW_VALUES_MAX + 1] = "";
    for (size_t i = 0; i < count; i++) {
        hw_value_text(&values[i], text, sizeof text);
        if (!hw_value_is_bit(&values[i])) {
            decoded_add(decoded, values[i].status, text, &values[i]);
            continue;
        }
        bits[i] = text[0];
        status = values[i].status != READING_OK ? values[i].status : status;
    }
    if (bits[0]) {
        decoded_add(decoded, status, bits, &values[0]);
    }
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
