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

enum { LINE_LONGEST = 40, FLAG_LENGTH = 2, SHORTEST = 7 };
enum { GROSS, TARE, NET, NUMBERS, COMMAS = NUMBERS - 1 };

static bool is_out_of_range(struct text text, bool *negative)
{
    text_blanks(&text);
    *negative = text_byte(&text, '-');
    text_blanks(&text);
    const bool is_word = text_word(&text, "ol") || text_word(&text, "OL");
    text_blanks(&text);
    return is_word && text_ends(&text);
}

static bool is_number_with(const uint8_t *text, size_t width, uint8_t decimals)
{
    struct hw_value value;
    value.decimals = 0;
    return decimal_read(text, width, &value) && value.decimals == decimals;
}

/* What follows the flag and its comma. */
static bool read_numbers(const uint8_t *text, size_t length, struct hw_value *value)
{
    const size_t width = (length - COMMAS) / NUMBERS;
    const uint8_t *const tare = text + width + 1;
    const uint8_t *const net = tare + width + 1;
    return (length - COMMAS) % NUMBERS == 0 && tare[-1] == ',' && net[-1] == ',' &&
           decimal_read(net, width, value) && is_number_with(text, width, value->decimals) &&
           is_number_with(tare, width, value->decimals);
}

static bool read_out_of_range(struct text text, struct hw_value *value)
{
    struct text part[NUMBERS];
    bool is_negative = false;
    if (text_split(text, part, NUMBERS) != NUMBERS ||
        (!is_out_of_range(part[GROSS], &is_negative) &&
         !is_out_of_range(part[NET], &is_negative))) {
        return false;
    }
    value->status = is_negative ? READING_UNDERLOAD : READING_OVERLOAD;
    value->has_digits = false;
    return true;
}

static enum text_verdict weightech_parse(const struct hw_options *options, const uint8_t *line,
                                         size_t length, struct hw_value *value)
{
    (void)options;
    if (length < SHORTEST || (line[0] != '0' && line[0] != '1') || line[1] != ',') {
        return TEXT_BROKEN;
    }
    value->status = line[0] == '1' ? READING_MOVING : READING_OK;
    return read_numbers(line + FLAG_LENGTH, length - FLAG_LENGTH, value) ||
                   read_out_of_range((struct text){line + FLAG_LENGTH, line + length}, value)
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
