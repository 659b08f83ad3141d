/* A text being read, and the small readers of it. Inline, because every byte of every frame passes
 * them. Private to hw/. Pure; any thread. */
#ifndef HW_TEXT_H
#define HW_TEXT_H

#include "hw/ascii.h"
#include "hw/driver.h"

/* A text being read: `at` walks to `end`. */
struct text {
    const uint8_t *at;
    const uint8_t *end;
};

/* Each takes what it names if that stands next, and otherwise leaves the text alone. */
static inline void text_blanks(struct text *text)
{
    while (text->at < text->end && *text->at == ' ') {
        text->at++;
    }
}

static inline bool text_byte(struct text *text, uint8_t byte)
{
    if (text->at == text->end || *text->at != byte) {
        return false;
    }
    text->at++;
    return true;
}

static inline bool text_word(struct text *text, const char *word)
{
    const size_t length = strlen(word);
    if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0) {
        return false;
    }
    text->at += length;
    return true;
}

static inline bool text_ends(const struct text *text)
{
    return text->at == text->end;
}

enum { TEXT_DIGITS_MAX = 15 };

/* Goes on with a number; returns where its digits end. */
static inline const uint8_t *text_run(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    for (unsigned digit; at < end && (digit = *at - (unsigned)'0') <= 9; at++) {
        *number = *number * 10 + digit;
    }
    return at;
}

/* Digits with at most one point, which may stand first or last. Sets digits, decimals and
 * has_digits. False, with text and value untouched, without a digit, with more than 15, or with
 * more than 9 decimals. */
static inline bool text_digits(struct text *text, struct hw_value *value)
{
    uint64_t digits = 0;
    const uint8_t *at = text_run(text->at, text->end, &digits);
    ptrdiff_t count = at - text->at;
    ptrdiff_t decimals = 0;
    if (at < text->end && *at == '.') {
        const uint8_t *const first = at + 1;
        at = text_run(first, text->end, &digits);
        decimals = at - first;
        count += decimals;
    }
    if (count == 0 || count > TEXT_DIGITS_MAX || decimals > HW_DECIMALS_MAX) {
        return false;
    }
    text->at = at;
    value->has_digits = true;
    value->digits = digits;
    value->decimals = (uint8_t)decimals;
    return true;
}

/* Blanks, '+', '-' or nothing, blanks, digits. Sets `negative` as well. */
static inline bool text_number(struct text *text, struct hw_value *value)
{
    struct text rest = *text;
    text_blanks(&rest);
    const bool negative = text_byte(&rest, '-');
    if (negative || text_byte(&rest, '+')) {
        text_blanks(&rest);
    }
    if (!text_digits(&rest, value)) {
        return false;
    }
    value->negative = negative;
    text->at = rest.at;
    return true;
}

#endif
