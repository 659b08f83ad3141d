/* 鼎松 DingSong DS822-X.
 *
 * A frame, 22 bytes:
 *     0       02              STX
 *     1       20-7E           address
 *     2       41 or 61        'A' or 'a'
 *     3       2B 2D 20        sign
 *     4-9     30-39 20        six digits, high digit first; blanks for leading zeros
 *     10      30-35           how many of them stand after the point
 *     11-16   30-39 20        tare, six digits with the same point; not shown
 *     17      20-3F           error, 30 for none
 *     18-19   20-7F           status, not documented, not looked at
 *     20      40-7F           check: XOR of all bytes before, with bit 6 set
 *     21      03              ETX
 *
 * C frame, 17 bytes, what stands on the display:
 *     0-1                     as above
 *     2       43 or 63        'C' or 'c'
 *     3-14    pairs           six times a character and its lamp, 20 off or 30 on. Characters are
 *                             digits; the last one may be 3A-3F, no digit (recorded: 3C). Where the
 *                             point stands is not known: the port's `decimals` says it.
 *     15      40-7F           check, as above
 *     16      03              ETX
 *
 * Source: one recorded C frame and public layout notes. The display frame has no sign we know of,
 * so that a character which is no digit is refused anywhere but in the last place.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    STX = 0x02,
    ETX = 0x03,
    KIND_AT = 2,
    SHORTEST = 17,
    A_SIGN_AT = 3,
    A_DIGITS_AT = 4,
    A_DECIMALS_AT = 10,
    A_TARE_AT = 11,
    A_ERROR_AT = 17,
    A_LENGTH = 22,
    C_PAIRS_AT = 3,
    C_LENGTH = 17,
    DIGITS = DECIMAL_SIX,
    DECIMALS_MAX = 5,
    CHECK_BIT = 0x40
};

static bool read_a_frame(const uint8_t *frame, struct hw_value *value)
{
    struct hw_value tare;
    const uint8_t sign = frame[A_SIGN_AT];
    const uint8_t decimals = frame[A_DECIMALS_AT];
    if ((sign != '+' && sign != '-' && sign != ' ') ||
        !decimal_read_six(frame + A_DIGITS_AT, value) || decimals < '0' ||
        decimals > '0' + DECIMALS_MAX || !decimal_read(frame + A_TARE_AT, DIGITS, &tare) ||
        (frame[A_ERROR_AT] & 0xE0) != 0x20) {
        return false;
    }
    value->negative = sign == '-';
    value->decimals = (uint8_t)(decimals - '0');
    if (frame[A_ERROR_AT] != '0') {
        value->status = READING_ERROR;
        value->has_digits = false;
        value->text[0] = (char)frame[A_ERROR_AT];
        value->text[1] = '\0';
    }
    return true;
}

/* Characters of the pairs up to `text`; how many are digits, 0 where the pairs fit no display. */
static size_t read_pairs(const uint8_t *frame, uint8_t text[DIGITS])
{
    for (size_t i = 0; i < DIGITS; i++) {
        const uint8_t lamp = frame[C_PAIRS_AT + 2 * i + 1];
        text[i] = frame[C_PAIRS_AT + 2 * i];
        if (lamp != 0x20 && lamp != 0x30) {
            return 0;
        }
        if (!byte_is_digit(text[i])) {
            return i == DIGITS - 1 && text[i] >= 0x3A && text[i] <= 0x3F ? i : 0;
        }
    }
    return DIGITS;
}

static bool read_c_frame(const struct hw_options *options, const uint8_t *frame,
                         struct hw_value *value)
{
    uint8_t text[DIGITS];
    const size_t width = read_pairs(frame, text);
    if (width == 0 || !decimal_read(text, width, value)) {
        return false;
    }
    decimal_set_point(options, text, width, value);
    return true;
}

static uint8_t check_of(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum ^= bytes[i];
    }
    return (uint8_t)(sum | CHECK_BIT);
}

static struct frame_result ds822_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != STX) {
        const uint8_t *start = memchr(bytes, STX, count);
        return frame_reject(REJECT_NOISE, start ? (size_t)(start - bytes) : count);
    }
    if (count < SHORTEST) {
        return frame_wait_for(SHORTEST);
    }
    const uint8_t kind = bytes[KIND_AT] & 0xDF;
    const size_t length = kind == 'A' ? A_LENGTH : C_LENGTH;
    if ((kind != 'A' && kind != 'C') || bytes[1] < 0x20 || bytes[1] > 0x7E) {
        return frame_broken(REJECT_LAYOUT, bytes, KIND_AT, STX);
    }
    if (count < length) {
        return frame_wait_for(length);
    }
    hw_value_begin(&values[0], READING_WEIGHT);
    const bool fits =
        kind == 'A' ? read_a_frame(bytes, &values[0]) : read_c_frame(options, bytes, &values[0]);
    if (!fits || bytes[length - 1] != ETX) {
        return frame_broken(REJECT_LAYOUT, bytes, length - 1, STX);
    }
    if (options->checksum && bytes[length - 2] != check_of(bytes, length - 2)) {
        return frame_broken(REJECT_CHECKSUM, bytes, length, STX);
    }
    return frame_ok(length, 1);
}

const struct hw_driver scale_dingsong_ds822 = {
    .name = "dingsong_ds822",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "DingSong DS822-X weight (A) and display (C) frames",
    .frame = ds822_frame,
};
