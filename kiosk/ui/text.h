/* Text in pixels: UTF-8, line breaking for Chinese, and fitting what is too long.
 *
 * Widths come from draw_metrics; nothing is stored. Invalid bytes count as U+FFFD, one each.
 */
#ifndef KIOSK_UI_TEXT_H
#define KIOSK_UI_TEXT_H

#include "kiosk/ui/draw.h"

#include <stddef.h>

enum { TEXT_LINES_MAX = 6 };

#define TEXT_ELLIPSIS "…"

/* A run of the text given, without the blanks around it. */
struct text_line {
    int start, count; /* bytes */
};

struct text_face {
    const struct draw_metrics *metrics;
    enum font_weight weight;
};

/* Decodes one code point of NUL-terminated `text`; returns its bytes, 0 at the end. */
int text_decode(const char *text, uint32_t *code_point);

/* May a line end between these two neighbours? Between ideographs, at blanks; never before closing
 * punctuation, never after opening, never inside a word or a number. */
bool text_may_break(uint32_t before, uint32_t after);

int text_width(struct text_face face, int size, const char *text, int count);

/* Breaks `text` into lines of at most `width` px. Returns how many lines it needs, or
 * `lines_max` + 1 if more than that; fills `lines` as far as they go. */
int text_wrap(struct text_face face, int size, const char *text, int width, struct text_line *lines,
              int lines_max);

/* The largest size from `size` down to `least` px at which `text` is at most `width` px wide;
 * `least` if none is. */
int text_shrink(struct text_face face, int size, int least, const char *text, int width);

/* Copies `count` bytes of `text`; what is wider than `width` px ends in an ellipsis. Returns the
 * width of the copy. */
int text_ellipsise(struct text_face face, int size, const char *text, int count, int width,
                   char *out, size_t out_size);

#endif
