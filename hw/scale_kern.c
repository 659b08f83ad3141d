/* KERN balances: the fixed format of EW and EG (`kern_ew`) and the text of the others, which is
 * also that of G&G (`kern_text`).
 *
 * kern_ew, 14 or 15 bytes, or one more with a slash, streaming; slower while stable:
 *
 *     bytes  text         meaning
 *     1      + - blank    sign
 *     7, 8   0000.00      digits with at most one point; without one a blank stands at the end
 *     0, 1   /0           verified balances: '/' and the last digit, which is finer than the
 *                         verified ones: a digit like the others. It stands within the 7 or 8
 *                         characters or is the one more
 *     2      " G" "KG"    unit, upper case: G KG T CT LB OZ OT DW GR TL MO PC, "to", or " %"
 *     1      L G H blank  comparator: low, good, high
 *     1      S U E blank  stable, moving, error; blank where the balance does not say
 *     2      CR LF        either or both
 *
 * E stands for over and for under the range, with digits that read 0: the sign tells which.
 * Sources: libsigrok's driver for EW and its recordings; Vibra manual 10.4.3 and 10.4.4 (the same
 * maker) and a recorded "+007.12/3 G S". Unit letters are handed on in lower case.
 *
 * kern_text:
 *
 *     0-1    M            PCB, DE: a mark, of no meaning for the weight
 *     0-12   value        blanks, '-' or none, blanks, digits with at most one point
 *     0-n    blanks
 *     0-3    unit         g kg ct lb oz pcs %: it is sent only while the weight is stable
 *     0-n    blanks
 *     2      CR LF        either or both
 *
 *     blanks and "Error" instead of all that: no weight can be shown
 *
 * Sources: PCB manual p.35, FKB p.37, KDE p.36; a recorded G&G. Commands without a line end: 'w'
 * weight, stable or not; 't' tare.
 *
 * Neither has a check.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum {
    EW_LONGEST = 20,
    EW_TAIL = 4, /* unit, comparator and state */
    EW_SHORTEST_LINE = 12,
    EW_LONGEST_LINE = 13, /* and one more with a slash */
    TEXT_LONGEST = 24
};

static bool ew_begins(const uint8_t *bytes, size_t count)
{
    (void)count;
    return bytes[0] == '+' || bytes[0] == '-';
}

static bool ew_unit(struct text *unit, struct hw_value *value)
{
    /* Those that no other scale calls so; none of them becomes grams. */
    static const char own[][3] = {"OT", "DW", "GR", "MO", "to"};
    bool is_own = false;
    for (size_t i = 0; i < sizeof own / sizeof own[0] && !is_own; i++) {
        is_own = text_word(unit, own[i]);
        memcpy(value->unit, own[i], sizeof own[i]);
    }
    if (!is_own && !text_unit(unit, value)) {
        return false;
    }
    for (char *letter = value->unit; *letter; letter++) {
        if (*letter >= 'A' && *letter <= 'Z') {
            *letter = (char)(*letter - 'A' + 'a');
        }
    }
    return true;
}

static bool ew_state(uint8_t comparator, uint8_t state, struct hw_value *value)
{
    if (comparator != ' ' && comparator != 'L' && comparator != 'G' && comparator != 'H') {
        return false;
    }
    if (state == 'E') {
        value->status = value->negative ? READING_UNDERLOAD : READING_OVERLOAD;
        value->has_digits = false;
        return true;
    }
    value->status = state == 'U' ? READING_MOVING : READING_OK;
    return state == 'S' || state == 'U' || state == ' ';
}

/* Blanks, digits with at most one point, blanks; or digits with a point, '/' and a last digit,
 * where it is plain which place that one has. */
static bool ew_digits(struct text number, struct hw_value *value)
{
    text_blanks(&number);
    const uint8_t *const first = number.at;
    if (!text_digits(&number, value)) {
        return false;
    }
    const bool has_point = memchr(first, '.', (size_t)(number.at - first)) != NULL;
    if (number.end - number.at >= 2 && number.at[0] == '/' && byte_is_digit(number.at[1])) {
        value->digits = value->digits * 10 + (uint64_t)(number.at[1] - '0');
        value->decimals = (uint8_t)(value->decimals + has_point);
        number.at += 2;
    }
    text_blanks(&number);
    return text_ends(&number);
}

static enum text_verdict ew_parse(const struct hw_options *options, const uint8_t *line,
                                  size_t length, struct hw_value *value)
{
    (void)options;
    if (length < EW_SHORTEST_LINE || length > EW_LONGEST_LINE + 1) {
        return TEXT_BROKEN;
    }
    const uint8_t *tail = line + length - EW_TAIL;
    const struct text number = {line + 1, tail};
    struct text unit = {tail, tail + 2};
    const bool has_sign = line[0] == '+' || line[0] == '-' || line[0] == ' ';
    const bool fits = length <= EW_LONGEST_LINE || memchr(line, '/', length - EW_TAIL) != NULL;
    const bool has_digits = ew_digits(number, value);
    value->negative = line[0] == '-';
    text_blanks(&unit);
    const bool has_unit = ew_unit(&unit, value);
    text_blanks(&unit);
    return has_sign && fits && has_digits && has_unit && text_ends(&unit) &&
                   ew_state(tail[2], tail[3], value)
               ? TEXT_VALUE
               : TEXT_BROKEN;
}

static enum text_verdict plain_parse(const struct hw_options *options, const uint8_t *line,
                                     size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    text_blanks(&text);
    if (text_word(&text, "Error")) {
        text_blanks(&text);
        value->status = READING_ERROR;
        return text_ends(&text) ? TEXT_VALUE : TEXT_BROKEN;
    }
    (void)text_byte(&text, 'M');
    if (!text_number(&text, value)) {
        return TEXT_BROKEN;
    }
    text_blanks(&text);
    if (!text_unit(&text, value)) {
        value->status = READING_MOVING;
    }
    text_blanks(&text);
    return text_ends(&text) ? TEXT_VALUE : TEXT_BROKEN;
}

static const struct text_format ew_format = {
    .longest = EW_LONGEST, .parse = ew_parse, .begins = ew_begins};
static const struct text_format plain_format = {.longest = TEXT_LONGEST, .parse = plain_parse};

static struct frame_result ew_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&ew_format, options, bytes, count, values);
}

static struct frame_result plain_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&plain_format, options, bytes, count, values);
}

static size_t plain_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return text_request("w", request);
}

static size_t plain_command(const struct hw_options *options, enum hw_command command,
                            uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return command == HW_COMMAND_TARE ? text_request("t", request) : 0;
}

const struct hw_driver scale_kern_ew = {
    .name = "kern_ew",
    .kind = READING_WEIGHT,
    .line = "1200/8n2",
    .equal_frames = 2,
    .summary = "KERN EW, EG: 14 or 15 bytes \"+0000.00 G S\"",
    .frame = ew_frame,
};

const struct hw_driver scale_kern_text = {
    .name = "kern_text",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = 250,
    .whole_lines = true,
    .equal_frames = 2,
    .summary = "KERN DE, FKB, PCB and G&G: value and unit, no unit while moving",
    .frame = plain_frame,
    .poll = plain_poll,
    .command = plain_command,
};
