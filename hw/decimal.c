#include "hw/decimal.h"

#include "hw/bytes.h"

enum { DIGITS_MAX = 15, DECIMALS_MAX = 9 };

static size_t over_blanks(const uint8_t *text, size_t at, size_t width)
{
    while (at < width && text[at] == ' ') {
        at++;
    }
    return at;
}

bool decimal_read(const uint8_t *text, size_t width, struct hw_value *value)
{
    uint64_t digits = 0;
    size_t digit_count = 0;
    size_t after_point = 0;
    bool has_point = false;
    bool negative = false;
    size_t at = over_blanks(text, 0, width);
    if (at < width && (text[at] == '+' || text[at] == '-')) {
        negative = text[at] == '-';
        at = over_blanks(text, at + 1, width);
    }
    for (; at < width; at++) {
        if (byte_is_digit(text[at])) {
            digits = digits * 10 + (uint64_t)(text[at] - '0');
            digit_count++;
            after_point += has_point;
        } else if (text[at] == '.' && !has_point) {
            has_point = true;
        } else {
            break;
        }
    }
    if (over_blanks(text, at, width) != width || digit_count == 0 || digit_count > DIGITS_MAX ||
        after_point > DECIMALS_MAX) {
        return false;
    }
    value->has_digits = true;
    value->negative = negative;
    value->digits = digits;
    value->decimals = (uint8_t)after_point;
    return true;
}

bool decimal_read_reversed(const uint8_t *text, size_t width, struct hw_value *value)
{
    uint8_t forward[DIGITS_MAX];
    if (width > sizeof forward) {
        return false;
    }
    for (size_t i = 0; i < width; i++) {
        forward[i] = text[width - 1 - i];
    }
    return decimal_read(forward, width, value);
}

void decimal_set_point(const struct hw_options *options, bool has_point, struct hw_value *value)
{
    if (!has_point && options->has_decimals) {
        value->decimals = options->decimals;
    }
}
