/* Bytes of one line of a download: a buffer with fast integers, times and escapes.
 *
 * The buffer is fixed; a line that does not fit is a mistake of the program (assert). Pure.
 */
#ifndef KIOSK_REPORT_TEXT_H
#define KIOSK_REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TEXT_LINE_MAX = 4096 };

struct text {
    size_t length;
    char bytes[TEXT_LINE_MAX];
};

void text_put(struct text *text, const char *bytes, size_t count);
void text_put_string(struct text *text, const char *string);
void text_put_char(struct text *text, char character);
void text_put_integer(struct text *text, int64_t value);

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
