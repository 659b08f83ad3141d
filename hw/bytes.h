/* Character classes and small readers shared by the drivers. Pure; any thread. */
#ifndef HW_BYTES_H
#define HW_BYTES_H

#include "hw/driver.h"

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

static inline struct frame_result frame_wait(void)
{
    return (struct frame_result){.verdict = FRAME_WAIT};
}

static inline struct frame_result frame_ok(size_t length)
{
    return (struct frame_result){.verdict = FRAME_OK, .length = length};
}

static inline struct frame_result frame_skip(size_t length)
{
    return (struct frame_result){.verdict = FRAME_SKIP, .length = length};
}

static inline struct frame_result frame_reject(enum reject_reason reason, size_t length)
{
    return (struct frame_result){.verdict = FRAME_REJECT, .reason = reason, .length = length};
}

#endif
