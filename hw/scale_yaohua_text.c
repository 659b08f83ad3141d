/* 耀华 Yaohua A12 and A12E, the two text formats.
 *
 * yaohua_ww, no check:
 *     0       77              'w'
 *     1       77 6E 74        'w' gross, 'n' net, 't' stored tare
 *     2-8     text            seven characters: digits with at most one point; blanks for leading
 *                             zeros, '-' instead of the first digit. HEB-TW: eight of them, a blank
 *                             or the sign in front of the seven, and all behind one place on
 *     9-10    text            unit: kg or lb, one letter with a blank
 *     11 12   0D 0A           CR LF, or one of them
 *
 * yaohua_wg15:
 *     0       57              'W'
 *     1       47 4E           'G' gross, 'N' net
 *     2-8     text            as above
 *     9-10    text            unit
 *     11-12   30-39 41-46     XOR of bytes 0 to 10, high nibble first
 *     13 14   0D 0A           CR LF, or one of them
 *   overload: bytes 0 to 8 blank, 9-10 'OL', and so the check 23;
 *   more than 20 divisions below zero: likewise 'LO', check 23.
 *
 * Neither has a stable flag. The host may send the single letters R (read), T (tare) and Z (zero).
 * A changed digit of yaohua_ww is a wrong weight that only port_config.equal_frames can catch.
 *
 * Sources: XK3190-A12E manual p.13; public A12 driver ("wn-0000.1kg"); field recordings, one of a
 * HEB-TW ("wn 0002.02kg").
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    VALUE_AT = 2,
    VALUE_WIDTH = 7,
    UNIT_AT = 9,
    UNIT_WIDTH = 2,
    WW_END_AT = 11,
    CHECK_AT = 11,
    WG_END_AT = 13
};

/* Takes the unit without its blank; false where it is none. */
static bool read_unit(const uint8_t *text, struct hw_value *value)
{
    static const char units[][UNIT_WIDTH + 1] = {"kg", "lb", "oz", " g", "g ", " t", "t "};
    const uint8_t folded[UNIT_WIDTH] = {text[0] | 0x20, text[1] | 0x20};
    const bool is_right = text[0] == ' ';
    value->unit[0] = (char)text[is_right];
    value->unit[1] = (char)(is_right || text[1] == ' ' ? '\0' : text[1]);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (memcmp(folded, units[i], UNIT_WIDTH) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_weight(const struct hw_options *options, const uint8_t *frame, size_t width,
                        struct hw_value *value)
{
    if (!read_unit(frame + VALUE_AT + width, value) ||
        !decimal_read(frame + VALUE_AT, width, value)) {
        return false;
    }
    decimal_set_point(options, frame + VALUE_AT, width, value);
    return true;
}

/* A digit stands where the seven characters have their unit already. */
static size_t ww_width(const uint8_t *bytes)
{
    const bool has_sign_place =
        bytes[VALUE_AT] == ' ' || bytes[VALUE_AT] == '-' || bytes[VALUE_AT] == '+';
    return has_sign_place && byte_is_digit(bytes[UNIT_AT]) ? VALUE_WIDTH + 1 : VALUE_WIDTH;
}

static struct frame_result ww_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != 'w') {
        return frame_between(bytes, count, 'w');
    }
    if (count <= WW_END_AT) {
        return frame_wait_for(WW_END_AT + 1);
    }
    if (bytes[1] != 'w' && bytes[1] != 'n' && bytes[1] != 't') {
        return frame_reject(REJECT_LAYOUT, 1);
    }
    const size_t width = ww_width(bytes);
    const size_t end_at = WW_END_AT - VALUE_WIDTH + width;
    if (count <= end_at) {
        return frame_wait_for(end_at + 1);
    }
    hw_value_begin(&values[0], READING_WEIGHT);
    if (!read_weight(options, bytes, width, &values[0]) || !byte_is_line_end(bytes[end_at])) {
        return frame_broken(REJECT_LAYOUT, bytes, end_at, 'w');
    }
    values[0].tare = bytes[1] == 't';
    return frame_ok(end_at + 1, 1);
}

/* READING_OK where the frame carries a weight. */
static enum reading_status range_of(const uint8_t *frame)
{
    static const char over[] = "       OL";
    static const char under[] = "       LO";
    if (memcmp(frame + VALUE_AT, over, sizeof over - 1) == 0) {
        return READING_OVERLOAD;
    }
    return memcmp(frame + VALUE_AT, under, sizeof under - 1) == 0 ? READING_UNDERLOAD : READING_OK;
}

static bool read_wg(const struct hw_options *options, const uint8_t *frame, struct hw_value *value)
{
    const bool is_named = frame[0] == 'W' && (frame[1] == 'G' || frame[1] == 'N');
    hw_value_begin(value, READING_WEIGHT);
    value->status = range_of(frame);
    return value->status == READING_OK ? is_named && read_weight(options, frame, VALUE_WIDTH, value)
                                       : is_named || (frame[0] == ' ' && frame[1] == ' ');
}

/* Drops up to where a frame may begin, with 'W' or with a blank. */
static struct frame_result wg_broken(const uint8_t *bytes)
{
    size_t length = 1;
    while (length < WG_END_AT && bytes[length] != 'W' && bytes[length] != ' ') {
        length++;
    }
    return frame_reject(REJECT_LAYOUT, length);
}

static struct frame_result wg_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != 'W' && bytes[0] != ' ') {
        size_t length = 1;
        const bool is_end = byte_is_line_end(bytes[0]);
        while (length < count && bytes[length] != 'W' && bytes[length] != ' ' &&
               byte_is_line_end(bytes[length]) == is_end) {
            length++;
        }
        return is_end ? frame_skip(length) : frame_reject(REJECT_NOISE, length);
    }
    if (count <= WG_END_AT) {
        return frame_wait_for(WG_END_AT + 1);
    }
    if (!read_wg(options, bytes, &values[0]) || byte_hex_value(bytes[CHECK_AT]) < 0 ||
        byte_hex_value(bytes[CHECK_AT + 1]) < 0 || !byte_is_line_end(bytes[WG_END_AT])) {
        return wg_broken(bytes);
    }
    unsigned sum = 0;
    for (size_t i = 0; i < CHECK_AT; i++) {
        sum ^= bytes[i];
    }
    if (options->checksum && (bytes[CHECK_AT] != byte_hex_digit(sum >> 4) ||
                              bytes[CHECK_AT + 1] != byte_hex_digit(sum))) {
        return frame_reject(REJECT_CHECKSUM, WG_END_AT + 1);
    }
    return frame_ok(WG_END_AT + 1, 1);
}

static size_t letter_command(const struct hw_options *options, enum hw_command command,
                             uint8_t request[HW_REQUEST_MAX])
{
    static const char letters[] = {[HW_COMMAND_ZERO] = 'Z', [HW_COMMAND_TARE] = 'T'};
    (void)options;
    if ((size_t)command >= sizeof letters) {
        return 0;
    }
    request[0] = (uint8_t)letters[command];
    return 1;
}

const struct hw_driver scale_yaohua_wg15 = {
    .name = "yaohua_wg15",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "Yaohua XK3190 A12E text \"WG004.139kg3D\" with XOR",
    .frame = wg_frame,
    .command = letter_command,
};

const struct hw_driver scale_yaohua_ww = {
    .name = "yaohua_ww",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "Yaohua XK3190 A12, A12E text \"wn001.171kg\"",
    .frame = ww_frame,
    .command = letter_command,
};
