/* Weights written as text: the one reader of digits, sign and point. Pure; any thread. */
#ifndef HW_DECIMAL_H
#define HW_DECIMAL_H

#include "hw/eight.h"
#include "hw/text.h"

enum { DECIMAL_SIX = 6 };

/* Where the first character that is no blank stands, in bits; that of the last where all are. */
static inline unsigned decimal_first(uint64_t word)
{
    const uint64_t last = UINT64_C(1) << (EIGHT_BITS - 8);
    return (unsigned)__builtin_ctzll((word ^ EIGHT_OF(' ')) | last) / 8 * 8;
}

/* Reads eight characters: blanks, and to the end digits with at most one point. Nearly every number
 * that has its own place in a frame is that. Sets digits, decimals and has_digits. False, with
 * `value` untouched, where they are anything else, which may still be a number. */
static inline bool decimal_read_at_once(uint64_t word, struct hw_value *value)
{
    const unsigned first = decimal_first(word);
    uint64_t values = (word ^ EIGHT_OF('0')) & ~UINT64_C(0) << first;
    const uint64_t others = eight_others(values);
    unsigned decimals = 0;
    if (others != 0) {
        const unsigned point = eight_first(others);
        values ^= (uint64_t)('.' ^ '0') << point;
        if ((others & (others - 1)) != 0 || first == EIGHT_BITS - 8 ||
            (values >> point & 0xFF) != 0) {
            return false;
        }
        /* The digits before it close the gap. */
        const uint64_t whole = values & eight_below(point);
        values += (whole << 8) - whole;
        decimals = EIGHT - 1 - point / 8;
    }
    value->has_digits = true;
    value->digits = eight_number(values);
    value->decimals = (uint8_t)decimals;
    return true;
}

/* Likewise with '+', '-' and blanks before the digits; sets `negative` as well. */
static inline bool decimal_read_signed_at_once(uint64_t word, struct hw_value *value)
{
    const unsigned first = decimal_first(word);
    const unsigned sign = (unsigned)(word >> first) & 0xFF;
    if (sign == '-' || sign == '+') {
        word ^= (uint64_t)(sign ^ ' ') << first;
    }
    value->negative = sign == '-';
    return decimal_read_at_once(word, value);
}

/* Reads all `width` bytes: a number as above and blanks. False, with `value` no longer of use,
 * where the bytes are anything else. */
static inline bool decimal_read(const uint8_t *bytes, size_t width, struct hw_value *value)
{
    if (width >= EIGHT_LEAST && width <= EIGHT &&
        decimal_read_signed_at_once(eight_load_right(bytes, width), value)) {
        return true;
    }
    struct text text = {bytes, bytes + width};
    const bool is_number = text_number(&text, value);
    text_blanks(&text);
    return is_number && text_ends(&text);
}

/* Six digits with blanks for leading zeros, neither sign nor point: a field of many binary frames.
 * False, with `value` no longer of use, where the bytes are anything else. */
static inline bool decimal_read_six(const uint8_t bytes[DECIMAL_SIX], struct hw_value *value)
{
    size_t at = 0;
    while (at < DECIMAL_SIX - 1 && bytes[at] == ' ') {
        at++;
    }
    uint32_t digits = 0;
    for (; at < DECIMAL_SIX; at++) {
        if (!byte_is_digit(bytes[at])) {
            return false;
        }
        digits = digits * 10 + (uint32_t)(bytes[at] - '0');
    }
    value->has_digits = true;
    value->negative = false;
    value->digits = digits;
    value->decimals = 0;
    return true;
}

/* Likewise with the lowest digit first: "000.300-" is -3.000. At most 15 bytes. */
bool decimal_read_reversed(const uint8_t *bytes, size_t width, struct hw_value *value);

/* `decimals` of the port's settings, for a value that was written without a point in those `width`
 * bytes. */
static inline void decimal_set_point(const struct hw_options *options, const uint8_t *bytes,
                                     size_t width, struct hw_value *value)
{
    if (options->has_decimals && value->decimals == 0 && !memchr(bytes, '.', width)) {
        value->decimals = options->decimals;
    }
}

#endif
