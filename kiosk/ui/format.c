#include "kiosk/ui/format.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

number_text_t format_count(int64_t value)
{
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%" PRId64, value);
    return out;
}

number_text_t format_grouped(int64_t value)
{
    const number_text_t plain = format_count(value);
    const size_t length = strlen(plain.text);
    number_text_t out;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && plain.text[i - 1] != '-') {
            out.text[used++] = ' ';
        }
        out.text[used++] = plain.text[i];
    }
    out.text[used] = '\0';
    return out;
}

number_text_t format_kilograms(int64_t grams, int decimals)
{
    assert(decimals == 1 || decimals == 2);
    const int64_t unit = decimals == 1 ? 100 : 10; /* grams of the last digit */
    const int64_t per_kilogram = 1000 / unit;
    const int64_t size = ((grams < 0 ? -grams : grams) + unit / 2) / unit;
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%s%" PRId64 ".%0*" PRId64,
             grams < 0 && size > 0 ? "−" : "", size / per_kilogram, decimals, size % per_kilogram);
    return out;
}

number_text_t format_percent(int64_t part, int64_t whole)
{
    assert(whole >= 1 && part >= 0 && part <= whole);
    const int64_t permille = part * 1000 / whole;
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%" PRId64 ".%" PRId64, permille / 10, permille % 10);
    return out;
}

number_text_t format_permille(int32_t permille)
{
    return format_count(permille / 10);
}

number_text_t format_hour_minute(civil_t time)
{
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%02d:%02d", time.hour, time.minute);
    return out;
}

number_text_t format_time(civil_t time)
{
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%02d:%02d:%02d", time.hour, time.minute, time.second);
    return out;
}

number_text_t format_seconds(int64_t ms)
{
    if (ms >= 10000) {
        return format_count(ms / 1000);
    }
    number_text_t out;
    snprintf(out.text, sizeof out.text, "%" PRId64 ".%" PRId64, ms / 1000, ms % 1000 / 100);
    return out;
}
