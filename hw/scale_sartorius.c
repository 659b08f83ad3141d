/* Sartorius balances, the SBI format: 16 bytes, or 22 with an identification in front.
 *
 *     byte    byte    text        meaning
 *     of 22   of 16
 *     0-5             "N     "    what the value is: N net, G gross, T1 stored tare, Stat; often #
 *     6       0       + - blank   sign
 *     7-16    1-10    value       blanks, digits with at most one point, blank
 *     17-19   11-13   "kg "       unit, padded with blanks; blank while the weight is moving
 *     20-21   14-15   CR LF       either or both
 *
 *     in place of the value: "H" or "High" overload, "L" or "Low" underload, "Err 101" an error
 *     with its number, "Cal.", "Wait", "--", "OFF": no weight at the moment
 *
 * Sources: LE2202S manual p.51, Entris II interface description p.3, sartoriuslib. Line settings
 * differ between generations (9600/8o1, 9600/7n1, 1200/7o1): the port's setting decides. A line
 * with a value has exactly its length, so that a lost or doubled byte is refused; there is no check
 * beyond that.
 *
 * Commands (ESC, letter, CR LF): P print, U tare, V zero.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

enum { LINE_LONGEST = 24, VALUE_LENGTH = 14, ID_LENGTH = 6, UNIT_WIDTH = 3 };

/* The words that stand where a value cannot. */
static bool parse_word(struct text text, struct hw_value *value)
{
    static const struct {
        const char *word;
        enum reading_status status;
    } words[] = {
        {"High", READING_OVERLOAD}, {"H", READING_OVERLOAD}, {"Low", READING_UNDERLOAD},
        {"L", READING_UNDERLOAD},   {"Cal.", READING_BUSY},  {"Wait", READING_BUSY},
        {"--", READING_BUSY},       {"OFF", READING_BUSY},   {"ERR", READING_ERROR},
    };
    text_blanks(&text);
    const struct text begin = text;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        text = begin;
        if (text_word(&text, words[i].word)) {
            text_blanks(&text);
            value->status = words[i].status;
            if (text_ends(&text)) {
                return true;
            }
        }
    }
    text = begin;
    if (!text_word(&text, "Err") && !text_word(&text, "ERR")) {
        return false;
    }
    text_blanks(&text);
    const uint8_t *number = text.at;
    while (text.at < text.end && byte_is_digit(*text.at)) {
        text.at++;
    }
    value->status = READING_ERROR;
    text_code(value, number, (size_t)(text.at - number));
    text_blanks(&text);
    return text_ends(&text);
}

static bool is_identification(const uint8_t *bytes)
{
    for (size_t i = 0; i < ID_LENGTH; i++) {
        if (bytes[i] < ' ' || bytes[i] > '~') {
            return false;
        }
    }
    return bytes[0] == '#' || (uint8_t)((bytes[0] | 0x20) - 'a') < 26;
}

static enum text_verdict sbi_parse(const struct hw_options *options, const uint8_t *line,
                                   size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    if (length == VALUE_LENGTH + ID_LENGTH) {
        if (!is_identification(line)) {
            return TEXT_BROKEN;
        }
        value->tare = line[0] == 'T';
        text.at += ID_LENGTH;
    } else if (length != VALUE_LENGTH) {
        return TEXT_BROKEN;
    }
    struct text number = {text.at, text.end - UNIT_WIDTH};
    struct text unit = {number.end, text.end};
    if (!text_number(&number, value)) {
        return parse_word(text, value) ? TEXT_VALUE : TEXT_BROKEN;
    }
    text_blanks(&number);
    text_blanks(&unit);
    if (text_ends(&unit)) {
        value->status = READING_MOVING;
    } else if (!text_unit(&unit, value)) {
        return TEXT_BROKEN;
    }
    text_blanks(&unit);
    return text_ends(&number) && text_ends(&unit) ? TEXT_VALUE : TEXT_BROKEN;
}

static const struct text_format sbi_format = {.longest = LINE_LONGEST, .parse = sbi_parse};

static struct frame_result sbi_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&sbi_format, options, bytes, count, values);
}

static size_t sbi_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return text_request("\x1BP\r\n", request);
}

static size_t sbi_command(const struct hw_options *options, enum hw_command command,
                          uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    static const char *const requests[] = {
        [HW_COMMAND_ZERO] = "\x1BV\r\n",
        [HW_COMMAND_TARE] = "\x1BU\r\n",
        [HW_COMMAND_CLEAR_TARE] = "",
    };
    return text_request(requests[command], request);
}

const struct hw_driver scale_sartorius_sbi = {
    .name = "sbi",
    .kind = READING_WEIGHT,
    .line = "9600/8o1",
    .polled = true,
    .poll_ms = 250,
    .whole_lines = true,
    .equal_frames = 2,
    .summary = "Sartorius SBI, 16 or 22 bytes, no unit while moving",
    .frame = sbi_frame,
    .poll = sbi_poll,
    .command = sbi_command,
};
