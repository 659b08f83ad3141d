/* Eight characters at once: what a byte of a number costs is most of what a frame of text costs.
 * The first character is the lowest byte of the word on every machine. Private to hw/. Pure; any
 * thread. */
#ifndef HW_EIGHT_H
#define HW_EIGHT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { EIGHT = 8, EIGHT_LEAST = 4, EIGHT_BITS = 64 };

/* The same byte eight times. */
#define EIGHT_OF(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t eight_load(const uint8_t bytes[EIGHT])
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

/* `count` bytes, at least EIGHT_LEAST and at most EIGHT, behind as many blanks as are missing. */
static inline uint64_t eight_load_right(const uint8_t *bytes, size_t count)
{
    if (count == EIGHT) {
        return eight_load(bytes);
    }
    uint32_t first;
    uint32_t last;
    memcpy(&first, bytes, sizeof first);
    memcpy(&last, bytes + count - sizeof last, sizeof last);
    /* Where the two overlap, they agree. */
    const uint64_t blanks = EIGHT_OF(' ') >> 8 * count;
    return blanks | (uint64_t)le32toh(first) << 8 * (EIGHT - count) | (uint64_t)le32toh(last) << 32;
}

/* Likewise with the last byte first. */
static inline uint64_t eight_load_reversed(const uint8_t *bytes, size_t count)
{
    const uint64_t right = eight_load_right(bytes, count);
    const unsigned blanks = 8 * (unsigned)(EIGHT - count);
    return __builtin_bswap64(blanks > 0 ? right >> blanks | right << (EIGHT_BITS - blanks) : right);
}

/* Bit 7 of each character that is no digit, from the first of them on; of those before it none.
 * What stands behind a character above 7F may be said to be none though it is. `values`: the
 * characters less '0', which for digits is also their XOR with it. */
static inline uint64_t eight_others(uint64_t values)
{
    return ((values + EIGHT_OF(0x76)) | values) & EIGHT_OF(0x80);
}

/* In front of how many bits the lowest bit of eight_others() stands: a multiple of 8. */
static inline unsigned eight_first(uint64_t others)
{
    return (unsigned)__builtin_ctzll(others) - 7;
}

/* Bits below `bits`, which is at most 63. */
static inline uint64_t eight_below(unsigned bits)
{
    return (UINT64_C(1) << bits) - 1;
}

/* The number that eight values of 0 to 9 are, the highest digit first: pairs, fours, all. */
static inline uint32_t eight_number(uint64_t values)
{
    const uint64_t pairs = (values * (10 * 256 + 1) >> 8) & UINT64_C(0x00FF00FF00FF00FF);
    const uint64_t fours = (pairs * (100 * 65536 + 1) >> 16) & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)(fours * ((UINT64_C(10000) << 32) + 1) >> 32);
}

#endif
