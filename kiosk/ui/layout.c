#include "kiosk/ui/layout.h"

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

rect_t layout_cut_top(rect_t *rest, int height)
{
    rect_t cut = *rest;
    cut.h = at_most(height, rest->h);
    rest->y += cut.h;
    rest->h -= cut.h;
    return cut;
}

rect_t layout_cut_bottom(rect_t *rest, int height)
{
    rect_t cut = *rest;
    cut.h = at_most(height, rest->h);
    rest->h -= cut.h;
    cut.y = rest->y + rest->h;
    return cut;
}

rect_t layout_cut_left(rect_t *rest, int width)
{
    rect_t cut = *rest;
    cut.w = at_most(width, rest->w);
    rest->x += cut.w;
    rest->w -= cut.w;
    return cut;
}

rect_t layout_cut_right(rect_t *rest, int width)
{
    rect_t cut = *rest;
    cut.w = at_most(width, rest->w);
    rest->w -= cut.w;
    cut.x = rest->x + rest->w;
    return cut;
}

rect_t layout_inset(rect_t rect, int dx, int dy)
{
    dx = at_most(dx, rect.w / 2);
    dy = at_most(dy, rect.h / 2);
    return (rect_t){rect.x + dx, rect.y + dy, rect.w - 2 * dx, rect.h - 2 * dy};
}

rect_t layout_centre(rect_t rect, int w, int h)
{
    w = at_most(w, rect.w);
    h = at_most(h, rect.h);
    return (rect_t){rect.x + (rect.w - w) / 2, rect.y + (rect.h - h) / 2, w, h};
}

/* Where slot `index` of `count` begins in `length`; remainders spread over the slots. */
static int slot_start(int length, int count, int gap, int index)
{
    return index * (length + gap) / count;
}

rect_t layout_cell(rect_t rect, int columns, int rows, int gap, int index)
{
    const int column = index % columns;
    const int row = index / columns;
    const int x = slot_start(rect.w, columns, gap, column);
    const int y = slot_start(rect.h, rows, gap, row);
    return (rect_t){rect.x + x, rect.y + y, slot_start(rect.w, columns, gap, column + 1) - gap - x,
                    slot_start(rect.h, rows, gap, row + 1) - gap - y};
}

int layout_px(int short_px, int units)
{
    return (units * short_px + LAYOUT_SHORT_SIDE / 2) / LAYOUT_SHORT_SIDE;
}

rect_t layout_px_rect(int short_px, rect_t rect)
{
    const int left = layout_px(short_px, rect.x);
    const int top = layout_px(short_px, rect.y);
    return (rect_t){left, top, layout_px(short_px, rect.x + rect.w) - left,
                    layout_px(short_px, rect.y + rect.h) - top};
}
