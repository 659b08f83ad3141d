/* Weightech WT1000.
 *
 *     bytes  text      meaning
 *     1      0 or 1    1 = moving
 *     1      ,
 *     7      000.000   gross
 *     1      ,
 *     7      000.200   tare
 *     1      ,
 *     7      -00.200   net: this is the value; the sign replaces the first digit
 *     2      CR LF     either or both
 *
 *     "     ol" for gross or net: overload; "-   ol": underload
 *
 * Source: WT1000 manual. There is no unit and no check, but the three numbers are equally wide and
 * have equally many decimals, so that a lost or doubled byte is refused.
 */
#include "hw/decimal.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

enum { LINE_LONGEST = 40 };
enum { FLAG, GROSS, TARE, NET, PARTS };

static bool is_out_of_range(struct text text, bool *negative)
{
    text_blanks(&text);
    *negative = text_byte(&text, '-');
    text_blanks(&text);
    const bool is_word = text_word(&text, "ol") || text_word(&text, "OL");
    text_blanks(&text);
    return is_word && text_ends(&text);
}

static bool read_number(struct text text, struct hw_value *value)
{
    return decimal_read(text.at, (size_t)(text.end - text.at), value);
}

static bool is_number_with(struct text text, uint8_t decimals)
{
    struct hw_value value;
    return read_number(text, &value) && value.decimals == decimals;
}

static enum text_verdict weightech_parse(const struct hw_options *options, const uint8_t *line,
                                         size_t length, struct hw_value *value)
{
    (void)options;
    struct text part[PARTS];
    if (text_split((struct text){line, line + length}, part, PARTS) != PARTS) {
        return TEXT_BROKEN;
    }
    const bool is_moving = text_byte(&part[FLAG], '1');
    if ((!is_moving && !text_byte(&part[FLAG], '0')) || !text_ends(&part[FLAG])) {
        return TEXT_BROKEN;
    }
    bool is_negative = false;
    if (is_out_of_range(part[GROSS], &is_negative) || is_out_of_range(part[NET], &is_negative)) {
        value->status = is_negative ? READING_UNDERLOAD : READING_OVERLOAD;
        return TEXT_VALUE;
    }
    value->status = is_moving ? READING_MOVING : READING_OK;
    const ptrdiff_t width = part[NET].end - part[NET].at;
    const bool is_even =
        part[GROSS].end - part[GROSS].at == width && part[TARE].end - part[TARE].at == width;
    return is_even && read_number(part[NET], value) &&
                   is_number_with(part[GROSS], value->decimals) &&
                   is_number_with(part[TARE], value->decimals)
               ? TEXT_VALUE
               : TEXT_BROKEN;
}

static const struct text_format weightech_format = {.longest = LINE_LONGEST,
                                                    .parse = weightech_parse};

static struct frame_result weightech_frame(const struct hw_options *options, const uint8_t *bytes,
                                           size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&weightech_format, options, bytes, count, values);
}

const struct hw_driver scale_weightech_wt1000 = {
    .name = "weightech_wt1000",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .whole_lines = true,
    .equal_frames = 2,
    .summary = "Weightech WT1000: flag, gross, tare, net",
    .frame = weightech_frame,
};
