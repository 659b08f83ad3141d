#include "hw/port.h"

#include "hw/bytes.h"

#include <assert.h>
#include <string.h>

/* The way of a frame that arrives whole, many times a second on every port, is one function for the
 * compiler: half of what a frame cost was calls from step to step. */
#define PUMP static inline __attribute__((always_inline))
/* And what it seldom needs stands apart, so that it does not pay for its registers. */
#define APART __attribute__((noinline)) static

void port_init(struct port *port, const struct port_config *config)
{
    assert(config->driver);
    *port = (struct port){.config = *config, .stats = {.last_frame_ms = INT64_MIN}};
}

/* A run of dropped bytes ends with a whole frame. Noise inside a run is part of it; anything else
 * is a frame that had begun, and counts by itself. */
APART void count_reject(struct port *port, enum reject_reason reason)
{
    if (reason != REJECT_NOISE || !port->rejecting) {
        port->stats.rejects[reason]++;
    }
    port->rejecting = true;
}

PUMP void take_frame(struct port *port, const struct hw_value *values, size_t count, int64_t now_ms,
                     port_values_sink *sink, void *context)
{
    assert(count <= HW_VALUES_MAX);
    port->rejecting = false;
    port->stats.frames++;
    port->stats.last_frame_ms = now_ms;
    if (count > 0) {
        sink(context, values, count);
    }
}

/* How many bytes still belong to a line that was too long. */
APART size_t rest_of_line(struct port *port, const uint8_t *bytes, size_t count)
{
    size_t length = 0;
    while (length < count && !byte_is_line_end(bytes[length])) {
        length++;
    }
    port->dropping_line = length == count;
    return length;
}

/* Cuts `count` bytes into frames; returns how many of them are done with. What is left, fewer than
 * HW_FRAME_MAX bytes, waits for more. */
PUMP size_t cut(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
                port_values_sink *sink, void *context)
{
    const struct hw_driver *driver = port->config.driver;
    struct hw_value values[HW_VALUES_MAX];
    size_t at = 0;
    port->wanted = 0;
    while (at < count) {
        if (port->dropping_line) {
            at += rest_of_line(port, bytes + at, count - at);
            continue;
        }
        const size_t shown = count - at < HW_FRAME_MAX ? count - at : HW_FRAME_MAX;
        const struct frame_result result =
            driver->frame(&port->config.options, bytes + at, shown, values);
        if (result.verdict == FRAME_WAIT) {
            assert(shown < HW_FRAME_MAX && result.length <= HW_FRAME_MAX);
            port->wanted = (uint8_t)result.length;
            break;
        }
        assert(result.length >= 1 && result.length <= shown);
        if (result.verdict == FRAME_OK) {
            take_frame(port, values, result.values, now_ms, sink, context);
        } else if (result.verdict == FRAME_REJECT) {
            count_reject(port, result.reason);
            port->dropping_line = driver->whole_lines && result.reason == REJECT_LENGTH;
        }
        at += result.length;
    }
    return at;
}

/* Puts as many bytes as fit behind those that wait; returns how many. */
APART size_t append(struct port *port, const uint8_t *bytes, size_t count)
{
    const size_t room = (size_t)HW_FRAME_MAX - port->pending_count;
    const size_t taken = count < room ? count : room;
    uint8_t *end = port->pending + port->pending_count;
    if (port->config.options.mask7) {
        for (size_t i = 0; i < taken; i++) {
            end[i] = bytes[i] & 0x7F;
        }
    } else {
        memcpy(end, bytes, taken);
    }
    port->pending_count = (uint8_t)(port->pending_count + taken);
    return taken;
}

/* Frames whose bytes came in pieces, or must be masked first, are put together in `pending`. */
APART void feed_pending(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
                        port_values_sink *sink, void *context)
{
    port->stats.bytes += count;
    while (count > 0) {
        const size_t taken = append(port, bytes, count);
        bytes += taken;
        count -= taken;
        if (port->pending_count < port->wanted) {
            break;
        }
        const size_t done = cut(port, port->pending, port->pending_count, now_ms, sink, context);
        port->pending_count = (uint8_t)(port->pending_count - done);
        if (port->pending_count > 0 && done > 0) {
            memmove(port->pending, port->pending + done, port->pending_count);
        }
    }
}

static bool must_gather(const struct port *port)
{
    return port->pending_count > 0 || port->config.options.mask7;
}

/* The usual case, a chunk of whole frames, is read where it lies. */
PUMP void feed_whole(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
                     port_values_sink *sink, void *context)
{
    port->stats.bytes += count;
    const size_t done = cut(port, bytes, count, now_ms, sink, context);
    if (done < count) {
        append(port, bytes + done, count - done);
    }
}

void port_feed_values(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
                      port_values_sink *sink, void *context)
{
    if (must_gather(port)) {
        feed_pending(port, bytes, count, now_ms, sink, context);
    } else {
        feed_whole(port, bytes, count, now_ms, sink, context);
    }
}

void port_end_values(struct port *port, int64_t now_ms, port_values_sink *sink, void *context)
{
    const struct port_config *config = &port->config;
    if (port->pending_count == 0 || !config->driver->last_frame) {
        return;
    }
    struct hw_value values[HW_VALUES_MAX];
    const struct frame_result result =
        config->driver->last_frame(&config->options, port->pending, port->pending_count, values);
    if (result.verdict == FRAME_OK) {
        assert(result.length == port->pending_count);
        take_frame(port, values, result.values, now_ms, sink, context);
        port->pending_count = 0;
        port->wanted = 0;
    }
}

struct reading_context {
    struct port *port;
    int64_t now_ms;
    port_sink *sink;
    void *context;
};

PUMP const struct hw_unit *unit_of(struct port *port, const struct hw_value *value)
{
    const char *text = value->unit[0] ? value->unit : port->config.options.unit;
    if (memcmp(text, port->unit_text, sizeof port->unit_text) != 0) {
        memcpy(port->unit_text, text, sizeof port->unit_text);
        port->unit = value->kind == READING_WEIGHT ? hw_weight_unit(text) : hw_distance_unit(text);
    }
    return port->unit;
}

/* Counts values in a row of which each agrees with the one before; answers whether there are enough
 * of them. */
PUMP bool is_confirmed(struct port *port, uint8_t channel, int32_t value, uint32_t near)
{
    const uint8_t needed = port->config.equal_frames;
    if (needed <= 1) {
        return true;
    }
    uint8_t *count = &port->equal_count[channel];
    const int64_t difference = (int64_t)value - port->equal_value[channel];
    const bool agrees = difference <= (int64_t)near && -difference <= (int64_t)near;
    *count = (uint8_t)(!agrees || *count == 0 ? 1 : *count < needed ? *count + 1 : needed);
    port->equal_value[channel] = value;
    return *count >= needed;
}

/* False where the value is no reading. */
PUMP bool weigh(struct port *port, const struct hw_value *value, reading_t *reading)
{
    if (value->tare) {
        return false;
    }
    if (!value->has_digits) {
        port->equal_count[value->channel] = 0;
        return true;
    }
    const struct hw_unit *unit = unit_of(port, value);
    if (unit == NULL && port->wrong_units < PORT_WRONG_UNITS) {
        port->wrong_units++;
    }
    if (!hw_value_quickly_in(value, unit, &reading->grams)) {
        port->stats.rejects[REJECT_VALUE]++;
        port->equal_count[value->channel] = 0;
        return false;
    }
    port->wrong_units = 0;
    reading->has_value = true;
    if (!is_confirmed(port, value->channel, reading->grams, 0) && value->status == READING_OK) {
        reading->status = READING_MOVING;
    }
    return true;
}

static bool measure(struct port *port, const struct hw_value *value, reading_t *reading)
{
    if (!value->has_digits) {
        return true;
    }
    if (!hw_value_quickly_in(value, unit_of(port, value), &reading->level_mm)) {
        port->stats.rejects[REJECT_VALUE]++;
        return false;
    }
    reading->has_value = true;
    /* A frame without an echo stands outside the row: in an empty bin many are lost. */
    if (!is_confirmed(port, value->channel, reading->level_mm, PORT_LEVEL_NEAR_MM) &&
        value->status == READING_OK) {
        reading->status = READING_MOVING;
    }
    return true;
}

static bool see_lid(struct port *port, const struct hw_value *value, reading_t *reading)
{
    (void)port;
    reading->has_value = value->status == READING_OK;
    reading->lid_open = reading->has_value && value->lid_open;
    return true;
}

static bool take_card(struct port *port, const struct hw_value *value, reading_t *reading)
{
    (void)port;
    reading->has_value = value->status == READING_OK;
    memcpy(reading->card, value->text, strlen(value->text) + 1);
    return true;
}

/* All but weights. Each answers false where the value is no reading. */
static bool (*const to_reading[])(struct port *port, const struct hw_value *value,
                                  reading_t *reading) = {
    [READING_LID] = see_lid,
    [READING_LEVEL] = measure,
    [READING_CARD] = take_card,
    [READING_LOCK] = see_lid,
};

PUMP void value_to_reading(const struct reading_context *to, const struct hw_value *value)
{
    if (value->channel < 1 || value->channel > HW_CHANNELS_MAX) {
        to->port->stats.rejects[REJECT_VALUE]++;
        return;
    }
    /* Only the first byte of the card's text: clearing all of it takes longer than the rest. */
    reading_t reading;
    memset(&reading, 0, offsetof(reading_t, card) + 1);
    reading.t_ms = to->now_ms;
    reading.port = to->port->config.index;
    reading.channel = value->channel;
    reading.kind = (uint8_t)value->kind;
    reading.status = (uint8_t)value->status;
    const bool is_reading = value->kind == READING_WEIGHT
                                ? weigh(to->port, value, &reading)
                                : to_reading[value->kind](to->port, value, &reading);
    if (is_reading) {
        to->port->stats.readings++;
        to->sink(to->context, &reading);
    }
}

/* Those behind the first: nearly every frame has only one, whose context need not lie in memory. */
APART void rest_to_readings(struct port *port, int64_t now_ms, port_sink *sink, void *context,
                            const struct hw_value *values, size_t count)
{
    const struct reading_context to = {port, now_ms, sink, context};
    for (size_t i = 1; i < count; i++) {
        value_to_reading(&to, &values[i]);
    }
}

PUMP void values_to_readings(void *context, const struct hw_value *values, size_t count)
{
    const struct reading_context *to = context;
    value_to_reading(to, &values[0]);
    if (count > 1) {
        rest_to_readings(to->port, to->now_ms, to->sink, to->context, values, count);
    }
}

void port_feed(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
               port_sink *sink, void *context)
{
    if (must_gather(port)) {
        struct reading_context gathered = {port, now_ms, sink, context};
        feed_pending(port, bytes, count, now_ms, values_to_readings, &gathered);
    } else {
        struct reading_context to = {port, now_ms, sink, context};
        feed_whole(port, bytes, count, now_ms, values_to_readings, &to);
    }
}

void port_quiet(struct port *port, int64_t now_ms, port_sink *sink, void *context)
{
    struct reading_context to = {port, now_ms, sink, context};
    port_end_values(port, now_ms, values_to_readings, &to);
}

bool port_is_waiting(const struct port *port)
{
    const struct hw_driver *driver = port->config.driver;
    return port->pending_count > 0 && driver->last_frame != NULL && driver->kind == READING_CARD;
}

void port_lost(struct port *port)
{
    port->pending_count = 0;
    port->wanted = 0;
    port->rejecting = false;
    port->dropping_line = false;
    memset(port->equal_count, 0, sizeof port->equal_count);
    port->wrong_units = 0;
    port->stats.lost++;
}
