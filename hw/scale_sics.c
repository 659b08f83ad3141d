/* Mettler Toledo standard interface command set, MT-SICS levels 0 and 1; also Ohaus, Kern KCP.
 *
 * Lines of text, each with CR LF or one of them. "." stands for a blank, V for a value of 4 to 12
 * characters (ten in every recording, fewer from imitations), right-aligned behind blanks, with its
 * sign and point; U for a unit of 1 to 5 characters; between V and U one blank or more, and blanks
 * may follow.
 *
 *     S.S.V.U   S.D.V.U       weight, stable or moving
 *     S.S.Error.10b           a fault of the device instead of a weight: one or two digits, then b
 *                             of the balance or t of the terminal
 *     S.I   S.+   S.-         cannot be told now; over; under
 *     S.L                     the command has a wrong parameter
 *     ES   ET   EL            the device did not understand: syntax, transmission, logic
 *     T.S.V.U   TI.S.V.U   TI.D.V.U   TA.A.V.U       stored tare
 *     T.I T.+ T.-   TI.I TI.+ TI.-   TA.I TA.L   TAC.A TAC.I   Z.A Z.I Z.+ Z.-
 *     ZI.S ZI.D ZI.I ZI.+ ZI.-                       answers that carry no weight
 *
 * Sources: AT balances p.87, AL balances p.72; field recordings. The answers to Z and T, the
 * meaning of ES, ET and EL and the faults with their letters come from general knowledge. There is
 * no check: only port_config.equal_frames catches a changed digit.
 */
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum { LINE_LONGEST = 33, VALUE_NARROWEST = 4, VALUE_WIDEST = 12, UNIT_LONGEST = 5, POLL_MS = 200 };

enum line_meaning { LINE_SILENT, LINE_WEIGHT, LINE_TARE, LINE_STATUS };

static const struct line_kind {
    char head[6];
    uint8_t meaning;
    uint8_t status;
} line_kinds[] = {
    {"S S ", LINE_WEIGHT, READING_OK},       {"S D ", LINE_WEIGHT, READING_MOVING},
    {"S I", LINE_STATUS, READING_BUSY},      {"S +", LINE_STATUS, READING_OVERLOAD},
    {"S -", LINE_STATUS, READING_UNDERLOAD}, {"ES", LINE_STATUS, READING_ERROR},
    {"ET", LINE_STATUS, READING_ERROR},      {"EL", LINE_STATUS, READING_ERROR},
    {"T S ", LINE_TARE, READING_OK},         {"TI S ", LINE_TARE, READING_OK},
    {"TI D ", LINE_TARE, READING_MOVING},    {"TA A ", LINE_TARE, READING_OK},
    {"T I", LINE_SILENT, READING_OK},        {"T +", LINE_SILENT, READING_OK},
    {"T -", LINE_SILENT, READING_OK},        {"TI I", LINE_SILENT, READING_OK},
    {"TI +", LINE_SILENT, READING_OK},       {"TI -", LINE_SILENT, READING_OK},
    {"TA I", LINE_SILENT, READING_OK},       {"TA L", LINE_SILENT, READING_OK},
    {"TAC A", LINE_SILENT, READING_OK},      {"TAC I", LINE_SILENT, READING_OK},
    {"Z A", LINE_SILENT, READING_OK},        {"Z I", LINE_SILENT, READING_OK},
    {"Z +", LINE_SILENT, READING_OK},        {"Z -", LINE_SILENT, READING_OK},
    {"ZI S", LINE_SILENT, READING_OK},       {"ZI D", LINE_SILENT, READING_OK},
    {"ZI I", LINE_SILENT, READING_OK},       {"ZI +", LINE_SILENT, READING_OK},
    {"ZI -", LINE_SILENT, READING_OK},       {"S L", LINE_STATUS, READING_ERROR},
};

static const struct line_kind fault = {"", LINE_STATUS, READING_ERROR};

static bool read_weight(struct text text, struct hw_value *value)
{
    const uint8_t *const begin = text.at;
    while (text.end > begin && text.end[-1] == ' ') {
        text.end--;
    }
    if (!text_number(&text, value) || text.at - begin < VALUE_NARROWEST ||
        text.at - begin > VALUE_WIDEST || !text_byte(&text, ' ')) {
        return false;
    }
    text_blanks(&text);
    while (text.end > text.at && text.end[-1] == ' ') {
        text.end--;
    }
    const ptrdiff_t unit_length = text.end - text.at;
    if (unit_length < 1 || unit_length > UNIT_LONGEST) {
        return false;
    }
    for (ptrdiff_t i = 0; i < unit_length; i++) {
        if (!byte_is_of_unit(text.at[i])) {
            return false;
        }
        value->unit[i] = (char)text.at[i];
    }
    return true;
}

/* As text_word(), for words of which most differ in their first letters. */
static bool take_head(struct text *text, const char *head)
{
    const uint8_t *at = text->at;
    for (; *head; head++, at++) {
        if (at == text->end || *at != (uint8_t)*head) {
            return false;
        }
    }
    text->at = at;
    return true;
}

static bool read_fault(struct text text, struct hw_value *value)
{
    if (!text_word(&text, "Error ")) {
        return false;
    }
    const uint8_t *const code = text.at;
    while (text.at < text.end && byte_is_digit(*text.at)) {
        text.at++;
    }
    const ptrdiff_t digits = text.at - code;
    if (digits < 1 || digits > 2 || (!text_byte(&text, 'b') && !text_byte(&text, 't'))) {
        return false;
    }
    text_code(value, code, (size_t)(text.at - code));
    return text_ends(&text);
}

/* Reads a line without its end; NULL where it is none. */
static const struct line_kind *read_line(struct text line, struct hw_value *value)
{
    for (size_t i = 0; i < sizeof line_kinds / sizeof line_kinds[0]; i++) {
        const struct line_kind *kind = &line_kinds[i];
        const bool has_weight = kind->meaning == LINE_WEIGHT || kind->meaning == LINE_TARE;
        struct text text = line;
        if (take_head(&text, kind->head)) {
            const bool fits = has_weight ? read_weight(text, value) : text_ends(&text);
            return fits                                                      ? kind
                   : kind->meaning == LINE_WEIGHT && read_fault(text, value) ? &fault
                                                                             : NULL;
        }
    }
    return NULL;
}

static enum text_verdict sics_parse(const struct hw_options *options, const uint8_t *line,
                                    size_t length, struct hw_value *value)
{
    (void)options;
    const struct line_kind *kind = read_line((struct text){line, line + length}, value);
    if (!kind) {
        return TEXT_BROKEN;
    }
    value->status = (enum reading_status)kind->status;
    value->tare = kind->meaning == LINE_TARE;
    if (value->status == READING_ERROR && kind != &fault) {
        const size_t letters = kind->head[1] == ' ' ? 2 : 0; /* "S L" says L */
        memcpy(value->text, kind->head + letters, sizeof kind->head - letters);
    }
    return kind->meaning == LINE_SILENT ? TEXT_ANSWER : TEXT_VALUE;
}

static bool sics_begins(const uint8_t *bytes, size_t count)
{
    (void)count;
    return bytes[0] == 'S' || bytes[0] == 'E' || bytes[0] == 'T' || bytes[0] == 'Z';
}

static const struct text_format sics_format = {
    .longest = LINE_LONGEST, .parse = sics_parse, .begins = sics_begins};

static struct frame_result sics_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&sics_format, options, bytes, count, values);
}
static size_t sics_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return text_request("SI\r\n", request);
}

static size_t sics_command(const struct hw_options *options, enum hw_command command,
                           uint8_t request[HW_REQUEST_MAX])
{
    static const char *const lines[] = {
        [HW_COMMAND_ZERO] = "Z\r\n",
        [HW_COMMAND_TARE] = "T\r\n",
        [HW_COMMAND_CLEAR_TARE] = "TAC\r\n",
    };
    (void)options;
    return text_request(lines[command], request);
}

const struct hw_driver scale_sics_mt_sics = {
    .name = "mt_sics",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = POLL_MS,
    .equal_frames = 2,
    .summary = "MT-SICS: Mettler Toledo balances and terminals, Ohaus, Kern KCP",
    .frame = sics_frame,
    .poll = sics_poll,
    .command = sics_command,
};
