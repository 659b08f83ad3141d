/* CAS indicators, the 22-byte format: CI-200, CI-400, CI-600, NT.
 *
 *     byte    value        meaning
 *     0-1     ST US OL     stable, moving, out of range
 *     2       ,
 *     3-4     GS NT        gross, net
 *     5       ,
 *     6       any          device id as a raw byte: it may be a comma, CR, LF or NUL
 *     7       lamps        bit 6 stable, 4 hold, 3 printer, 2 gross, 1 tare, 0 zero; bits 5 and 7
 *                          differ between models
 *     8       ,
 *     9-16    8 characters blanks, a sign or none, blanks, digits with at most one point
 *     17      any          blank or NUL; the states of eight relays where the CI-400 is set so
 *     18-19   kg lb t g    unit, padded to two
 *     20-21   CR LF
 *
 *     "!" "?"              instead of all that: a command cannot be carried out, is not known
 *
 * Sources: CI-400 manual p.103-106, CI-150A manual p.54, a recorded CI-200A. Because of bytes 6 and
 * 7 the places decide, never a search for a comma or a line end. The words of bytes 0 and 1 say
 * whether the weight is stable; lamp bits are not asked, because models disagree on them. After OL
 * the digits mean nothing; a '-' makes it underload. There is no check.
 *
 * Commands (CI-400 p.105): 'D', the id as two digits, "KZ" zero or "KT" tare, CR LF.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum {
    LAMPS_COMMA_AT = 8,
    VALUE_AT = 9,
    VALUE_END = 17,
    UNIT_AT = 18,
    UNIT_END = 20,
    FRAME_LENGTH = 22
};

enum { WORD_LENGTH = 3, HEAD_LENGTH = 2 * WORD_LENGTH };

static const char statuses[][WORD_LENGTH + 1] = {"ST,", "US,", "OL,"};
static const char modes[][WORD_LENGTH + 1] = {"GS,", "NT,"};

static bool is_one_of(const uint8_t *bytes, size_t count, const char words[][WORD_LENGTH + 1],
                      size_t word_count)
{
    for (size_t i = 0; i < word_count; i++) {
        if (count >= WORD_LENGTH ? memcmp(bytes, words[i], WORD_LENGTH) == 0
                                 : memcmp(bytes, words[i], count) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a frame may begin with these bytes, of which `count` are known. */
static bool begins(const uint8_t *bytes, size_t count)
{
    return is_one_of(bytes, count, statuses, sizeof statuses / sizeof statuses[0]) &&
           (count <= WORD_LENGTH || is_one_of(bytes + WORD_LENGTH, count - WORD_LENGTH, modes,
                                              sizeof modes / sizeof modes[0]));
}

static bool read_parts(const uint8_t *frame, struct hw_value *value)
{
    struct text unit = {frame + UNIT_AT, frame + UNIT_END};
    const bool is_number = decimal_read(frame + VALUE_AT, VALUE_END - VALUE_AT, value);
    text_blanks(&unit);
    const bool is_unit = text_unit(&unit, value);
    text_blanks(&unit);
    return is_number && is_unit && text_ends(&unit);
}

static struct frame_result reject(enum reject_reason reason, const uint8_t *bytes, size_t count)
{
    size_t next = 1;
    while (next < count && !begins(bytes + next, count - next)) {
        next++;
    }
    return frame_reject(reason, next);
}

static bool is_refusal(uint8_t byte)
{
    return byte == '!' || byte == '?';
}

static struct frame_result read_refusal(const uint8_t *bytes, size_t count, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    value->status = bytes[0] == '!' ? READING_BUSY : READING_ERROR;
    return count < 2                    ? frame_wait()
           : byte_is_line_end(bytes[1]) ? frame_ok(2, 1)
                                        : reject(REJECT_NOISE, bytes, 2);
}

/* What broke the first bytes of a frame, or that more of them are needed. */
static struct frame_result unfinished(const uint8_t *bytes, size_t count)
{
    for (size_t length = 1; length <= HEAD_LENGTH && length <= count; length++) {
        if (!begins(bytes, length)) {
            return reject(length <= 2 ? REJECT_NOISE : REJECT_LAYOUT, bytes, length);
        }
    }
    return frame_wait();
}

static bool has_minus(const uint8_t *frame)
{
    for (size_t i = VALUE_AT; i < VALUE_END; i++) {
        if (frame[i] == '-') {
            return true;
        }
    }
    return false;
}

static struct frame_result cas_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    if (byte_is_line_end(bytes[0])) {
        return frame_skip(1);
    }
    if (is_refusal(bytes[0])) {
        return read_refusal(bytes, count, &values[0]);
    }
    if (count < FRAME_LENGTH || !begins(bytes, HEAD_LENGTH)) {
        return unfinished(bytes, count);
    }
    struct hw_value *value = &values[0];
    hw_value_begin(value, READING_WEIGHT);
    const bool has_seams =
        bytes[LAMPS_COMMA_AT] == ',' && bytes[UNIT_END] == '\r' && bytes[UNIT_END + 1] == '\n';
    if (!has_seams || (!read_parts(bytes, value) && bytes[0] != 'O')) {
        return reject(REJECT_LAYOUT, bytes, FRAME_LENGTH);
    }
    if (bytes[0] == 'O') {
        value->status = has_minus(bytes) ? READING_UNDERLOAD : READING_OVERLOAD;
        value->has_digits = false;
    } else if (bytes[0] == 'U') {
        value->status = READING_MOVING;
    }
    return frame_ok(FRAME_LENGTH, 1);
}

static size_t cas_command(const struct hw_options *options, enum hw_command command,
                          uint8_t request[HW_REQUEST_MAX])
{
    static const char *const requests[] = {
        [HW_COMMAND_ZERO] = "D01KZ\r\n",
        [HW_COMMAND_TARE] = "D01KT\r\n",
        [HW_COMMAND_CLEAR_TARE] = "",
    };
    const size_t length = text_request(requests[command], request);
    if (length > 0 && byte_is_digit((uint8_t)options->address)) {
        request[2] = (uint8_t)options->address;
    }
    return length;
}

const struct hw_driver scale_cas_cas22 = {
    .name = "cas22",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "CAS CI-200, CI-400, CI-600, NT: 22 bytes with device id and lamps",
    .frame = cas_frame,
    .command = cas_command,
};
