#include "hw/port.h"

#include "hw/bytes.h"

#include <assert.h>
#include <string.h>

void port_init(struct port *port, const struct port_config *config)
{
    assert(config->driver);
    *port = (struct port){.config = *config, .stats = {.last_frame_ms = INT64_MIN}};
}

/* A run of dropped bytes ends with a whole frame. Noise inside a run is part of it; anything else
 * is a frame that had begun, and counts by itself. */
static void count_reject(struct port *port, enum reject_reason reason)
{
    if (reason != REJECT_NOISE || !port->rejecting) {
        port->stats.rejects[reason]++;
    }
    port->rejecting = true;
}

static void take_frame(struct port *port, const uint8_t *frame, size_t length, int64_t now_ms,
                       port_values_sink *sink, void *context)
{
    port->rejecting = false;
    port->stats.frames++;
    port->stats.last_frame_ms = now_ms;
    struct hw_value values[HW_VALUES_MAX];
    const size_t count = port->config.driver->decode(&port->config.options, frame, length, values);
    assert(count <= HW_VALUES_MAX);
    if (count > 0) {
        sink(context, values, count);
    }
}

/* How many bytes still belong to a line that was too long. */
static size_t rest_of_line(struct port *port, const uint8_t *bytes, size_t count)
{
    size_t length = 0;
    while (length < count && !byte_is_line_end(bytes[length])) {
        length++;
    }
    port->dropping_line = length == count;
    return length;
}

/* Cuts what is pending into frames; returns how many bytes are done with. */
static size_t cut(struct port *port, int64_t now_ms, port_values_sink *sink, void *context)
{
    const struct hw_driver *driver = port->config.driver;
    size_t at = 0;
    port->wanted = 0;
    while (at < port->pending_count) {
        const uint8_t *bytes = port->pending + at;
        const size_t count = (size_t)port->pending_count - at;
        if (port->dropping_line) {
            at += rest_of_line(port, bytes, count);
            continue;
        }
        const struct frame_result result = driver->frame(&port->config.options, bytes, count);
        if (result.verdict == FRAME_WAIT) {
            assert(result.length <= HW_FRAME_MAX);
            port->wanted = (uint8_t)result.length;
            break;
        }
        assert(result.length >= 1 && result.length <= count);
        if (result.verdict == FRAME_OK) {
            take_frame(port, bytes, result.length, now_ms, sink, context);
        } else if (result.verdict == FRAME_REJECT) {
            count_reject(port, result.reason);
            port->dropping_line = driver->whole_lines && result.reason == REJECT_LENGTH;
        }
        at += result.length;
    }
    assert(at > 0 || port->pending_count < HW_FRAME_MAX);
    return at;
}

/* Puts as many bytes as fit behind those that wait; returns how many. */
static size_t append(struct port *port, const uint8_t *bytes, size_t count)
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

void port_feed_values(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
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
        const size_t done = cut(port, now_ms, sink, context);
        port->pending_count = (uint8_t)(port->pending_count - done);
        if (port->pending_count > 0 && done > 0) {
            memmove(port->pending, port->pending + done, port->pending_count);
        }
    }
}

void port_end_values(struct port *port, int64_t now_ms, port_values_sink *sink, void *context)
{
    const struct port_config *config = &port->config;
    if (port->pending_count > 0 && config->driver->whole &&
        config->driver->whole(&config->options, port->pending, port->pending_count)) {
        take_frame(port, port->pending, port->pending_count, now_ms, sink, context);
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

/* Counts equal weights in a row and answers whether there are enough of them. */
static bool is_confirmed(struct port *port, uint8_t channel, int32_t grams)
{
    uint8_t *equal = &port->equal_count[channel];
    if (*equal == 0 || port->equal_grams[channel] != grams) {
        port->equal_grams[channel] = grams;
        *equal = 1;
    } else if (*equal < UINT8_MAX) {
        (*equal)++;
    }
    return *equal >= port->config.equal_frames;
}

/* False where the value is no reading. */
static bool weigh(struct port *port, const struct hw_value *value, reading_t *reading)
{
    if (value->tare) {
        return false;
    }
    if (!value->has_digits) {
        port->equal_count[value->channel] = 0;
        return true;
    }
    const char *unit = value->unit[0] ? value->unit : port->config.options.unit;
    if (!hw_value_to_grams(value, unit, &reading->grams)) {
        port->stats.rejects[REJECT_VALUE]++;
        port->equal_count[value->channel] = 0;
        return false;
    }
    reading->has_value = true;
    if (!is_confirmed(port, value->channel, reading->grams) && value->status == READING_OK) {
        reading->status = READING_MOVING;
    }
    return true;
}

static bool measure(struct port *port, const struct hw_value *value, reading_t *reading)
{
    if (!value->has_digits) {
        return true;
    }
    if (!hw_value_to_mm(value, value->unit, &reading->level_mm)) {
        port->stats.rejects[REJECT_VALUE]++;
        return false;
    }
    reading->has_value = true;
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
    memcpy(reading->card, value->text, sizeof reading->card);
    return true;
}

/* Each answers false where the value is no reading. */
static bool (*const to_reading[])(struct port *port, const struct hw_value *value,
                                  reading_t *reading) = {
    [READING_WEIGHT] = weigh,   [READING_LID] = see_lid,  [READING_LEVEL] = measure,
    [READING_CARD] = take_card, [READING_LOCK] = see_lid,
};

static void values_to_readings(void *context, const struct hw_value *values, size_t count)
{
    const struct reading_context *to = context;
    for (size_t i = 0; i < count; i++) {
        const struct hw_value *value = &values[i];
        if (value->channel < 1 || value->channel > HW_CHANNELS_MAX) {
            to->port->stats.rejects[REJECT_VALUE]++;
            continue;
        }
        reading_t reading = {
            .t_ms = to->now_ms,
            .port = to->port->config.index,
            .channel = value->channel,
            .kind = (uint8_t)value->kind,
            .status = (uint8_t)value->status,
        };
        if (!to_reading[value->kind](to->port, value, &reading)) {
            continue;
        }
        to->port->stats.readings++;
        to->sink(to->context, &reading);
    }
}

void port_feed(struct port *port, const uint8_t *bytes, size_t count, int64_t now_ms,
               port_sink *sink, void *context)
{
    struct reading_context to = {port, now_ms, sink, context};
    port_feed_values(port, bytes, count, now_ms, values_to_readings, &to);
}

void port_quiet(struct port *port, int64_t now_ms, port_sink *sink, void *context)
{
    struct reading_context to = {port, now_ms, sink, context};
    port_end_values(port, now_ms, values_to_readings, &to);
}

void port_lost(struct port *port)
{
    port->pending_count = 0;
    port->wanted = 0;
    port->rejecting = false;
    port->dropping_line = false;
    memset(port->equal_count, 0, sizeof port->equal_count);
    port->stats.lost++;
}
