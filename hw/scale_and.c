/* A&D standard format: EK, EJ, FG, GC, GH, GX, HV and others.
 *
 *     bytes  text            meaning
 *     2      ST US QT OL     stable, moving, stable count of pieces, out of range
 *     1      ,
 *     0, 3   LO, OK, HI, --, GC and FG with the result of the comparator
 *     9      +001234.5       sign, then digits with at most one point, leading zeros or blanks
 *     3      "  g" " kg"     unit, right-aligned: g kg lb oz ozt t ct PC %
 *            both are 14     GX-M: 10 or 11, and the unit in the rest
 *     2      CR LF           either or both
 *
 *     after OL the digits mean nothing ("+999999.9  g", "+9999999E+19"): '-' is underload
 *     "I", "?", "EC,E11"     the scale cannot do that now, or does not know the command
 *
 * Sources: EK-L manual p.28, EJ-120 p.24, GC p.51, GH p.44, GX p.44, FG-K p.40; frames of a
 * GX-10202M in a public test. The whole line has fifteen characters (eighteen with the comparator),
 * or seventeen, so that a lost or doubled byte is refused; there is no check beyond that.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum { LINE_LONGEST = 24, HEADER_LENGTH = 3, VALUE_WIDTH = 9, UNIT_WIDTH = 3, LONG_WIDTH = 14 };

static const struct {
    char word[HEADER_LENGTH + 1];
    enum reading_status status;
} headers[] = {
    {"ST,", READING_OK},
    {"US,", READING_MOVING},
    {"QT,", READING_OK},
    {"OL,", READING_OVERLOAD},
};

static bool and_begins(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (memcmp(bytes, headers[i].word, count < HEADER_LENGTH ? count : HEADER_LENGTH) == 0) {
            return true;
        }
    }
    return false;
}

/* What the scale answers to a command, where it has been told to answer. */
static enum text_verdict parse_answer(struct text line, struct hw_value *value)
{
    static const char *const acknowledgements[] = {"\x06", "Z", "T", "R"};
    const size_t length = (size_t)(line.end - line.at);
    if (text_word(&line, "EC,")) {
        value->status = READING_ERROR;
        text_code(value, line.at, (size_t)(line.end - line.at));
        return length == 6 && line.at[0] == 'E' ? TEXT_VALUE : TEXT_BROKEN;
    }
    if (length == 1 && (*line.at == 'I' || *line.at == '?')) {
        value->status = *line.at == 'I' ? READING_BUSY : READING_ERROR;
        return TEXT_VALUE;
    }
    for (size_t i = 0; length == 1 && i < sizeof acknowledgements / sizeof acknowledgements[0];
         i++) {
        if (text_word(&line, acknowledgements[i])) {
            return TEXT_ANSWER;
        }
    }
    return TEXT_BROKEN;
}

static bool is_out_of_range_text(struct text text)
{
    for (; text.at < text.end; text.at++) {
        if (*text.at < ' ' || *text.at > '~' || *text.at == ',') {
            return false;
        }
    }
    return true;
}

static bool read_header(struct text *text, struct hw_value *value)
{
    if (text->end - text->at < HEADER_LENGTH) {
        return false;
    }
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (memcmp(text->at, headers[i].word, HEADER_LENGTH) == 0) {
            value->status = headers[i].status;
            text->at += HEADER_LENGTH;
            return true;
        }
    }
    return false;
}

static void skip_comparator(struct text *text)
{
    static const char words[][HEADER_LENGTH + 1] = {"LO,", "OK,", "HI,", "--,"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_word(text, words[i])) {
            return;
        }
    }
}

static enum text_verdict and_parse(const struct hw_options *options, const uint8_t *line,
                                   size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    if (!read_header(&text, value)) {
        return parse_answer(text, value);
    }
    if (text.end - text.at != VALUE_WIDTH + UNIT_WIDTH && text.end - text.at != LONG_WIDTH) {
        skip_comparator(&text);
    }
    const bool is_long = text.end - text.at == LONG_WIDTH;
    if (text.end - text.at != VALUE_WIDTH + UNIT_WIDTH && !is_long) {
        return TEXT_BROKEN;
    }
    struct text number = {text.at, is_long ? text.end - UNIT_WIDTH : text.at + VALUE_WIDTH};
    struct text unit = {number.end, text.end};
    text_blanks(&unit);
    const bool has_unit = text_unit(&unit, value);
    text_blanks(&unit);
    if (value->status == READING_OVERLOAD) {
        text_blanks(&number);
        value->status = text_byte(&number, '-') ? READING_UNDERLOAD : READING_OVERLOAD;
        return is_out_of_range_text(text) ? TEXT_VALUE : TEXT_BROKEN;
    }
    const bool is_number = text_number(&number, value);
    text_blanks(&number);
    return is_number && text_ends(&number) && has_unit && text_ends(&unit) ? TEXT_VALUE
                                                                           : TEXT_BROKEN;
}

static const struct text_format and_format = {
    .longest = LINE_LONGEST, .parse = and_parse, .begins = and_begins};

static struct frame_result and_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&and_format, options, bytes, count, values);
}

const struct hw_driver scale_and_and_std = {
    .name = "and_std",
    .kind = READING_WEIGHT,
    .line = "2400/7e1",
    .equal_frames = 2,
    .summary = "A&D standard format \"ST,+001234.5  g\": EK, EJ, FG, GC, GH",
    .frame = and_frame,
    .command = text_zero_or_tare,
};
