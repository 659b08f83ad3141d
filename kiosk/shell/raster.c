#include "kiosk/shell/raster.h"

#include <stddef.h>
#include <string.h>

#include <qrencode.h>

enum {
    SUBROWS = 8,     /* samples of a curved edge within one pixel row; exact along the row */
    FIXED_SHIFT = 8, /* edges are kept in 1/256 px */
    ONE = 1 << FIXED_SHIFT,
    OPAQUE = 255,
    ROUNDING = 2,      /* px by which a glyph's box may be larger than its outline */
    MERGE_SLACK = 4096 /* px that two rectangles may waste when they become one */
};

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

rect_t raster_intersect(rect_t a, rect_t b)
{
    int x = max_int(a.x, b.x), y = max_int(a.y, b.y);
    int right = min_int(a.x + a.w, b.x + b.w), bottom = min_int(a.y + a.h, b.y + b.h);
    return (rect_t){x, y, max_int(right - x, 0), max_int(bottom - y, 0)};
}

static bool is_empty(rect_t rect)
{
    return rect.w <= 0 || rect.h <= 0;
}

static bool contains(rect_t outer, rect_t inner)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* What is painted, and where it may be. */
struct brush {
    const struct raster_target *target;
    rect_t clip; /* within the target */
    uint32_t colour;
    unsigned alpha; /* 0..255 */
};

static uint32_t *pixel_at(const struct raster_target *target, int x, int y)
{
    return target->pixels + (ptrdiff_t)y * target->stride + x;
}

/* `alpha` of 0..255 becomes a weight of 0..256, so that 255 is all of the colour. Red and blue are
 * mixed in one multiplication. */
static uint32_t mix(uint32_t under, uint32_t over, unsigned alpha)
{
    uint32_t weight = alpha + (alpha >> 7);
    uint32_t red_blue =
        ((over & 0xFF00FF) * weight + (under & 0xFF00FF) * (256 - weight)) >> 8 & 0xFF00FF;
    uint32_t green =
        ((over & 0x00FF00) * weight + (under & 0x00FF00) * (256 - weight)) >> 8 & 0x00FF00;
    return 0xFF000000 | red_blue | green;
}

/* a * b / 255 for 0..255, rounded. */
static unsigned scale_alpha(unsigned a, unsigned b)
{
    unsigned product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

static void paint_span(const struct brush *brush, int x, int y, int count)
{
    uint32_t *pixels = pixel_at(brush->target, x, y);
    if (brush->alpha == OPAQUE) {
        for (int i = 0; i < count; i++) {
            pixels[i] = brush->colour;
        }
    } else {
        for (int i = 0; i < count; i++) {
            pixels[i] = mix(pixels[i], brush->colour, brush->alpha);
        }
    }
}

static void paint_rect(const struct brush *brush, rect_t rect)
{
    rect = raster_intersect(rect, brush->clip);
    if (is_empty(rect)) {
        return;
    }
    paint_span(brush, rect.x, rect.y, rect.w);
    for (int y = rect.y + 1; y < rect.y + rect.h; y++) {
        if (brush->alpha == OPAQUE) {
            memcpy(pixel_at(brush->target, rect.x, y), pixel_at(brush->target, rect.x, rect.y),
                   (size_t)rect.w * sizeof(uint32_t));
        } else {
            paint_span(brush, rect.x, y, rect.w);
        }
    }
}

static void paint_coverage(const struct brush *brush, int x, int y, unsigned coverage)
{
    unsigned alpha = scale_alpha(coverage, brush->alpha);
    uint32_t *pixel = pixel_at(brush->target, x, y);
    *pixel = mix(*pixel, brush->colour, alpha);
}

/* Paints one pixel after another where coverage is partial. */
static void paint_mask_pixels(const struct brush *brush, const uint8_t *mask, uint32_t *pixels,
                              int count)
{
    for (int i = 0; i < count; i++) {
        unsigned alpha = brush->alpha == OPAQUE ? mask[i] : scale_alpha(mask[i], brush->alpha);
        if (alpha == OPAQUE) {
            pixels[i] = brush->colour;
        } else if (alpha != 0) {
            pixels[i] = mix(pixels[i], brush->colour, alpha);
        }
    }
}

/* The same without a branch, which compilers turn into vector instructions. */
static void mix_eight(uint32_t *restrict pixels, uint32_t colour, const uint8_t *restrict mask)
{
    for (int i = 0; i < 8; i++) {
        pixels[i] = mix(pixels[i], colour, mask[i]);
    }
}

/* Coverages of a box. Most of a mask is empty or full: eight bytes of it are judged at once. */
static void paint_mask(const struct brush *brush, const uint8_t *mask, int mask_width, rect_t box)
{
    rect_t part = raster_intersect(box, brush->clip);
    for (int y = part.y; y < part.y + part.h; y++) {
        const uint8_t *row = mask + (ptrdiff_t)(y - box.y) * mask_width + (part.x - box.x);
        uint32_t *pixels = pixel_at(brush->target, part.x, y);
        int i = 0;
        for (; i + 8 <= part.w; i += 8) {
            uint64_t eight;
            memcpy(&eight, row + i, sizeof eight);
            if (eight == UINT64_MAX && brush->alpha == OPAQUE) {
                for (int k = 0; k < 8; k++) {
                    pixels[i + k] = brush->colour;
                }
            } else if (eight != 0 && brush->alpha == OPAQUE) {
                mix_eight(pixels + i, brush->colour, row + i);
            } else if (eight != 0) {
                paint_mask_pixels(brush, row + i, pixels + i, 8);
            }
        }
        paint_mask_pixels(brush, row + i, pixels + i, part.w - i);
    }
}

/* ---- rounded corners ------------------------------------------------------------------------- */

/* The root of `value`, rounded down; it is known to be at most `most`. */
static int integer_sqrt(int64_t value, int64_t most)
{
    int64_t root = 0, bit = 1;
    while (bit < most) {
        bit <<= 1;
    }
    for (; bit != 0; bit >>= 1) {
        int64_t tried = root + bit;
        if (tried * tried <= value) {
            root = tried;
        }
    }
    return (int)root;
}

/* Where a rounded corner begins in the pixel row `row` counted from the corner's outer edge: for
 * each subrow its distance from the straight side, 1/256 px. */
struct corner_row {
    int edge[SUBROWS];
};

static struct corner_row corner_row(int radius, int row)
{
    struct corner_row corner = {{0}};
    int64_t r = (int64_t)radius << FIXED_SHIFT;
    for (int i = 0; i < SUBROWS && row < radius; i++) {
        int64_t up = r - (((int64_t)row << FIXED_SHIFT) + (2 * i + 1) * ONE / (2 * SUBROWS));
        corner.edge[i] = (int)(r - integer_sqrt(r * r - up * up, r));
    }
    return corner;
}

/* How much of the pixel `column` from the straight side lies inside, 0..255. */
static unsigned corner_coverage(const struct corner_row *corner, int column)
{
    int inside = 0;
    for (int i = 0; i < SUBROWS; i++) {
        inside += min_int(max_int(((column + 1) << FIXED_SHIFT) - corner->edge[i], 0), ONE);
    }
    return (unsigned)(inside * OPAQUE / (SUBROWS * ONE));
}

/* The four corner squares of an outline between an outer radius and an inner one (line thick; the
 * whole corner where line is 0). `side` is the square's size. */
static void paint_corners(const struct brush *brush, rect_t rect, int radius, int line, int side)
{
    for (int row = 0; row < side; row++) {
        const int ys[2] = {rect.y + row, rect.y + rect.h - 1 - row};
        bool upper = ys[0] >= brush->clip.y && ys[0] < brush->clip.y + brush->clip.h;
        bool lower = ys[1] >= brush->clip.y && ys[1] < brush->clip.y + brush->clip.h;
        if (!upper && !lower) {
            continue;
        }
        struct corner_row outer = corner_row(radius, row);
        struct corner_row inner = corner_row(max_int(radius - line, 0), max_int(row - line, 0));
        for (int column = 0; column < side; column++) {
            unsigned coverage = corner_coverage(&outer, column);
            if (line > 0 && row >= line && column >= line) {
                unsigned hole = corner_coverage(&inner, column - line);
                coverage = hole < coverage ? coverage - hole : 0;
            }
            if (coverage == 0) {
                continue;
            }
            const int xs[2] = {rect.x + column, rect.x + rect.w - 1 - column};
            for (int i = 0; i < 4; i++) {
                int x = xs[i & 1], y = ys[i >> 1];
                if ((i >> 1 ? lower : upper) && x >= brush->clip.x &&
                    x < brush->clip.x + brush->clip.w) {
                    paint_coverage(brush, x, y, coverage);
                }
            }
        }
    }
}

static int fitting_radius(const struct draw_command *command)
{
    return max_int(min_int(command->radius, min_int(command->rect.w, command->rect.h) / 2), 0);
}

/* ---- commands -------------------------------------------------------------------------------- */

static void draw_fill(const struct brush *brush, const struct draw_command *command)
{
    rect_t r = command->rect;
    int radius = fitting_radius(command);
    paint_rect(brush, (rect_t){r.x + radius, r.y, r.w - 2 * radius, radius});
    paint_rect(brush, (rect_t){r.x, r.y + radius, r.w, r.h - 2 * radius});
    paint_rect(brush, (rect_t){r.x + radius, r.y + r.h - radius, r.w - 2 * radius, radius});
    paint_corners(brush, r, radius, 0, radius);
}

static void draw_frame(const struct brush *brush, const struct draw_command *command)
{
    rect_t r = command->rect;
    int line = min_int(command->line, min_int(r.w, r.h) / 2);
    int radius = fitting_radius(command);
    int side = max_int(radius, line);
    if (line <= 0) {
        return;
    }
    paint_rect(brush, (rect_t){r.x + side, r.y, r.w - 2 * side, line});
    paint_rect(brush, (rect_t){r.x + side, r.y + r.h - line, r.w - 2 * side, line});
    paint_rect(brush, (rect_t){r.x, r.y + side, line, r.h - 2 * side});
    paint_rect(brush, (rect_t){r.x + r.w - line, r.y + side, line, r.h - 2 * side});
    paint_corners(brush, r, radius, line, side);
}

/* Hanzi and digits of Noto Sans CJK are both centred 0.38 em above the baseline (ascent 0.88,
 * descent 0.12): that height goes to the middle of the rectangle. */
static int baseline_of(const struct draw_command *command)
{
    return command->rect.y + command->rect.h / 2 + command->size * 38 / 100;
}

/* Where the pen begins. */
static int text_left(const struct draw_command *command, int width)
{
    int spare = command->rect.w - width;
    return command->rect.x + (command->align == ALIGN_LEFT     ? 0
                              : command->align == ALIGN_CENTRE ? spare / 2
                                                               : spare);
}

static int text_width(struct glyphs *glyphs, const struct draw_list *list,
                      const struct draw_command *command)
{
    const char *text = list->texts + command->text;
    return glyphs_width(glyphs, (enum font_weight)command->weight, command->size, text,
                        (int)strlen(text));
}

static void draw_text(const struct brush *brush, struct glyphs *glyphs,
                      const struct draw_list *list, const struct draw_command *command)
{
    const char *text = list->texts + command->text;
    const char *end = text + strlen(text);
    int baseline = baseline_of(command);
    int pen = command->align == ALIGN_LEFT ? command->rect.x
                                           : text_left(command, text_width(glyphs, list, command));
    while (text < end) {
        struct glyph glyph;
        glyphs_get(glyphs, (enum font_weight)command->weight, command->size,
                   glyphs_next_code(&text, end), &glyph);
        if (glyph.mask != NULL) {
            rect_t box = {pen + glyph.left, baseline - glyph.top, glyph.width, glyph.height};
            paint_mask(brush, glyph.mask, glyph.width, box);
        }
        pen += glyph.advance;
    }
}

static void draw_icon(const struct brush *brush, struct glyphs *glyphs,
                      const struct draw_command *command)
{
    rect_t r = command->rect;
    int size = min_int(min_int(r.w, r.h), GLYPHS_SIZE_MAX);
    struct glyph glyph;
    glyphs_get(glyphs, FONT_ICONS, size, command->icon, &glyph);
    if (glyph.mask != NULL) {
        /* The icon's em box has no descent: its lower edge is the baseline. */
        int x = r.x + (r.w - size) / 2 + glyph.left;
        int y = r.y + (r.h - size) / 2 + size - glyph.top;
        paint_mask(brush, glyph.mask, glyph.width, (rect_t){x, y, glyph.width, glyph.height});
    }
}

static void draw_dash(const struct brush *brush, const struct draw_command *command)
{
    rect_t r = command->rect;
    int dash = 3 * command->line, gap = 2 * command->line;
    for (int x = r.x; command->line > 0 && x < r.x + r.w; x += dash + gap) {
        paint_rect(brush, (rect_t){x, r.y + (r.h - command->line) / 2, min_int(dash, r.x + r.w - x),
                                   command->line});
    }
}

/* Whole pixels for each module, or cameras see moire. A text too long for a code draws nothing. */
static void draw_qr(const struct brush *brush, const char *text, rect_t rect)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    const int side = code == NULL ? 0 : min_int(rect.w, rect.h) / code->width;
    for (int i = 0; side > 0 && i < code->width * code->width; i++) {
        if ((code->data[i] & 1) != 0) {
            const int left = rect.x + (rect.w - side * code->width) / 2;
            const int top = rect.y + (rect.h - side * code->width) / 2;
            paint_rect(brush, (rect_t){left + i % code->width * side, top + i / code->width * side,
                                       side, side});
        }
    }
    QRcode_free(code);
}

/* Does this command hide everything drawn in `clip` before it? */
static bool hides(const struct draw_command *command, rect_t clip)
{
    if (command->kind != DRAW_FILL || command->alpha != OPAQUE) {
        return false;
    }
    rect_t r = command->rect;
    int radius = fitting_radius(command);
    return contains((rect_t){r.x + radius, r.y, r.w - 2 * radius, r.h}, clip) ||
           contains((rect_t){r.x, r.y + radius, r.w, r.h - 2 * radius}, clip);
}

void raster_draw(const struct raster_target *target, struct glyphs *glyphs,
                 const struct draw_list *list, rect_t clip)
{
    clip = raster_intersect(clip, (rect_t){0, 0, target->width, target->height});
    if (is_empty(clip)) {
        return;
    }
    int first = list->command_count;
    while (first > 0 && !hides(&list->commands[--first], clip)) {
    }
    for (int i = first; i < list->command_count; i++) {
        const struct draw_command *command = &list->commands[i];
        struct brush brush = {
            .target = target,
            .clip = raster_intersect(clip, command->rect),
            .colour = 0xFF000000 | command->colour,
            .alpha = command->alpha,
        };
        if (is_empty(brush.clip)) {
            continue;
        }
        switch ((enum draw_kind)command->kind) {
        case DRAW_FILL:
            draw_fill(&brush, command);
            break;
        case DRAW_FRAME:
            draw_frame(&brush, command);
            break;
        case DRAW_TEXT:
            draw_text(&brush, glyphs, list, command);
            break;
        case DRAW_ICON:
            draw_icon(&brush, glyphs, command);
            break;
        case DRAW_DASH:
            draw_dash(&brush, command);
            break;
        case DRAW_QR:
            draw_qr(&brush, list->texts + command->text, command->rect);
            break;
        }
    }
}

/* ---- differences ----------------------------------------------------------------------------- */

static bool is_same(const struct draw_list *a, int a_index, const struct draw_list *b, int b_index)
{
    const struct draw_command *x = &a->commands[a_index], *y = &b->commands[b_index];
    if (x->kind != y->kind || x->weight != y->weight || x->align != y->align ||
        x->alpha != y->alpha || x->colour != y->colour || x->radius != y->radius ||
        x->line != y->line || x->size != y->size || x->icon != y->icon || x->rect.x != y->rect.x ||
        x->rect.y != y->rect.y || x->rect.w != y->rect.w || x->rect.h != y->rect.h) {
        return false;
    }
    return (x->kind != DRAW_TEXT && x->kind != DRAW_QR) ||
           strcmp(a->texts + x->text, b->texts + y->text) == 0;
}

/* What a command can touch. A text's rectangle is often much wider than the text. Glyphs reach at
 * most half an em beyond their advances, 1.2 em above the baseline and 0.4 em below it. */
static rect_t touched(struct glyphs *glyphs, const struct draw_list *list, int index)
{
    const struct draw_command *command = &list->commands[index];
    if (command->kind != DRAW_TEXT) {
        return command->rect;
    }
    int width = text_width(glyphs, list, command);
    int margin = command->size / 2 + ROUNDING, above = command->size * 6 / 5 + ROUNDING;
    rect_t ink = {text_left(command, width) - margin, baseline_of(command) - above,
                  width + 2 * margin, above + command->size * 2 / 5 + ROUNDING};
    return raster_intersect(ink, command->rect);
}

static rect_t union_of(rect_t a, rect_t b)
{
    int x = min_int(a.x, b.x), y = min_int(a.y, b.y);
    return (rect_t){x, y, max_int(a.x + a.w, b.x + b.w) - x, max_int(a.y + a.h, b.y + b.h) - y};
}

static int64_t area(rect_t rect)
{
    return (int64_t)rect.w * rect.h;
}

/* Pixels that are drawn for nothing when two rectangles become one; negative where they overlap. */
static int64_t waste(rect_t a, rect_t b)
{
    return area(union_of(a, b)) - area(a) - area(b);
}

static int add_dirty(rect_t dirty[RASTER_DIRTY_MAX], int count, rect_t rect)
{
    if (is_empty(rect)) {
        return count;
    }
    for (;;) {
        int best = -1;
        int64_t least = 0;
        for (int i = 0; i < count; i++) {
            int64_t wasted = waste(dirty[i], rect);
            if (best < 0 || wasted < least) {
                best = i;
                least = wasted;
            }
        }
        if (best < 0 || (least > MERGE_SLACK && count < RASTER_DIRTY_MAX)) {
            dirty[count] = rect;
            return count + 1;
        }
        rect = union_of(dirty[best], rect);
        dirty[best] = dirty[--count];
    }
}

int raster_diff(struct glyphs *glyphs, const struct draw_list *was, const struct draw_list *is,
                int width, int height, rect_t dirty[RASTER_DIRTY_MAX])
{
    const rect_t panel = {0, 0, width, height};
    int common = min_int(was->command_count, is->command_count);
    int head = 0, tail = 0, count = 0;
    while (head < common && is_same(was, head, is, head)) {
        head++;
    }
    while (tail < common - head &&
           is_same(was, was->command_count - 1 - tail, is, is->command_count - 1 - tail)) {
        tail++;
    }
    int was_end = was->command_count - tail, is_end = is->command_count - tail;
    for (int i = head; i < was_end || i < is_end; i++) {
        if (i < was_end && i < is_end && is_same(was, i, is, i)) {
            continue;
        }
        if (i < was_end) {
            count = add_dirty(dirty, count, raster_intersect(touched(glyphs, was, i), panel));
        }
        if (i < is_end) {
            count = add_dirty(dirty, count, raster_intersect(touched(glyphs, is, i), panel));
        }
    }
    return count;
}
