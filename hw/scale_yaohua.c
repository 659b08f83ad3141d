/* 耀华 Yaohua indicators, continuous output ("tF=0").
 *
 *     byte    value       meaning
 *     0       02          STX
 *     1       2B or 2D    sign, '+' or '-'
 *     2-7     30-39       six digits, high digit first
 *     8       30-34       how many of them stand after the point, '0' to '4'
 *     9, 10   30-39 41-46 XOR of bytes 1 to 8, high nibble first; a nibble 0-9 is sent as 30h + n,
 *                         A-F as 37h + n (upper-case letters)
 *     11      03          ETX
 *
 * Sources: XK3190-A23p manual p.23, XK3190-A26 manual p.12; checks recomputed on ten recorded
 * frames. Two public drivers read byte 8 as a seventh digit; the manuals say decimals.
 *
 * There is no unit, no stable, net or overload flag. What a changed byte can do: one changed byte
 * is always caught, wherever it stands. Not caught are two digits that trade places, and two bytes
 * changed in the same bits; that is what port_config.equal_frames is for.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    STX = 0x02,
    ETX = 0x03,
    SIGN_AT = 1,
    DIGITS_AT = 2,
    DECIMALS_AT = 8,
    CHECK_AT = 9,
    END_AT = 11,
    FRAME_LENGTH = 12
};

enum { SIGN = 1, DIGIT = 2, DECIMALS = 4, CHECK = 8, END = 16 };

static const uint8_t byte_class[256] = {
    [ETX] = END,
    ['+'] = SIGN,
    ['-'] = SIGN,
    ['0'] = DIGIT | DECIMALS | CHECK,
    ['1'] = DIGIT | DECIMALS | CHECK,
    ['2'] = DIGIT | DECIMALS | CHECK,
    ['3'] = DIGIT | DECIMALS | CHECK,
    ['4'] = DIGIT | DECIMALS | CHECK,
    ['5'] = DIGIT | CHECK,
    ['6'] = DIGIT | CHECK,
    ['7'] = DIGIT | CHECK,
    ['8'] = DIGIT | CHECK,
    ['9'] = DIGIT | CHECK,
    ['A'] = CHECK,
    ['B'] = CHECK,
    ['C'] = CHECK,
    ['D'] = CHECK,
    ['E'] = CHECK,
    ['F'] = CHECK,
};

static const uint8_t place_class[FRAME_LENGTH] = {
    0, SIGN, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DECIMALS, CHECK, CHECK, END,
};

/* Looks at sign, digits and decimals as one word of eight bytes, and sums them up: a frame is
 * looked at fifty times a second on every port. Where it says no, first_unfit() knows the byte. */
static bool value_fits(const uint8_t *value, unsigned *sum)
{
    static const uint64_t high = UINT64_C(0xF0F0F0F0F0F0F0F0);
    static const uint64_t zeros = UINT64_C(0x3030303030303030);
    static const uint64_t sixes = UINT64_C(0x0606060606060606);
    uint64_t word;
    memcpy(&word, value, sizeof word);
    uint64_t fold = word ^ word >> 32;
    fold ^= fold >> 16;
    *sum = (unsigned)(fold ^ fold >> 8) & 0xFF;
    /* The sign is no digit: a digit stands in for it. */
    uint8_t digits[sizeof word];
    memcpy(digits, value, sizeof digits);
    digits[0] = '0';
    memcpy(&word, digits, sizeof word);
    return (word & high) == zeros && ((word + sixes) & high) == zeros &&
           (byte_class[value[0]] & SIGN) && (byte_class[value[7]] & DECIMALS);
}

/* No STX fits anywhere inside a frame, so that everything before an unfit byte may be dropped. */
static size_t first_unfit(const uint8_t *bytes)
{
    size_t at = SIGN_AT;
    while (at < END_AT && byte_class[bytes[at]] & place_class[at]) {
        at++;
    }
    return at;
}

/* Not inlined, so that a frame does not pay for its registers. */
__attribute__((noinline)) static struct frame_result up_to_start(const uint8_t *bytes, size_t count)
{
    const uint8_t *start = memchr(bytes, STX, count);
    return frame_reject(REJECT_NOISE, start ? (size_t)(start - bytes) : count);
}

/* Written out: a loop takes twice as long. */
static uint32_t six_digits(const uint8_t *at)
{
    const uint32_t high = ((uint32_t)at[0] * 10 + at[1]) * 10 + at[2];
    const uint32_t low = ((uint32_t)at[3] * 10 + at[4]) * 10 + at[5];
    return high * 1000 + low - (uint32_t)'0' * 111111;
}

static struct frame_result tf0_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != STX) {
        return up_to_start(bytes, count);
    }
    if (count < FRAME_LENGTH) {
        return frame_wait_for(FRAME_LENGTH);
    }
    unsigned sum;
    if (!value_fits(bytes + SIGN_AT, &sum) || !(byte_class[bytes[CHECK_AT]] & CHECK) ||
        !(byte_class[bytes[CHECK_AT + 1]] & CHECK) || bytes[END_AT] != ETX) {
        return frame_reject(REJECT_LAYOUT, first_unfit(bytes));
    }
    if (options->checksum && (bytes[CHECK_AT] != byte_hex_digit(sum >> 4) ||
                              bytes[CHECK_AT + 1] != byte_hex_digit(sum))) {
        return frame_reject(REJECT_CHECKSUM, FRAME_LENGTH);
    }
    struct hw_value *value = &values[0];
    hw_value_begin(value, READING_WEIGHT);
    value->has_digits = true;
    value->negative = bytes[SIGN_AT] == '-';
    value->decimals = (uint8_t)(bytes[DECIMALS_AT] - '0');
    value->digits = six_digits(bytes + DIGITS_AT);
    return frame_ok(FRAME_LENGTH, 1);
}

const struct hw_driver scale_yaohua_tf0 = {
    .name = "yaohua_tf0",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "Yaohua XK3190 A9, A23p, A26 continuous output (tF=0), 12 bytes with XOR",
    .frame = tf0_frame,
};
