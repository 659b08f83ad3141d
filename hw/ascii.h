/* Character classes shared by the drivers and the firmware. Pure; any thread. C99. */
#ifndef HW_ASCII_H
#define HW_ASCII_H

#include <stdbool.h>
#include <stdint.h>

static inline bool byte_is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') <= 9;
}

/* Value of an upper-case hex digit, or -1. Lower case is refused: every format here sends upper
 * case, and bit 5 is a bit that noise can set. */
static inline int byte_hex_value(uint8_t byte)
{
    if (byte_is_digit(byte)) {
        return byte - '0';
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static inline uint8_t byte_hex_digit(unsigned nibble)
{
    return (uint8_t) "0123456789ABCDEF"[nibble & 0x0F];
}

#endif
