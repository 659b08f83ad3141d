/* Sartorius balances, the SBI format: 16 bytes, or 22 with an identification in front.
 *
 *     byte    byte    text        meaning
 *     of 22   of 16
 *     0-5             "N     "    what the value is: N net, G gross, T1 stored tare, Stat; often #;
 *                                 Combics: at the right
 *     6       0       + - blank   sign
 *     7-16    1-10    value       blanks, digits with at most one point, blank; for a printer the
 *                                 digit that is not verified stands in brackets: "123.5[6]"
 *     17-19   11-13   "kg "       unit, padded with blanks; blank while the weight is moving
 *     20-21   14-15   CR LF       either or both
 *
 *     in place of the value: "H" or "High" overload, "L" or "Low" underload, "Err 101" or "E 101"
 *     an error with its number, "APP.ER" and the like without one; "C", "Cal.", "Wait", "--", "OFF"
 *     or only blanks: no weight at the moment
 *
 * Of the many identifications (Combics p.98) only those in load_words[] tell what lies on the
 * scale; "wRef" is one piece, "Max" a limit.
 *
 * Sources: LE2202S manual p.51, EB6 p.62, Combics p.98, Entris II interface description p.3,
 * sartoriuslib. Line settings differ between generations (9600/8o1, 9600/7n1, 1200/7o1): the port's
 * setting decides. A line with a value has exactly its length, so that a lost or doubled byte is
 * refused; there is no check beyond that.
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
        {"High", READING_OVERLOAD}, {"H", READING_OVERLOAD},   {"Low", READING_UNDERLOAD},
        {"L", READING_UNDERLOAD},   {"Cal.", READING_BUSY},    {"Wait", READING_BUSY},
        {"--", READING_BUSY},       {"OFF", READING_BUSY},     {"ERR", READING_ERROR},
        {"C", READING_BUSY},        {"", READING_BUSY},        {"Cal. Ext.", READING_BUSY},
        {"Cal.Ext.", READING_BUSY}, {"APP.ER", READING_ERROR}, {"DIS.ER", READING_ERROR},
        {"PRT.ER", READING_ERROR},
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
    if (!text_word(&text, "Err") && !text_word(&text, "ERR") && !text_word(&text, "E ")) {
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

static bool is_identification(struct text text)
{
    for (const uint8_t *at = text.at; at < text.end; at++) {
        if (*at < ' ' || *at > '~') {
            return false;
        }
    }
    text_blanks(&text);
    return !text_ends(&text) && (*text.at == '#' || (uint8_t)((*text.at | 0x20) - 'a') < 26);
}

static bool is_load(struct text text)
{
    static const char *const load_words[] = {"G#", "G", "N#", "N", "Qnt", "Prc", "x-Net", "Stat"};
    text_blanks(&text);
    for (size_t i = 0; i < sizeof load_words / sizeof load_words[0]; i++) {
        struct text rest = text;
        if (text_word(&rest, load_words[i])) {
            while (rest.at < rest.end && byte_is_digit(*rest.at)) {
                rest.at++;
            }
            text_blanks(&rest);
            if (text_ends(&rest)) {
                return true;
            }
        }
    }
    return false;
}

/* "[6]" behind a number is its last digit. */
static void take_bracketed(struct text *number, struct hw_value *value)
{
    const uint8_t *const at = number->at;
    if (number->end - at == 3 && at[0] == '[' && byte_is_digit(at[1]) && at[2] == ']') {
        value->digits = value->digits * 10 + (uint64_t)(at[1] - '0');
        value->decimals = (uint8_t)(value->decimals + (value->decimals > 0 || at[-1] == '.'));
        number->at = number->end;
    }
}

static enum text_verdict sbi_parse(const struct hw_options *options, const uint8_t *line,
                                   size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    if (length == VALUE_LENGTH + ID_LENGTH) {
        const struct text identification = {line, line + ID_LENGTH};
        if (!is_identification(identification)) {
            return TEXT_BROKEN;
        }
        value->tare = !is_load(identification);
        text.at += ID_LENGTH;
    } else if (length != VALUE_LENGTH) {
        return TEXT_BROKEN;
    }
    struct text number = {text.at, text.end - UNIT_WIDTH};
    struct text unit = {number.end, text.end};
    if (!text_number(&number, value)) {
        return parse_word(text, value) ? TEXT_VALUE : TEXT_BROKEN;
    }
    take_bracketed(&number, value);
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
