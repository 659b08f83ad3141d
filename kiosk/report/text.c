#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/core/types.h"
#include "kiosk/report/text.h"

enum { DAY_MS = 24 * 3600 * 1000, INTEGER_MAX = 20 };

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static inline char *put_pair(char *at, uint32_t value)
{
    memcpy(at, pairs + 2 * (size_t)value, 2);
    return at + 2;
}

/* Of values that fit 32 bits, whose division is cheap. */
static inline int count_digits(uint32_t value)
{
    return value < 10           ? 1
           : value < 100        ? 2
           : value < 1000       ? 3
           : value < 10000      ? 4
           : value < 100000     ? 5
           : value < 1000000    ? 6
           : value < 10000000   ? 7
           : value < 100000000  ? 8
           : value < 1000000000 ? 9
                                : 10;
}

static inline char *put_narrow(char *at, uint32_t value)
{
    char *end = at + count_digits(value);
    char *to = end;

    while (value >= 100) {
        to -= 2;
        put_pair(to, value % 100);
        value /= 100;
    }
    if (value >= 10) {
        put_pair(to - 2, value);
    } else {
        to[-1] = (char)('0' + value);
    }
    return end;
}

/* Exactly `count` digits. */
static char *put_digits(char *at, uint32_t value, int count)
{
    for (int i = count; i-- > 0; value /= 10) {
        at[i] = (char)('0' + value % 10);
    }
    return at + count;
}

void text_put_integer(struct text *text, int64_t value)
{
    enum { BILLION = 1000000000, BILLION_DIGITS = 9 };
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    assert(text_room(text) >= INTEGER_MAX);
    if (value < 0) {
        *text->at++ = '-';
    }
    if (left <= UINT32_MAX) {
        text->at = put_narrow(text->at, (uint32_t)left);
        return;
    }
    uint64_t high = left / BILLION;
    if (high > UINT32_MAX) {
        text->at = put_narrow(text->at, (uint32_t)(high / BILLION));
        text->at = put_digits(text->at, (uint32_t)(high % BILLION), BILLION_DIGITS);
    } else {
        text->at = put_narrow(text->at, (uint32_t)high);
    }
    text->at = put_digits(text->at, (uint32_t)(left % BILLION), BILLION_DIGITS);
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

static void turn_to_day(struct text *text, int64_t utc_ms)
{
    civil_t civil = civil_from_utc(utc_ms);

    text->day_utc_ms = local_day(utc_ms) * DAY_MS - LOCAL_OFFSET_MS;
    put_date(text->date, &civil, ' ');
}

void text_put_local_time(struct text *text, int64_t utc_ms)
{
    enum { LENGTH = TEXT_DATE + 8 };

    assert(text_room(text) >= LENGTH);
    if (text->date[0] == '\0' || utc_ms < text->day_utc_ms || utc_ms >= text->day_utc_ms + DAY_MS) {
        turn_to_day(text, utc_ms);
    }
    memcpy(text->at, text->date, TEXT_DATE);
    put_time(text->at + TEXT_DATE, (uint32_t)(utc_ms - text->day_utc_ms) / 1000);
    text->at += LENGTH;
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
    size_t plain = 0;

    while (!is_special[(unsigned char)string[plain]]) {
        plain++;
    }
    if (!guard && string[plain] == '\0') {
        text_put(text, string, plain);
        return;
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
