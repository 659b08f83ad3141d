/* Weights written as text: the one reader of digits, sign and point. Pure; any thread. */
#ifndef HW_DECIMAL_H
#define HW_DECIMAL_H

#include "hw/text.h"

enum { DECIMAL_SIX = 6 };

/* Reads all `width` bytes: a number as above and blanks. False, with `value` no longer of use,
 * where the bytes are anything else. */
static inline bool decimal_read(const uint8_t *bytes, size_t width, struct hw_value *value)
{
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
