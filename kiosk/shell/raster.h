/* Raster: draw commands -> 32-bit pixels, and which pixels a new list changes.
 *
 * Integer arithmetic only: the same list gives the same pixels on every machine. Pixels outside the
 * clip are never touched. A list paints its whole background itself (its first command is an opaque
 * fill of the panel), so any rectangle can be redrawn alone.
 *
 * The caller owns everything; one thread (main), because the glyph cache is.
 */
#ifndef KIOSK_SHELL_RASTER_H
#define KIOSK_SHELL_RASTER_H

#include "kiosk/shell/glyphs.h"
#include "kiosk/ui/draw.h"

enum { RASTER_DIRTY_MAX = 16 };

/* Pixels are 0xXXRRGGBB; the upper byte is written as 0xFF. */
struct raster_target {
    uint32_t *pixels;
    int stride; /* pixels from one row to the next */
    int width, height;
};

/* Draws `list` inside `clip`. */
void raster_draw(const struct raster_target *target, struct glyphs *glyphs,
                 const struct draw_list *list, rect_t clip);

/* The rectangles to redraw after `is` has taken the place of `was`: at most RASTER_DIRTY_MAX,
 * within width x height, returns how many. Outside them both lists look the same. */
int raster_diff(struct glyphs *glyphs, const struct draw_list *was, const struct draw_list *is,
                int width, int height, rect_t dirty[RASTER_DIRTY_MAX]);

/* The common part of two rectangles; w and h are 0 where there is none. */
rect_t raster_intersect(rect_t a, rect_t b);

#endif
