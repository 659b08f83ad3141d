/* Dini Argeo indicators: 3590, DGT, DFW, CPWE.
 *
 * Standard string (READ):
 *
 *     bytes  text          meaning
 *     0, 2   01            address, two digits; on RS-485 only
 *     2      ST US OL UL   stable, moving, over the range, under it
 *            TL            not level, as some can tell: a fault, whatever the digits
 *     1      ,
 *     2      GS NT         gross, net
 *     1      ,
 *     8      "     0.0"    blanks, '-' or none, digits with at most one point
 *     1      ,
 *     2      kg " g"       unit: kg g t lb; the width is what tells "g" from half a "kg"
 *     2      CR LF         either or both
 *
 * Extended string (REXT): [address] scale number, ',' ST..TL ',' net weight of 10 characters ','
 * "  " or "PT" and tare of 10 characters ',' pieces of 10 characters ',' unit.
 *
 * Print string: ST to TL ',' scale number ',' weight and unit ',' tare and unit, of no fixed width.
 *
 * Answers: "OK" done; "ERR01" to "ERR04" wrong form, wrong parameter, not now, not known; each with
 * the address where there is one.
 *
 * Sources: 3590 manual p.65 and p.68, DGT4X manual p.52, 3590E serial commands p.7; a public driver
 * for the 3590 (print string). After OL, UL and TL the digits mean nothing. There is no check.
 *
 * Commands, with the address in front where the port has one, and CR LF: READ ZERO TARE C.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum { LINE_LONGEST = 60, STATUS_LENGTH = 2, UNIT_WIDTH = 2 };

enum { STANDARD_STATUS, STANDARD_MODE, STANDARD_VALUE, STANDARD_UNIT, STANDARD_PARTS };
enum { SCALE_NUMBER, EXTENDED_STATUS, EXTENDED_NET, EXTENDED_TARE, PIECES, EXTENDED_UNIT, PARTS };
enum { PRINT_STATUS, PRINT_SCALE, PRINT_WEIGHT, PRINT_TARE, PRINT_PARTS };
enum { STANDARD_WIDTH = 8, EXTENDED_WIDTH = 10 };

static const struct {
    char word[STATUS_LENGTH + 1];
    enum reading_status status;
} statuses[] = {
    {"ST", READING_OK},        {"US", READING_MOVING}, {"OL", READING_OVERLOAD},
    {"UL", READING_UNDERLOAD}, {"TL", READING_ERROR},
};

/* Only the standard string has words by which its beginning is known; without its address. */
static bool dini_begins(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (memcmp(bytes, statuses[i].word, count < STATUS_LENGTH ? count : STATUS_LENGTH) == 0) {
            return count <= STATUS_LENGTH || bytes[STATUS_LENGTH] == ',';
        }
    }
    return false;
}

static void skip_address(struct text *text)
{
    if (text->end - text->at >= 2 && byte_is_digit(text->at[0]) && byte_is_digit(text->at[1])) {
        text->at += 2;
    }
}

static bool has_width(struct text text, ptrdiff_t width)
{
    return text.end - text.at == width;
}

static bool read_status(struct text text, struct hw_value *value)
{
    for (size_t i = 0; has_width(text, STATUS_LENGTH) && i < sizeof statuses / sizeof statuses[0];
         i++) {
        if (memcmp(text.at, statuses[i].word, STATUS_LENGTH) == 0) {
            value->status = statuses[i].status;
            if (value->status == READING_ERROR) {
                text_code(value, text.at, STATUS_LENGTH);
            }
            return true;
        }
    }
    return false;
}

static bool read_weight(struct text number, struct text unit, struct hw_value *value)
{
    const bool is_wide = has_width(unit, UNIT_WIDTH);
    const bool is_number = decimal_read(number.at, (size_t)(number.end - number.at), value);
    text_blanks(&unit);
    const bool is_unit = text_unit(&unit, value);
    text_blanks(&unit);
    if (!is_unit || !text_ends(&unit) || !is_wide) {
        return false;
    }
    const bool has_weight = value->status == READING_OK || value->status == READING_MOVING;
    value->has_digits = has_weight && is_number;
    return is_number || !has_weight;
}

static bool is_mode(struct text text)
{
    return (text_word(&text, "GS") || text_word(&text, "NT")) && text_ends(&text);
}

static bool is_scale_number(struct text text)
{
    skip_address(&text);
    return text.end - text.at == 1 && byte_is_digit(*text.at);
}

static bool read_print(const struct text part[PRINT_PARTS], struct hw_value *value)
{
    struct hw_value tare;
    hw_value_begin(&tare, READING_WEIGHT);
    struct text weight_text = part[PRINT_WEIGHT];
    struct text tare_text = part[PRINT_TARE];
    return read_status(part[PRINT_STATUS], value) && text_weight(&weight_text, value) &&
           text_ends(&weight_text) && text_weight(&tare_text, &tare) && text_ends(&tare_text) &&
           strcmp(tare.unit, value->unit) == 0;
}

static enum text_verdict parse_answer(struct text text, struct hw_value *value)
{
    if (text_word(&text, "OK")) {
        return text_ends(&text) ? TEXT_ANSWER : TEXT_BROKEN;
    }
    if (!text_word(&text, "ERR") || text.end - text.at != 2 || !byte_is_digit(text.at[0]) ||
        !byte_is_digit(text.at[1])) {
        return TEXT_BROKEN;
    }
    value->status = READING_ERROR;
    text_code(value, text.at, 2);
    return TEXT_VALUE;
}

static enum text_verdict dini_parse(const struct hw_options *options, const uint8_t *line,
                                    size_t length, struct hw_value *value)
{
    (void)options;
    const struct text text = {line, line + length};
    struct text part[PARTS];
    const size_t count = text_split(text, part, PARTS);
    bool fits = false;
    if (count == 1) {
        skip_address(&part[0]);
        return parse_answer(part[0], value);
    }
    if (count == PRINT_PARTS && is_scale_number(part[PRINT_SCALE])) {
        fits = read_print(part, value);
        value->has_digits = value->status == READING_OK || value->status == READING_MOVING;
    } else if (count == STANDARD_PARTS) {
        skip_address(&part[STANDARD_STATUS]);
        fits = read_status(part[STANDARD_STATUS], value) && is_mode(part[STANDARD_MODE]) &&
               has_width(part[STANDARD_VALUE], STANDARD_WIDTH) &&
               read_weight(part[STANDARD_VALUE], part[STANDARD_UNIT], value);
    } else if (count == PARTS) {
        fits = is_scale_number(part[SCALE_NUMBER]) && read_status(part[EXTENDED_STATUS], value) &&
               has_width(part[EXTENDED_NET], EXTENDED_WIDTH) &&
               has_width(part[EXTENDED_TARE], STATUS_LENGTH + EXTENDED_WIDTH) &&
               has_width(part[PIECES], EXTENDED_WIDTH) &&
               read_weight(part[EXTENDED_NET], part[EXTENDED_UNIT], value);
    }
    return fits ? TEXT_VALUE : TEXT_BROKEN;
}

static const struct text_format dini_format = {
    .longest = LINE_LONGEST, .parse = dini_parse, .begins = dini_begins};

static struct frame_result dini_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&dini_format, options, bytes, count, values);
}

/* An address '0' to '9' goes in front as two digits; without one the line is RS-232. */
static size_t addressed(const struct hw_options *options, const char *command,
                        uint8_t request[HW_REQUEST_MAX])
{
    size_t length = 0;
    if (byte_is_digit((uint8_t)options->address)) {
        request[length++] = '0';
        request[length++] = (uint8_t)options->address;
    }
    return length + text_request(command, request + length);
}

static size_t dini_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    return addressed(options, "READ\r\n", request);
}

static size_t dini_command(const struct hw_options *options, enum hw_command command,
                           uint8_t request[HW_REQUEST_MAX])
{
    static const char *const requests[] = {
        [HW_COMMAND_ZERO] = "ZERO\r\n",
        [HW_COMMAND_TARE] = "TARE\r\n",
        [HW_COMMAND_CLEAR_TARE] = "C\r\n",
    };
    return addressed(options, requests[command], request);
}

const struct hw_driver scale_dini = {
    .name = "dini",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = 250,
    .equal_frames = 2,
    .summary = "Dini Argeo 3590, DGT, DFW: \"ST,GS,     0.0,kg\" and the extended string",
    .frame = dini_frame,
    .poll = dini_poll,
    .command = dini_command,
};
