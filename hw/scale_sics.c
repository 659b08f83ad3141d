/* Mettler Toledo standard interface command set, MT-SICS levels 0 and 1; also Ohaus, Kern KCP.
 *
 * Lines of text, each with CR LF or one of them. "." stands for a blank, V for a value of 4 to 12
 * characters (ten in every recording, fewer from imitations), right-aligned behind blanks, with its
 * sign and point; U for a unit of 1 to 5 characters; between V and U one blank or more, and blanks
 * may follow.
 *
 *     S.S.V.U   S.D.V.U       weight, stable or moving
 *     S.I   S.+   S.-         cannot be told now; over; under
 *     S.L                     the command has a wrong parameter
 *     ES   ET   EL            the device did not understand: syntax, transmission, logic
 *     T.S.V.U   TI.S.V.U   TI.D.V.U   TA.A.V.U       stored tare
 *     T.I T.+ T.-   TI.I TI.+ TI.-   TA.I TA.L   TAC.A TAC.I   Z.A Z.I Z.+ Z.-
 *     ZI.S ZI.D ZI.I ZI.+ ZI.-                       answers that carry no weight
 *
 * Sources: AT balances p.87, AL balances p.72; field recordings. The answers to Z and T and the
 * meaning of ES, ET and EL come from general knowledge. There is no check: only
 * port_config.equal_frames catches a changed digit.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum { LINE_LONGEST = 32, VALUE_NARROWEST = 4, VALUE_WIDEST = 12, UNIT_LONGEST = 5, POLL_MS = 200 };

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

static bool is_unit_character(uint8_t byte)
{
    const uint8_t folded = byte | 0x20;
    return (folded >= 'a' && folded <= 'z') || byte == '%';
}

/* `text` is what follows the head. */
static bool read_weight(const uint8_t *text, size_t length, struct hw_value *value)
{
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    size_t unit_at = length;
    while (unit_at > 0 && is_unit_character(text[unit_at - 1])) {
        unit_at--;
    }
    size_t width = unit_at;
    while (width > 0 && text[width - 1] == ' ') {
        width--;
    }
    const size_t unit_length = length - unit_at;
    if (unit_length == 0 || unit_length > UNIT_LONGEST || width == unit_at ||
        width < VALUE_NARROWEST || width > VALUE_WIDEST || !decimal_read(text, width, value)) {
        return false;
    }
    memcpy(value->unit, text + unit_at, unit_length);
    return true;
}

/* The kind of a line of `length` bytes without its end; NULL where it is none. */
static const struct line_kind *line_kind(const uint8_t *line, size_t length, struct hw_value *value)
{
    for (size_t i = 0; i < sizeof line_kinds / sizeof line_kinds[0]; i++) {
        const struct line_kind *kind = &line_kinds[i];
        const size_t head = strlen(kind->head);
        if (length < head || memcmp(line, kind->head, head) != 0) {
            continue;
        }
        const bool has_weight = kind->meaning == LINE_WEIGHT || kind->meaning == LINE_TARE;
        const bool fits =
            has_weight ? read_weight(line + head, length - head, value) : length == head;
        return fits ? kind : NULL;
    }
    return NULL;
}

static bool is_head_letter(uint8_t byte)
{
    return byte == 'S' || byte == 'E' || byte == 'T' || byte == 'Z';
}

static size_t line_length(const uint8_t *line, size_t count)
{
    size_t length = 0;
    while (length < count && !byte_is_line_end(line[length])) {
        length++;
    }
    return length;
}

static struct frame_result sics_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count)
{
    (void)options;
    if (!is_head_letter(bytes[0])) {
        size_t length = 1;
        const bool is_end = byte_is_line_end(bytes[0]);
        while (length < count && !is_head_letter(bytes[length]) &&
               byte_is_line_end(bytes[length]) == is_end) {
            length++;
        }
        return is_end ? frame_skip(length) : frame_reject(REJECT_NOISE, length);
    }
    const size_t known = line_length(bytes, count);
    if (known > LINE_LONGEST) {
        return frame_broken(REJECT_LENGTH, bytes, LINE_LONGEST, 'S');
    }
    if (known == count) {
        return frame_wait();
    }
    struct hw_value value;
    return line_kind(bytes, known, &value) ? frame_ok(known + 1)
                                           : frame_broken(REJECT_LAYOUT, bytes, known, 'S');
}

static size_t sics_decode(const struct hw_options *options, const uint8_t *frame, size_t length,
                          struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    struct hw_value *value = &values[0];
    *value = (struct hw_value){.kind = READING_WEIGHT, .channel = 1};
    const struct line_kind *kind = line_kind(frame, length - 1, value);
    if (!kind || kind->meaning == LINE_SILENT) {
        return 0;
    }
    value->status = (enum reading_status)kind->status;
    value->tare = kind->meaning == LINE_TARE;
    if (value->status == READING_ERROR) {
        const size_t letters = kind->head[1] == ' ' ? 2 : 0; /* "S L" says L */
        memcpy(value->text, kind->head + letters, sizeof kind->head - letters);
    }
    return 1;
}

static size_t write_request(const char *line, uint8_t request[HW_REQUEST_MAX])
{
    const size_t length = strlen(line);
    memcpy(request, line, length);
    return length;
}

static size_t sics_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return write_request("SI\r\n", request);
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
    return write_request(lines[command], request);
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
    .decode = sics_decode,
    .poll = sics_poll,
    .command = sics_command,
};
