/* The '=' formats: text with no check, no unit, no flags. All three use the same characters, so
 * that a port must be told which one it is: "=000.3000" is 3.000 or 0.3.
 *
 * yaohua_eq_rev (A12, A23p, A26 format 1, XK315A1 with Adr=00), low digit first:
 *     0       3D              '='
 *     1-7/8   30-39 2E        digits with at most one point, blanks for leading zeros; the last
 *                             one is '0' or '-'
 * eq_forward (A26 formats 2 and 3), high digit first:
 *     0       3D              '='
 *     1       30 or 2D        '0' or '-'
 *     2-7/8   30-39 2E        digits with at most one point
 *     1-9     3B 30-39 2E     format 3 only: ';' and the unit price, which is not looked at
 * xpsy_eq_tail (XP-SY; Mettler Toledo "weight value"), low digit first, the '=' behind:
 *     0-6/7   30-39 2E 2D     digits with at most one point; the last one may be '-'
 *     7/8     3D              '='
 *
 * Sources: XK3190-A23p manual p.23, XK3190-A26 manual p.13; both 7 and 8 characters are in use. No
 * line end is sent; where a converter adds one, it ends the frame as well.
 *
 * A frame that begins with '=' ends where the next one begins, because its length differs between
 * models: a lost or doubled character mostly shows by that. A changed digit does not; only
 * port_config.equal_frames catches it.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    TEXT_SHORTEST = 7, /* characters of a value with its point and sign */
    TEXT_LONGEST = 8,
    PRICE_LONGEST = 9 /* with its ';' */
};

typedef bool text_reader(const uint8_t *text, size_t width, struct hw_value *value);

/* A digit, '.', '-' or a blank. */
static bool is_of_value(uint8_t byte)
{
    static const uint64_t set =
        UINT64_C(0x3FF) << '0' | UINT64_C(1) << '.' | UINT64_C(1) << '-' | UINT64_C(1) << ' ';
    return byte < 64 && (set >> byte & 1) != 0;
}

/* How many of `count` bytes, from 0, are characters of a value. */
static size_t text_width(const uint8_t *bytes, size_t count)
{
    size_t width = 0;
    while (width < count && is_of_value(bytes[width])) {
        width++;
    }
    return width;
}

static bool read_text(text_reader *reader, const struct hw_options *options, const uint8_t *text,
                      size_t width, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    if (width < TEXT_SHORTEST || width > TEXT_LONGEST || !reader(text, width, value)) {
        return false;
    }
    decimal_set_point(options, text, width, value);
    return true;
}

static size_t price_width(const uint8_t *bytes, size_t count)
{
    return count > 0 && bytes[0] == ';' ? 1 + text_width(bytes + 1, count - 1) : 0;
}

/* Frames that begin with '='. `is_last`: nothing follows these bytes. */
static inline struct frame_result head_frame(text_reader *reader, size_t price_longest,
                                             bool is_last, const struct hw_options *options,
                                             const uint8_t *bytes, size_t count,
                                             struct hw_value *value)
{
    if (bytes[0] != '=') {
        return frame_between(bytes, count, '=');
    }
    if (count < 1 + TEXT_SHORTEST + 1 && !is_last) {
        return frame_wait_for(1 + TEXT_SHORTEST + 1);
    }
    const size_t width = text_width(bytes + 1, count - 1);
    size_t end = 1 + width;
    if (price_longest > 0) {
        end += price_width(bytes + end, count - end);
    }
    if (width > TEXT_LONGEST || end > 1 + width + price_longest) {
        return frame_reject(REJECT_LENGTH, end);
    }
    const bool is_end = end == count ? is_last : bytes[end] == '=' || byte_is_line_end(bytes[end]);
    if (end == count && !is_last) {
        return frame_wait();
    }
    return is_end && read_text(reader, options, bytes + 1, width, value)
               ? frame_ok(end, 1)
               : frame_reject(REJECT_LAYOUT, end);
}

static struct frame_result reversed_frame(const struct hw_options *options, const uint8_t *bytes,
                                          size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return head_frame(decimal_read_reversed, 0, false, options, bytes, count, values);
}

static struct frame_result reversed_last_frame(const struct hw_options *options,
                                               const uint8_t *bytes, size_t count,
                                               struct hw_value values[HW_VALUES_MAX])
{
    return head_frame(decimal_read_reversed, 0, true, options, bytes, count, values);
}

static struct frame_result forward_frame(const struct hw_options *options, const uint8_t *bytes,
                                         size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return head_frame(decimal_read, PRICE_LONGEST, false, options, bytes, count, values);
}

static struct frame_result forward_last_frame(const struct hw_options *options,
                                              const uint8_t *bytes, size_t count,
                                              struct hw_value values[HW_VALUES_MAX])
{
    return head_frame(decimal_read, PRICE_LONGEST, true, options, bytes, count, values);
}

/* Only the '=' behind a value tells where it ends, and only the one before where it begins: with a
 * foreign byte between them, nobody knows which characters are left of the value. */
static struct frame_result tail_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (byte_is_line_end(bytes[0])) {
        return frame_skip(1);
    }
    const uint8_t *end = memchr(bytes, '=', count);
    if (!end) {
        return count < HW_FRAME_MAX ? frame_wait() : frame_reject(REJECT_LENGTH, count);
    }
    const size_t width = (size_t)(end - bytes);
    return text_width(bytes, width) == width &&
                   read_text(decimal_read_reversed, options, bytes, width, &values[0])
               ? frame_ok(width + 1, 1)
               : frame_reject(REJECT_LAYOUT, width + 1);
}

const struct hw_driver scale_equals_eq_forward = {
    .name = "eq_forward",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "text \"=0003.000\", high digit first: Yaohua XK3190 A26 formats 2 and 3",
    .frame = forward_frame,
    .last_frame = forward_last_frame,
};

const struct hw_driver scale_equals_xpsy_eq_tail = {
    .name = "xpsy_eq_tail",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "text \"51.07000=\", low digit first: XP-SY, Mettler Toledo weight value",
    .frame = tail_frame,
};

const struct hw_driver scale_equals_yaohua_eq_rev = {
    .name = "yaohua_eq_rev",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "text \"=000.3000\", low digit first: Yaohua XK3190 A12, A23p, A26, XK315A1",
    .frame = reversed_frame,
    .last_frame = reversed_last_frame,
};
