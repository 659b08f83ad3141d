/* Bytes of a download: fast integers, times and escapes into a buffer of the caller's.
 *
 * The caller sees to it that there is room for the longest line; what does not fit is a mistake of
 * the program (assert). Pure.
 */
#ifndef KIOSK_REPORT_TEXT_H
#define KIOSK_REPORT_TEXT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { TEXT_LINE_MAX = 4096, TEXT_WORD_MAX = 24, TEXT_DATE = 11, TEXT_MINUTE = TEXT_DATE + 6 };

struct text {
    char *at;  /* where the next byte goes */
    char *end; /* of the buffer */

    /* The local minute written last: a lid opens and closes in the same one, and most moments of a
     * ledger are of the same day as the one before. */
    int64_t day_utc_ms, minute_utc_ms; /* where they begin */
    char minute[TEXT_MINUTE + 3];      /* "2026-11-23 08:42:" and two digits; "" before the first */
};

/* A word with its length beside it, to be copied without looking at its bytes. */
typedef struct text_word_t {
    char bytes[TEXT_WORD_MAX];
    uint8_t length;
} text_word_t;

static inline size_t text_room(const struct text *text)
{
    return (size_t)(text->end - text->at);
}

static inline void text_put(struct text *text, const char *bytes, size_t count)
{
    assert(count <= text_room(text));
    memcpy(text->at, bytes, count);
    text->at += count;
}

static inline void text_put_string(struct text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

static inline void text_put_char(struct text *text, char character)
{
    assert(text_room(text) > 0);
    *text->at++ = character;
}

/* Writes behind the word, up to TEXT_WORD_MAX bytes in all: a copy of a fixed length costs two
 * instructions. */
static inline void text_put_word(struct text *text, const text_word_t *word)
{
    assert(text_room(text) >= TEXT_WORD_MAX);
    memcpy(text->at, word->bytes, TEXT_WORD_MAX);
    text->at += word->length;
}

extern const char text_pairs[200]; /* the two digits of 0 to 99 */

/* A value below 10000 without leading zeros; returns where the next byte goes. */
static inline char *text_put_short(char *at, uint32_t value)
{
    const uint32_t high = value / 100;

    if (value >= 1000) {
        memcpy(at, text_pairs + 2 * (size_t)high, 2);
        at += 2;
    } else if (value >= 100) {
        *at++ = (char)('0' + high);
    } else if (value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    memcpy(at, text_pairs + 2 * (size_t)(value - high * 100), 2);
    return at + 2;
}

void text_put_long(struct text *text, int64_t value); /* any value */

static inline void text_put_integer(struct text *text, int64_t value)
{
    if ((uint64_t)value < 10000) {
        assert(text_room(text) >= 4);
        text->at = text_put_short(text->at, (uint32_t)value);
    } else {
        text_put_long(text, value);
    }
}

/* 12.5 for 125; at least 0 */
void text_put_tenths(struct text *text, int64_t tenths);
/* 2026-11-23 of a local_day() */
void text_put_day(struct text *text, int64_t day);
/* 2026-11-23 08:42:17, local time */
void text_put_local_time(struct text *text, int64_t utc_ms);
/* "2026-11-23T00:42:17.000Z", quoted */
void text_put_iso_time(struct text *text, int64_t utc_ms);

/* A cell of CSV that holds words of our own: quoted where commas, quotes or line ends ask for it.
 */
void text_put_csv(struct text *text, const char *string);
/* A cell with text from elsewhere: one that a spreadsheet would take for a formula (it begins with
 * = + - @ TAB or CR) gets an apostrophe in front. */
void text_put_csv_guarded(struct text *text, const char *string);

/* A JSON string with its quotes; the text is UTF-8. */
void text_put_json(struct text *text, const char *string);

#endif
