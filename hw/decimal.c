#include "hw/decimal.h"

bool decimal_read_reversed(const uint8_t *bytes, size_t width, struct hw_value *value)
{
    uint8_t forward[TEXT_DIGITS_MAX];
    if (width > sizeof forward) {
        return false;
    }
    if (width >= EIGHT_LEAST && width <= EIGHT &&
        decimal_read_signed_at_once(eight_load_reversed(bytes, width), value)) {
        return true;
    }
    for (size_t i = 0; i < width; i++) {
        forward[i] = bytes[width - 1 - i];
    }
    return decimal_read(forward, width, value);
}
