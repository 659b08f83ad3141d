/* Adam Equipment AZextra and relatives (CBD), label format 3.
 *
 *     0-1    G N T     CPWplus: gross, net, stored tare
 *     0-n    blanks
 *     0-1    + -
 *     0-n    blanks
 *     1-15   digits with at most one point
 *     0-n    blanks
 *     1-3    unit: kg g lb oz
 *     0-n    blanks
 *     1-2    CR LF, either or both
 *
 * Sources: AZextra user manual, CPWplus manual p.14, the driver of a widely used point-of-sale
 * system. The scale sends no flag of any kind and has no check. It beeps at every request for a
 * weight that it has already sent, so it is asked only once a second. Commands, with CR LF: P
 * weight, Z zero, T tare.
 */
#include "hw/drivers.h"
#include "hw/text_line.h"

enum { LINE_LONGEST = 24 };

static enum text_verdict adam_parse(const struct hw_options *options, const uint8_t *line,
                                    size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    value->tare = text_byte(&text, 'T');
    if (!value->tare && !text_byte(&text, 'G')) {
        (void)text_byte(&text, 'N');
    }
    return text_weight(&text, value) && text_ends(&text) ? TEXT_VALUE : TEXT_BROKEN;
}

static const struct text_format adam_format = {.longest = LINE_LONGEST, .parse = adam_parse};

static struct frame_result adam_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&adam_format, options, bytes, count, values);
}

static size_t adam_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return text_request("P\r\n", request);
}

const struct hw_driver scale_adam_azextra = {
    .name = "adam_azextra",
    .kind = READING_WEIGHT,
    .line = "4800/8n1",
    .polled = true,
    .poll_ms = 1000,
    .whole_lines = true,
    .equal_frames = 2,
    .summary = "Adam AZextra, CBD: value and unit, nothing else",
    .frame = adam_frame,
    .poll = adam_poll,
    .command = text_zero_or_tare,
};
