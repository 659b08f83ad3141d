/* The parts that screens are made of. Each draws itself into a rect of units. */
#ifndef KIOSK_UI_WIDGETS_H
#define KIOSK_UI_WIDGETS_H

#include "kiosk/ui/canvas.h"

#include <stddef.h>

enum button_kind {
    BUTTON_PRIMARY,   /* ink: the one thing to do */
    BUTTON_SECONDARY, /* white with an ink line */
    BUTTON_QUIET,     /* no line, second-rank text */
    BUTTON_ON_COLOUR, /* on a class's own screen: an outline in its text colour */
    BUTTON_ON_WARN    /* on amber: an ink outline */
};

struct button {
    enum button_kind kind;
    enum icon icon;   /* ICON_NONE: words only */
    const char *text; /* may take two lines */
    enum intent_kind intent;
    int argument;
    uint32_t ground; /* BUTTON_ON_COLOUR: the class's colour */
};
void widget_button(struct canvas *canvas, rect_t rect, const struct button *button);

/* A button in a class's colour with its symbol and label. */
void widget_class_button(struct canvas *canvas, rect_t rect, const struct site *site,
                         enum waste_class class);

/* White card with a thin line. */
void widget_card(struct canvas *canvas, rect_t rect);

/* A ring filled with `ground` and an icon in it. */
void widget_badge(struct canvas *canvas, rect_t rect, enum icon icon, uint32_t ground);

/* A level from left to right on `track`; nothing filled where `known` is false. */
void widget_gauge(struct canvas *canvas, rect_t rect, uint32_t colour, uint32_t track,
                  int track_alpha, bool known, int permille);

/* "1.25 千克" with the number at `size` and its foot on `baseline`. Returns the width used. */
int widget_weight(struct canvas *canvas, int x, int baseline, int width, int size, uint32_t colour,
                  const char *kilograms);

/* Site and hours on the left, clock and date on the right. */
void widget_header(struct canvas *canvas, rect_t rect, const struct view *view);

/* Cuts the top of a service screen off `page`: title with a line below it, storage notice, clock,
 * and the way out (INTENT_LEAVE). */
void widget_board_top(struct canvas *canvas, rect_t *page, const struct view *view,
                      const char *title, const char *words);

/* The side of a service screen in its bin's colour: which bin this is about. */
void widget_bin_side(struct canvas *canvas, rect_t rect, const struct view *view,
                     const struct view_bin *bin, const char *title);

/* "0.4 秒前": how old something is; -1 = there was none. */
void widget_age(char *out, size_t size, int64_t age_ms);

/* Just the clock, right-aligned and centred. */
void widget_clock(struct canvas *canvas, rect_t rect, const struct view *view);

/* The bins of the site in a row, on `ground`; the target stands out and an arrow points at it.
 * `target` may be -1. */
void widget_bins(struct canvas *canvas, rect_t rect, const struct view *view, int target,
                 uint32_t ground);

/* "左起第二个": where a bin stands in the row, counted from the nearer end. "" for the only one. */
void widget_bin_position(char *out, size_t size, int index, int count);

enum icon widget_class_icon(enum waste_class class);

/* Label and colour; never NULL, and the paper's ink for WASTE_NONE. */
const char *widget_class_label(const struct site *site, enum waste_class class);
uint32_t widget_class_colour(const struct site *site, enum waste_class class);

#endif
