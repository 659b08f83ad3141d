/* Cutting rectangles: every screen is laid out by taking strips off what is left.
 *
 * Lengths are units of a canvas whose short side is LAYOUT_SHORT_SIDE; layout_px() turns them into
 * pixels of the panel. Pure functions over values.
 */
#ifndef KIOSK_UI_LAYOUT_H
#define KIOSK_UI_LAYOUT_H

#include "kiosk/ui/draw.h"

enum { LAYOUT_SHORT_SIDE = 720 };

/* Takes a strip off one side of `rest` and returns it; never more than is left. */
rect_t layout_cut_top(rect_t *rest, int height);
rect_t layout_cut_bottom(rect_t *rest, int height);
rect_t layout_cut_left(rect_t *rest, int width);
rect_t layout_cut_right(rect_t *rest, int width);

rect_t layout_inset(rect_t rect, int dx, int dy);
/* A box of w x h in the middle of `rect`, never larger than it. */
rect_t layout_centre(rect_t rect, int w, int h);

/* Cell `index` of a grid that fills `rect`, cells in reading order, `gap` between them. */
rect_t layout_cell(rect_t rect, int columns, int rows, int gap, int index);

/* Units to pixels of a panel whose short side is `short_px`, rounded to the nearest. Edges are
 * converted, not lengths, so that neighbours stay neighbours. */
int layout_px(int short_px, int units);
rect_t layout_px_rect(int short_px, rect_t rect);

#endif
