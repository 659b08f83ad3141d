/* Numbers as the screens print them: integers in, text out, no rounding that claims more. */
#ifndef KIOSK_UI_FORMAT_H
#define KIOSK_UI_FORMAT_H

#include "kiosk/core/view.h"

enum { FORMAT_MAX = 32 };

typedef struct number_text_t {
    char text[FORMAT_MAX];
} number_text_t;

number_text_t format_count(int64_t value);

/* 18204 -> "18 204" */
number_text_t format_grouped(int64_t value);

/* Grams as kilograms with 1 or 2 decimals, rounded half away from zero; never "−0.0". */
number_text_t format_kilograms(int64_t grams, int decimals);

/* part / whole as a percentage with one decimal, cut, not rounded: 100.0 means all of them.
 * `whole` at least 1, `part` 0..whole. */
number_text_t format_percent(int64_t part, int64_t whole);

/* 0..1000 as whole percent, cut: 100 means full. */
number_text_t format_permille(int32_t permille);

/* "08:42" and "08:42:17" */
number_text_t format_hour_minute(civil_t time);
number_text_t format_time(civil_t time);

/* Seconds with one decimal below ten, whole above: "0.4", "12". */
number_text_t format_seconds(int64_t ms);

#endif
