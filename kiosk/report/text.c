#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/core/types.h"
#include "kiosk/report/text.h"

enum { DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60 * 1000, INTEGER_MAX = 20 };
enum { FOUR_DIGITS = 10000, EIGHT_DIGITS = FOUR_DIGITS * FOUR_DIGITS };

const char text_pairs[200] = "00010203040506070809101112131415161718192021222324"
                             "25262728293031323334353637383940414243444546474849"
                             "50515253545556575859606162636465666768697071727374"
                             "75767778798081828384858687888990919293949596979899";

static inline char *put_pair(char *at, uint32_t value)
{
    memcpy(at, text_pairs + 2 * (size_t)value, 2);
    return at + 2;
}

/* Four digits of a value below 10000. */
static inline char *put_four(char *at, uint32_t value)
{
    put_pair(at, value / 100);
    return put_pair(at + 2, value % 100);
}

static char *put_eight(char *at, uint32_t value)
{
    return put_four(put_four(at, value / FOUR_DIGITS), value % FOUR_DIGITS);
}

/* Exactly `count` digits. */
static char *put_digits(char *at, uint32_t value, int count)
{
    for (int i = count; i-- > 0; value /= 10) {
        at[i] = (char)('0' + value % 10);
    }
    return at + count;
}

/* Without leading zeros, by groups of digits whose divisions are cheap. */
static char *put_positive(char *at, uint64_t value)
{
    if (value < FOUR_DIGITS) {
        return text_put_short(at, (uint32_t)value);
    }
    if (value < EIGHT_DIGITS) {
        const uint32_t narrow = (uint32_t)value;
        return put_four(text_put_short(at, narrow / FOUR_DIGITS), narrow % FOUR_DIGITS);
    }
    return put_eight(put_positive(at, value / EIGHT_DIGITS), (uint32_t)(value % EIGHT_DIGITS));
}

void text_put_long(struct text *text, int64_t value)
{
    assert(text_room(text) >= INTEGER_MAX);
    if (value < 0) {
        *text->at++ = '-';
    }
    text->at = put_positive(text->at, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* A civil date and what follows it. */
static char *put_date(char *at, const civil_t *civil, char behind)
{
    at = put_digits(at, (uint32_t)civil->year, 4);
    *at++ = '-';
    at = put_pair(at, (uint32_t)civil->month);
    *at++ = '-';
    at = put_pair(at, (uint32_t)civil->day);
    *at++ = behind;
    return at;
}

void text_put_tenths(struct text *text, int64_t tenths)
{
    text_put_integer(text, tenths / 10);
    text_put_char(text, '.');
    text_put_char(text, (char)('0' + tenths % 10));
}

void text_put_day(struct text *text, int64_t day)
{
    const civil_t civil = civil_from_day(day);

    assert(text_room(text) >= TEXT_DATE);
    text->at = put_date(text->at, &civil, ' ') - 1;
}

static char *put_time(char *at, uint32_t second_of_day)
{
    at = put_pair(at, second_of_day / 3600);
    *at++ = ':';
    at = put_pair(at, second_of_day / 60 % 60);
    *at++ = ':';
    return put_pair(at, second_of_day % 60);
}

static void turn_to_minute(struct text *text, int64_t utc_ms)
{
    if (text->minute[0] == '\0' || utc_ms < text->day_utc_ms ||
        utc_ms >= text->day_utc_ms + DAY_MS) {
        const civil_t civil = civil_from_utc(utc_ms);
        text->day_utc_ms = local_day(utc_ms) * DAY_MS - LOCAL_OFFSET_MS;
        put_date(text->minute, &civil, ' ');
    }
    const uint32_t minute = (uint32_t)(utc_ms - text->day_utc_ms) / MINUTE_MS;
    put_time(text->minute + TEXT_DATE, minute * 60);
    text->minute_utc_ms = text->day_utc_ms + (int64_t)minute * MINUTE_MS;
}

void text_put_local_time(struct text *text, int64_t utc_ms)
{
    uint64_t since = (uint64_t)(utc_ms - text->minute_utc_ms);

    assert(text_room(text) >= TEXT_MINUTE + 2);
    if (since >= MINUTE_MS || text->minute[0] == '\0') {
        turn_to_minute(text, utc_ms);
        since = (uint64_t)(utc_ms - text->minute_utc_ms);
    }
    memcpy(text->at, text->minute, TEXT_MINUTE);
    put_pair(text->at + TEXT_MINUTE, (uint32_t)since / 1000);
    text->at += TEXT_MINUTE + 2;
}

void text_put_iso_time(struct text *text, int64_t utc_ms)
{
    civil_t civil = civil_from_utc(utc_ms - LOCAL_OFFSET_MS);

    text_put_char(text, '"');
    assert(text_room(text) >= TEXT_WORD_MAX);
    char *at = put_date(text->at, &civil, 'T');
    at = put_time(at, (uint32_t)(civil.hour * 3600 + civil.minute * 60 + civil.second));
    *at++ = '.';
    text->at = put_digits(at, (uint32_t)((utc_ms % 1000 + 1000) % 1000), 3);
    text_put(text, "Z\"", 2);
}

/* Where a cell must be quoted, and where a text ends. */
static const bool is_special[256] = {
    ['\0'] = true, [','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true,
};

static void put_cell(struct text *text, const char *string, bool guard)
{
    char *at = text->at;

    /* Most cells are plain: they are copied as they are looked at. */
    for (const char *from = string; !guard; from++) {
        if (is_special[(unsigned char)*from]) {
            if (*from == '\0') {
                text->at = at;
                return;
            }
            break;
        }
        assert(at < text->end);
        *at++ = *from;
    }
    text_put_char(text, '"');
    if (guard) {
        text_put_char(text, '\'');
    }
    for (; *string; string++) {
        if (*string == '"') {
            text_put_char(text, '"');
        }
        text_put_char(text, *string);
    }
    text_put_char(text, '"');
}

/* What a spreadsheet would take for the beginning of a formula. */
static const bool is_formula[256] = {
    ['='] = true, ['+'] = true, ['-'] = true, ['@'] = true, ['\t'] = true, ['\r'] = true,
};

void text_put_csv(struct text *text, const char *string)
{
    put_cell(text, string, false);
}

void text_put_csv_guarded(struct text *text, const char *string)
{
    put_cell(text, string, is_formula[(unsigned char)*string]);
}

void text_put_json(struct text *text, const char *string)
{
    text_put_char(text, '"');
    for (; *string; string++) {
        char escape[8];

        if (*string == '"' || *string == '\\') {
            text_put_char(text, '\\');
            text_put_char(text, *string);
        } else if ((unsigned char)*string < 0x20) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*string);
            text_put_string(text, escape);
        } else {
            text_put_char(text, *string);
        }
    }
    text_put_char(text, '"');
}
