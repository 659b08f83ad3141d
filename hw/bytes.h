/* Small readers shared by the drivers. Pure; any thread. */
#ifndef HW_BYTES_H
#define HW_BYTES_H

#include "hw/ascii.h"
#include "hw/driver.h"

#include <endian.h>

static inline struct frame_result frame_wait(void)
{
    return (struct frame_result){.verdict = FRAME_WAIT};
}

/* No frame that begins like this ends before `length` bytes. */
static inline struct frame_result frame_wait_for(size_t length)
{
    return (struct frame_result){.verdict = FRAME_WAIT, .length = (uint32_t)length};
}

static inline struct frame_result frame_ok(size_t length, size_t values)
{
    return (struct frame_result){
        .verdict = FRAME_OK, .length = (uint32_t)length, .values = (uint32_t)values};
}

static inline struct frame_result frame_skip(size_t length)
{
    return (struct frame_result){.verdict = FRAME_SKIP, .length = (uint32_t)length};
}

static inline struct frame_result frame_reject(enum reject_reason reason, size_t length)
{
    return (struct frame_result){
        .verdict = FRAME_REJECT, .reason = reason, .length = (uint32_t)length};
}

static inline bool byte_is_line_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* Bit 7 of the first of eight bytes that is below 0E, counted from the lowest, and perhaps of some
 * behind it; 0 where there is none. */
static inline uint64_t low_bytes(const uint8_t bytes[8])
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    word = le64toh(word);
    return (word - UINT64_C(0x0E0E0E0E0E0E0E0E)) & ~word & UINT64_C(0x8080808080808080);
}

/* How many bytes stand before the first line end, or `count`. Eight are passed over at once, the
 * last eight perhaps twice, where none of them is as low as a line end: in text none is. */
static inline size_t line_length(const uint8_t *bytes, size_t count)
{
    size_t at = 0;
    if (count >= 8) {
        const size_t last = count - 8;
        uint64_t low = low_bytes(bytes);
        while (!low && at < last) {
            at = at + 8 < last ? at + 8 : last;
            low = low_bytes(bytes + at);
        }
        at += low ? (size_t)__builtin_ctzll(low) / 8 : 8;
    }
    while (at < count && !byte_is_line_end(bytes[at])) {
        at++;
    }
    return at;
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
