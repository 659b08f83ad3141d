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

/* No frame that begins like this ends before `length` bytes. */
static inline struct frame_result frame_wait_for(size_t length)
{
    return (struct frame_result){.verdict = FRAME_WAIT, .length = length};
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

static inline bool byte_is_line_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* Drops what byte `at` (at least 1) has broken, up to where the next frame may begin with `start`:
 * a frame that was cut is followed at once by a whole one. Byte `at` is looked at again. */
static inline struct frame_result frame_broken(enum reject_reason reason, const uint8_t *bytes,
                                               size_t at, uint8_t start)
{
    for (size_t i = 1; i < at; i++) {
        if (bytes[i] == start) {
            return frame_reject(reason, i);
        }
    }
    return frame_reject(reason, at);
}

/* What stands before the next `start`: line ends may, everything else is noise. */
static inline struct frame_result frame_between(const uint8_t *bytes, size_t count, uint8_t start)
{
    size_t length = 1;
    if (byte_is_line_end(bytes[0])) {
        while (length < count && byte_is_line_end(bytes[length])) {
            length++;
        }
        return frame_skip(length);
    }
    while (length < count && bytes[length] != start && !byte_is_line_end(bytes[length])) {
        length++;
    }
    return frame_reject(REJECT_NOISE, length);
}

#endif
