#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/core/types.h"
#include "kiosk/report/text.h"

void text_put(struct text *text, const char *bytes, size_t count)
{
    assert(count <= sizeof text->bytes - text->length);
    memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
}

void text_put_string(struct text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

void text_put_char(struct text *text, char character)
{
    text_put(text, &character, 1);
}

void text_put_integer(struct text *text, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    if (value < 0) {
        text_put_char(text, '-');
    }
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    text_put(text, digits + at, sizeof digits - at);
}

static void put_digits(struct text *text, int value, int count)
{
    char digits[8];

    for (int i = count; i-- > 0; value /= 10) {
        digits[i] = (char)('0' + value % 10);
    }
    text_put(text, digits, (size_t)count);
}

void text_put_tenths(struct text *text, int64_t tenths)
{
    text_put_integer(text, tenths / 10);
    text_put_char(text, '.');
    put_digits(text, (int)(tenths % 10), 1);
}

static void put_date(struct text *text, const civil_t *civil)
{
    put_digits(text, civil->year, 4);
    text_put_char(text, '-');
    put_digits(text, civil->month, 2);
    text_put_char(text, '-');
    put_digits(text, civil->day, 2);
}

void text_put_day(struct text *text, int64_t day)
{
    const civil_t civil = civil_from_day(day);

    put_date(text, &civil);
}

static void put_civil(struct text *text, const civil_t *civil, char between)
{
    put_date(text, civil);
    text_put_char(text, between);
    put_digits(text, civil->hour, 2);
    text_put_char(text, ':');
    put_digits(text, civil->minute, 2);
    text_put_char(text, ':');
    put_digits(text, civil->second, 2);
}

void text_put_local_time(struct text *text, int64_t utc_ms)
{
    civil_t civil = civil_from_utc(utc_ms);

    put_civil(text, &civil, ' ');
}

void text_put_iso_time(struct text *text, int64_t utc_ms)
{
    civil_t civil = civil_from_utc(utc_ms - LOCAL_OFFSET_MS);

    text_put_char(text, '"');
    put_civil(text, &civil, 'T');
    text_put_char(text, '.');
    put_digits(text, (int)((utc_ms % 1000 + 1000) % 1000), 3);
    text_put(text, "Z\"", 2);
}

static void put_cell(struct text *text, const char *string, bool guard)
{
    bool quote = guard || strpbrk(string, ",\"\r\n") != NULL;

    if (quote) {
        text_put_char(text, '"');
    }
    if (guard) {
        text_put_char(text, '\'');
    }
    for (; *string; string++) {
        if (*string == '"') {
            text_put_char(text, '"');
        }
        text_put_char(text, *string);
    }
    if (quote) {
        text_put_char(text, '"');
    }
}

void text_put_csv(struct text *text, const char *string)
{
    put_cell(text, string, false);
}

void text_put_csv_guarded(struct text *text, const char *string)
{
    put_cell(text, string, *string != '\0' && strchr("=+-@\t\r", *string) != NULL);
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
